#include "loop/wakeup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <tuple>
#include <utility>

#if !defined(LL_PORTABLE)
#include <sys/eventfd.h>
#endif

#include "loop/cell.h"

namespace locust_like::loop {
namespace {

// Both ends; equal for an eventfd.
std::pair<int, int> open_descriptors() {
#if defined(LL_PORTABLE)
  int ends[2] = {-1, -1};
  const bool opened = pipe(ends) == 0;
  for (const int fd : ends) {
    if (!opened) break;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
#else
  const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  const int ends[2] = {fd, fd};
  const bool opened = fd >= 0;
#endif
  if (!opened) {
    std::perror("cannot make the wake-up descriptor of an event loop");
    std::abort();
  }
  return {ends[0], ends[1]};
}

}  // namespace

Wakeup::Wakeup(Loop& loop) {
  std::tie(read_fd_, write_fd_) = open_descriptors();
  handle_ = make_handle<uv_poll_t>(loop, this, [this](uv_loop_t* uv, uv_poll_t* poll) {
    return uv_poll_init(uv, poll, read_fd_);
  });
  assert(handle_ != nullptr);
  uv_poll_start(&handle_->uv, UV_READABLE, [](uv_poll_t* poll, int, int) {
    auto* self = owner_of<Wakeup>(poll);
    if (self == nullptr) return;
    self->drain();
    // Cleared before the queues are looked at: what is added from here on wakes the loop again.
    self->pending_.exchange(false, std::memory_order_acq_rel);
    self->run_posted();
  });
}

Wakeup::~Wakeup() {
  uv_poll_stop(&handle_->uv);
  handle_.reset();
  close(read_fd_);
  if (write_fd_ != read_fd_) close(write_fd_);
}

void Wakeup::drain() {
  uint64_t count = 0;
  while (read(read_fd_, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

void Wakeup::post(std::function<void()> work) {
  {
    const MutexLock lock(mutex_);
    posted_.push_back(std::move(work));
  }
  wake();
}

void Wakeup::wake() {
  if (pending_.exchange(true, std::memory_order_acq_rel)) return;
  const uint64_t one = 1;
  while (write(write_fd_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Wakeup::run_posted() {
  std::vector<std::function<void()>> work;
  {
    const MutexLock lock(mutex_);
    work.swap(posted_);
  }
  // What an item holds goes with it, not after those that follow.
  for (auto& item : work) std::exchange(item, nullptr)();
}

void Wakeup::keep_loop_alive(bool keep) {
  keep ? uv_ref(handle_->base()) : uv_unref(handle_->base());
}

}  // namespace locust_like::loop
