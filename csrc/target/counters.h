// Counters: what the target saw, as a value for readers and as a board that the server writes.
//
// A load test is checked against these numbers, so they count what arrived, not what was answered:
// a request is counted when it has been read completely. Requests to /stats* are counted apart.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "base/clock.h"
#include "target/router.h"

namespace locust_like::target {

// How late the replies of /delay/MS left, after arrival + MS.
struct DelayLateness {
  uint64_t count = 0;
  uint64_t p50_us = 0;
  uint64_t p99_us = 0;
  uint64_t max_us = 0;
};

struct Counters {
  uint64_t requests = 0;                          // sum of by_path and of by_status
  std::array<uint64_t, kPathCount> by_path = {};  // indexed by Path; 0 for /stats*
  std::map<int, uint64_t> by_status;              // only those that occurred
  uint64_t stats_requests = 0;
  uint64_t malformed = 0;  // connections that sent something else than HTTP
  uint64_t connections_accepted = 0;
  uint64_t connections_open = 0;
  uint64_t aborted = 0;         // replies that the peer did not wait for
  uint64_t bytes_received = 0;  // on the wire, so encrypted for TLS
  uint64_t bytes_sent = 0;
  DelayLateness delay_lateness;
};

std::string to_json(const Counters& counters);

// Thread: one writer (the server's loop); snapshot() from any. Figures of one snapshot may be a
// few requests apart from each other, never torn. No locks.
class CounterBoard {
 public:
  void count_request(Path path, int status);
  void count_malformed() { add(malformed_, 1); }
  void count_accepted() { add(accepted_, 1), add(open_, 1); }
  void count_closed() { add(open_, -uint64_t{1}); }
  void count_aborted(uint64_t replies) { add(aborted_, replies); }
  void count_received(uint64_t bytes) { add(received_, bytes); }
  void count_sent(uint64_t bytes) { add(sent_, bytes); }
  void count_lateness(Nanos lateness);
  // Forgets all but the open connections. Thread: the writer's.
  void reset();
  Counters snapshot() const;

 private:
  using Cell = std::atomic<uint64_t>;
  static constexpr int kStatusCount = 600;
  // One bucket a microsecond: a delay that is 10 ms late is wrong anyway, only its maximum matters.
  static constexpr int kLatenessBuckets = 10'001;

  // One writer, so no locked instruction is needed.
  static void add(Cell& cell, uint64_t amount) {
    cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  static uint64_t read(const Cell& cell) { return cell.load(std::memory_order_relaxed); }
  DelayLateness lateness() const;

  std::array<Cell, kPathCount> by_path_ = {};
  std::array<Cell, kStatusCount> by_status_ = {};
  std::array<Cell, kLatenessBuckets> lateness_us_ = {};
  Cell lateness_max_us_ = 0;
  Cell stats_requests_ = 0;
  Cell malformed_ = 0;
  Cell accepted_ = 0;
  Cell open_ = 0;
  Cell aborted_ = 0;
  Cell received_ = 0;
  Cell sent_ = 0;
};

}  // namespace locust_like::target
