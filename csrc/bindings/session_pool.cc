#include "bindings/session_pool.h"

#include <utility>

#include "bindings/bridge.h"

namespace locust_like::bindings {
namespace {

void close_pool(std::unique_ptr<engine::PoolHandle> pool, ThreadId thread, uint32_t epoch) {
  Bridge& bridge = Bridge::get();
  if (bridge.running() && epoch == bridge.epoch()) {
    bridge.close_pool(pool.release(), thread);
  } else if (Bridge::was_forked()) {
    static_cast<void>(pool.release());  // the parent's
  }
  // Otherwise its connections went with the engine.
}

std::shared_ptr<SharedPool> shared_pool(RecorderObject* recorder, const std::string& name) {
  const uint32_t epoch = Bridge::get().epoch();
  std::weak_ptr<SharedPool>& known = recorder->shared_pools[name];
  std::shared_ptr<SharedPool> found = known.lock();
  if (!found || found->epoch() != epoch) known = found = std::make_shared<SharedPool>(epoch);
  return found;
}

}  // namespace

SharedPool::~SharedPool() {
  for (auto& [thread, pool] : pools_) close_pool(std::move(pool), ThreadId{thread}, epoch_);
}

engine::PoolHandle* SharedPool::of_thread(ThreadId thread) {
  auto& pool = pools_[thread.value];
  if (!pool) pool = std::make_unique<engine::PoolHandle>();
  return pool.get();
}

void close_connections(SessionObject* self) {
  self->closing = false;
  if (self->pool == nullptr) return;
  std::unique_ptr<engine::PoolHandle> pool(std::exchange(self->pool, nullptr));
  if (!self->shared) return close_pool(std::move(pool), self->thread, self->epoch);
  static_cast<void>(pool.release());
  self->shared.reset();
}

bool ensure_pool(SessionObject* self) {
  if (!ensure_registered(self->profile->recorder)) return false;
  Bridge& bridge = Bridge::get();
  const bool has_thread = self->epoch == bridge.epoch();
  if (self->pool != nullptr && has_thread) return true;
  close_connections(self);
  if (!has_thread) self->thread = bridge.engine()->next_thread();
  self->epoch = bridge.epoch();
  if (self->profile->shared_pool.empty()) {
    self->pool = std::make_unique<engine::PoolHandle>().release();
  } else {
    self->shared = shared_pool(self->profile->recorder, self->profile->shared_pool);
    self->pool = self->shared->of_thread(self->thread);
  }
  return true;
}

}  // namespace locust_like::bindings
