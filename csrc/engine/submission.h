// What crosses between the submitting side (the bridge) and an I/O thread.
//
// An Operation is one thing that somebody waits for: a call or a sleep. It belongs to the I/O
// thread from Batch hand-over until it comes back through take_finished(); each operation handed
// over comes back exactly once, and once more for each cancel request (the acknowledgement), so it
// can be reused safely when `returns_due` is zero. A streamed call is handed over again and again
// until its reply is complete.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/call.h"
#include "client/pool.h"
#include "loop/timing_wheel.h"
#include "stats/capture.h"
#include "stats/sample.h"

namespace locust_like::engine {

class Recorder;
class IoThread;

// Told on the I/O thread, in place of the queue of finished operations.
class FinishSignal {
 public:
  virtual ~FinishSignal() = default;
  virtual void on_finished() = 0;
};

// Base of what the bridge waits for. `waiter` is the submitter's; the engine never looks at it.
class Operation {
 public:
  enum class Kind : uint8_t { kCall, kSleep };
  explicit Operation(Kind operation_kind) : kind(operation_kind) {}
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  const Kind kind;
  int returns_due = 0;             // submitter only
  uint32_t generation = 0;         // submitter only: counts reuses, so a late return is recognised
  void* waiter = nullptr;          // submitter only
  FinishSignal* signal = nullptr;  // when set, told once instead of the queue; must outlive that

 private:
  friend class IoThread;
  static constexpr size_t kNotRunning = ~size_t{0};
  size_t running_slot_ = kNotRunning;  // I/O thread only
  bool lent_ = false;                  // likewise: running, and with its submitter
};

// The per-user connections. Made by the submitter, used and destroyed only in its I/O thread.
class PoolHandle {
 private:
  friend class IoThread;
  std::unique_ptr<client::Pool> pool_;  // made on first use
  size_t slot_ = 0;
};

class CallOperation final : public Operation, public client::Call {
 public:
  CallOperation() : Operation(Kind::kCall) {}
  PoolHandle* pool = nullptr;
  std::shared_ptr<Recorder> recorder;  // may be null: nothing is counted natively
  // The verdict comes later with Batch::samples; the I/O thread records only a cancelled row.
  bool judged_by_script = false;
};

class SleepOperation final : public Operation, public loop::Timer {
 public:
  SleepOperation() : Operation(Kind::kSleep) {}
  TimePoint due;

 private:
  friend class IoThread;
  void on_timer() override;
  IoThread* thread_ = nullptr;
};

// One row whose figures waited for a verdict, or that a script reported.
struct PendingSample {
  Recorder* recorder = nullptr;  // registered with the engine (Engine::add_recorder)
  stats::Sample sample;          // text and source are taken from the members below
  std::string failure_text;
  std::shared_ptr<const stats::Capture> capture;  // null: none was wanted
};

// Everything the submitter hands to one I/O thread at once. Order within a list is kept; lists are
// taken up in the order of the members.
struct Batch {
  std::vector<PendingSample> samples;
  std::vector<Operation*> operations;
  std::vector<Operation*> cancels;
  std::vector<PoolHandle*> closed_pools;
  bool empty() const {
    return samples.empty() && operations.empty() && cancels.empty() && closed_pools.empty();
  }
  void clear() {
    samples.clear();
    operations.clear();
    cancels.clear();
    closed_pools.clear();
  }
};

}  // namespace locust_like::engine
