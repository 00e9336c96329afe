#include "loop/deadline_timer.h"

#include <algorithm>
#include <utility>

#if !defined(LL_PORTABLE)
#include <sys/timerfd.h>
#include <unistd.h>
#endif

#include "loop/cell.h"

namespace locust_like::loop {

#if defined(LL_PORTABLE)

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> fired)
    : fired_(std::move(fired)), handle_(make_handle<uv_timer_t>(loop, this, uv_timer_init)) {}

DeadlineTimer::~DeadlineTimer() = default;

void DeadlineTimer::arm(TimePoint deadline) {
  const auto on_timer = [](uv_timer_t* timer) {
    if (auto* self = owner_of<DeadlineTimer>(timer)) self->fired_();
  };
  const auto delay = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now());
  // uv counts from the start of its loop pass, which is in the past.
  uv_update_time(handle_->loop->uv());
  uv_timer_start(&handle_->uv, on_timer, static_cast<uint64_t>(std::max<int64_t>(delay.count(), 0)),
                 0);
}

void DeadlineTimer::disarm() { uv_timer_stop(&handle_->uv); }

#else

namespace {

void set_time(int fd, int64_t at_ns) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  itimerspec spec = {};
  spec.it_value.tv_sec = at_ns / kNsPerSecond;
  spec.it_value.tv_nsec = at_ns % kNsPerSecond;
  // Setting also clears an expiry, so the timerfd never needs to be read.
  [[maybe_unused]] const int result = timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, nullptr);
  assert(result == 0);
}

}  // namespace

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> fired)
    : fired_(std::move(fired)), fd_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  const int fd = fd_;
  handle_ = make_handle<uv_poll_t>(
      loop, this, [fd](uv_loop_t* uv, uv_poll_t* poll) { return uv_poll_init(uv, poll, fd); });
  assert(handle_ != nullptr);
  uv_poll_start(&handle_->uv, UV_READABLE, [](uv_poll_t* poll, int, int) {
    if (auto* self = owner_of<DeadlineTimer>(poll)) self->fired_();
  });
}

DeadlineTimer::~DeadlineTimer() {
  uv_poll_stop(&handle_->uv);
  handle_.reset();
  close(fd_);
}

void DeadlineTimer::arm(TimePoint deadline) {
  // Zero would disarm it.
  set_time(fd_, std::max<int64_t>(to_ns(deadline), 1));
}

void DeadlineTimer::disarm() { set_time(fd_, 0); }

#endif

void DeadlineTimer::keep_loop_alive(bool keep) {
  keep ? uv_ref(handle_->base()) : uv_unref(handle_->base());
}

}  // namespace locust_like::loop
