// The connections of a session: made on first use, in the I/O thread that it keeps.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "bindings/session_type.h"
#include "engine/submission.h"

namespace locust_like::bindings {

// One pool in each I/O thread for all sessions of a profile's `shared_pool`; the last of them
// closes it. Guarded by the GIL.
class SharedPool {
 public:
  explicit SharedPool(uint32_t epoch) : epoch_(epoch) {}
  ~SharedPool();
  SharedPool(const SharedPool&) = delete;
  SharedPool& operator=(const SharedPool&) = delete;

  uint32_t epoch() const { return epoch_; }
  engine::PoolHandle* of_thread(ThreadId thread);

 private:
  const uint32_t epoch_;  // of the bridge that the pools belong to
  std::map<uint32_t, std::unique_ptr<engine::PoolHandle>> pools_;
};

// False: exception set.
bool ensure_pool(SessionObject* self);
// REQUIRES: no call is in flight.
void close_connections(SessionObject* self);

}  // namespace locust_like::bindings
