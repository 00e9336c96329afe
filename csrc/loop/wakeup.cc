#include "loop/wakeup.h"

#include <utility>

#include "loop/cell.h"

namespace locust_like::loop {

Wakeup::Wakeup(Loop& loop) {
  const auto on_wake = [](uv_async_t* async) {
    if (auto* self = owner_of<Wakeup>(async)) {
      // Cleared before the queues are looked at: what is added from here on wakes the loop again.
      self->pending_.exchange(false, std::memory_order_acq_rel);
      self->run_posted();
    }
  };
  handle_ = make_handle<uv_async_t>(loop, this, [&](uv_loop_t* uv, uv_async_t* async) {
    return uv_async_init(uv, async, on_wake);
  });
  assert(handle_ != nullptr);
}

Wakeup::~Wakeup() = default;

void Wakeup::post(std::function<void()> work) {
  {
    const MutexLock lock(mutex_);
    posted_.push_back(std::move(work));
  }
  wake();
}

void Wakeup::wake() {
  if (!pending_.exchange(true, std::memory_order_acq_rel)) uv_async_send(&handle_->uv);
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
