#include "loop/socket_watch.h"

#include <cassert>

#if !defined(LL_PORTABLE)
#include <sys/epoll.h>
#endif

#include "loop/cell.h"

namespace locust_like::loop {

SocketWatch::~SocketWatch() = default;

int SocketWatch::start(Loop& loop, int fd) {
  fd_ = fd;
  int error = 0;
  const auto init = [fd](uv_loop_t* uv, uv_poll_t* poll) { return uv_poll_init(uv, poll, fd); };
  handle_ = make_handle<uv_poll_t>(loop, this, init, &error);
  if (handle_ != nullptr) poll();
  return error;
}

void SocketWatch::stop() { handle_.reset(); }

void SocketWatch::poll() {
  stopped_ = false;
  edges_ = false;
  const auto on_poll = [](uv_poll_t* handle, int status, int events) {
    if (auto* self = owner_of<SocketWatch>(handle)) self->on_event(status, events);
  };
  int interest = UV_READABLE | UV_WRITABLE | UV_DISCONNECT;
#if defined(LL_PORTABLE)
  interest = (reading_ ? UV_READABLE : 0) | (writing_ ? UV_WRITABLE : 0);
#endif
  uv_poll_start(&handle_->uv, interest, on_poll);
}

void SocketWatch::on_event(int status, int events) {
  // libuv reports an error without saying what is ready, and stops polling.
  if (status < 0) {
    stopped_ = true;
    return events_.on_ready({.readable = true, .writable = true, .ending = true});
  }
  if (!edges_) use_edges();
  events_.on_ready({.readable = (events & (UV_READABLE | UV_DISCONNECT)) != 0,
                    .writable = (events & UV_WRITABLE) != 0,
                    .ending = (events & UV_DISCONNECT) != 0});
}

#if defined(LL_PORTABLE)

void SocketWatch::use_edges() {}

void SocketWatch::want(bool reading, bool writing) {
  if (reading == reading_ && writing == writing_) return;
  reading_ = reading;
  writing_ = writing;
  if (running()) poll();
}

void SocketWatch::again() {
  if (stopped_) poll();
}

#else

// libuv changes its registration only when the interest changes, which it never does here.
void SocketWatch::use_edges() {
  edges_ = true;
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.fd = fd_;
  [[maybe_unused]] const int result =
      epoll_ctl(uv_backend_fd(handle_->loop->uv()), EPOLL_CTL_MOD, fd_, &event);
  assert(result == 0);
}

void SocketWatch::want(bool reading, bool writing) {
  // An edge is reported whether it is waited for or not; one that was not taken up is past.
  const bool missed = reading && !reading_;
  reading_ = reading;
  writing_ = writing;
  if (missed && running()) again();
}

void SocketWatch::again() {
  if (stopped_) return poll();
  // Until the first event libuv's registration stands, which reports all that is ready.
  if (edges_) use_edges();
}

#endif

}  // namespace locust_like::loop
