// Health: whether the generator's own figures can be trusted, interval by interval.
//
// A load generator that is itself overloaded reports its own delays as the server's. So each second
// is judged from what the generator measured about itself: OK, LATE (figures may hold the
// generator's delay) or INVALID (they do). A closed loop that saturates a core is LATE or INVALID
// by design: its rate is the generator's limit, not the server's. Pure: numbers in, verdict out;
// reading them is the engine's and ProcSampler's work. Thread: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace locust_like::stats {

enum class Verdict : uint8_t { kOk, kLate, kInvalid };
// "OK", "LATE" or "INVALID".
const char* verdict_name(Verdict verdict);

// Limits above which an interval is marked.
inline constexpr double kLateDelay_ms = 1.0;    // resume delay and send lateness, p99
inline constexpr double kLateBusyShare = 0.80;  // of one core, by one thread
inline constexpr double kInvalidBusyShare = 0.97;
inline constexpr double kInvalidRateMiss = 0.01;

// What the generator measured about itself in one interval. Shares are 0-1.
struct HealthFigures {
  TimePoint start;
  double seconds = 1;
  double resume_delay_p99_ms = 0;   // last byte -> Python runs again
  double send_lateness_p99_ms = 0;  // due -> written; open model only
  double loop_gap_ms = 0;           // longest gap between two polls of an I/O thread
  double python_busy = 0;           // CPU share of the Python thread
  double io_busy = 0;               // of the busiest I/O thread
  double run_queue_wait = 0;        // share of time our threads were ready, but had no CPU
  double steal = 0;                 // share of the machine's CPU time taken by its host
  uint64_t resource_errors = 0;     // calls that failed for want of ports, descriptors or memory
  uint64_t starts_due = 0;          // open model: starts that the plan asked for
  uint64_t starts_made = 0;
};

struct HealthInterval {
  HealthFigures figures;
  Verdict verdict = Verdict::kOk;
  std::vector<std::string> causes;  // empty when OK; each with its number and limit
};

HealthInterval judge(const HealthFigures& figures);

// The run's verdict, built from its intervals.
class RunHealth {
 public:
  void add(const HealthInterval& interval);

  uint64_t intervals() const { return intervals_; }
  uint64_t late() const { return late_; }
  uint64_t invalid() const { return invalid_; }
  // INVALID when more than a tenth of the intervals were, LATE when more than a tenth were LATE or
  // INVALID, otherwise OK: a single late second in a long run does not spoil its percentiles.
  Verdict verdict() const;

 private:
  uint64_t intervals_ = 0;
  uint64_t late_ = 0;
  uint64_t invalid_ = 0;
};

}  // namespace locust_like::stats
