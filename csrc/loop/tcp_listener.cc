#include "loop/tcp_listener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "loop/cell.h"
#include "loop/socket_calls.h"
#include "loop/socket_errors.h"

namespace locust_like::loop {
namespace {

// Accepted in one pass before others get their turn; the rest is reported again.
constexpr int kMostAccepts = 64;

int open_nothing() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

TcpListener::TcpListener(Loop& loop, Events& events)
    : loop_(loop), events_(events), spare_fd_(open_nothing()) {}

TcpListener::~TcpListener() {
  handle_.reset();
  for (const int fd : {fd_, waiting_fd_, spare_fd_}) close_socket(fd);
}

Status TcpListener::listen(const Address& address, int backlog) {
  const int error = open(address, backlog);
  if (error == 0) return {};
  return socket_status(Code::kConnect, "listen on " + address.to_string(), error);
}

// Returns 0 or a negative error number, as libuv does.
int TcpListener::open(const Address& address, int backlog) {
  fd_ = open_socket(address.get()->sa_family);
  if (fd_ < 0) return fd_;
  int error = listen_socket(fd_, address, backlog);
  if (error != 0) return error;
  const auto init = [this](uv_loop_t* uv, uv_poll_t* poll) { return uv_poll_init(uv, poll, fd_); };
  handle_ = make_handle<uv_poll_t>(loop_, this, init, &error);
  if (handle_ == nullptr) return error;
  return uv_poll_start(&handle_->uv, UV_READABLE, [](uv_poll_t* poll, int, int) {
    if (auto* self = owner_of<TcpListener>(poll)) self->on_ready();
  });
}

void TcpListener::on_ready() {
  for (int i = 0; i < kMostAccepts && take_next(); ++i) {
    if (waiting_fd_ >= 0) events_.on_accept(*this);
    close_socket(std::exchange(waiting_fd_, -1));
  }
}

// False when nobody waits. True without waiting_fd_: somebody was there, but is gone.
bool TcpListener::take_next() {
  waiting_fd_ = accept_socket(fd_);
  if (waiting_fd_ >= 0 || waiting_fd_ == -ECONNABORTED) return true;
  if ((waiting_fd_ != -EMFILE && waiting_fd_ != -ENFILE) || spare_fd_ < 0) return false;
  close_socket(spare_fd_);
  const int refused = accept_socket(fd_);
  close_socket(refused);
  spare_fd_ = open_nothing();
  return refused >= 0;
}

Address TcpListener::local_address() const { return socket_name(fd_, getsockname); }

std::unique_ptr<TcpStream> TcpListener::accept(TcpStream::Events& events) {
  auto stream = std::make_unique<TcpStream>(loop_, events);
  return stream->take(std::exchange(waiting_fd_, -1)) ? std::move(stream) : nullptr;
}

}  // namespace locust_like::loop
