// The part of Bridge that makes operations and takes them back.
#include <memory>
#include <utility>

#include "bindings/bridge.h"

namespace locust_like::bindings {
namespace {

constexpr size_t kMaxFree = 512;  // finished operations kept for reuse

}  // namespace

engine::CallOperation* Bridge::new_call() {
  if (free_calls_.empty()) return std::make_unique<engine::CallOperation>().release();
  engine::CallOperation* call = free_calls_.back().release();
  free_calls_.pop_back();
  return call;
}

void Bridge::recycle(engine::CallOperation* call) {
  std::unique_ptr<engine::CallOperation> owned(call);
  if (free_calls_.size() >= kMaxFree) return;
  ++owned->generation;
  owned->reset();
  free_calls_.push_back(std::move(owned));
}

engine::SleepOperation* Bridge::new_sleep() {
  if (free_sleeps_.empty()) return std::make_unique<engine::SleepOperation>().release();
  engine::SleepOperation* sleep = free_sleeps_.back().release();
  free_sleeps_.pop_back();
  return sleep;
}

void Bridge::recycle(engine::SleepOperation* sleep) {
  std::unique_ptr<engine::SleepOperation> owned(sleep);
  if (free_sleeps_.size() >= kMaxFree) return;
  ++owned->generation;
  free_sleeps_.push_back(std::move(owned));
}

void Bridge::recycle(engine::Operation& operation) {
  if (operation.kind == engine::Operation::Kind::kSleep) {
    recycle(static_cast<engine::SleepOperation*>(&operation));
  } else {
    recycle(static_cast<engine::CallOperation*>(&operation));
  }
}

}  // namespace locust_like::bindings
