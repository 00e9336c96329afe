#include "target/counters.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

namespace locust_like::target {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("requests are counted by path and by status, the counters' own apart") {
  CounterBoard board;
  board.count_request(Path::kRoot, 200);
  board.count_request(Path::kRoot, 200);
  board.count_request(Path::kStatus, 503);
  board.count_request(Path::kStats, 200);
  board.count_request(Path::kStatsReset, 405);
  Counters counters = board.snapshot();
  CHECK(counters.requests == 3);
  CHECK(counters.by_path[static_cast<size_t>(Path::kRoot)] == 2);
  CHECK(counters.by_status == std::map<int, uint64_t>{{200, 2}, {503, 1}});
  CHECK(counters.stats_requests == 2);
}

TEST_CASE("reset forgets everything but the open connections") {
  CounterBoard board;
  board.count_accepted();
  board.count_accepted();
  board.count_closed();
  board.count_request(Path::kRoot, 200);
  board.count_request(Path::kStats, 200);
  board.count_malformed();
  board.count_aborted(2);
  board.count_received(10);
  board.count_sent(20);
  board.count_lateness(milliseconds(1));
  CHECK(board.snapshot().bytes_sent == 20);
  board.reset();
  Counters counters = board.snapshot();
  CHECK(counters.connections_open == 1);
  counters.connections_open = 0;
  CHECK(to_json(counters) == to_json(Counters()));
}

TEST_CASE("lateness percentiles are exact to the microsecond") {
  CounterBoard board;
  for (int us = 1; us <= 100; ++us) board.count_lateness(microseconds(us));
  DelayLateness lateness = board.snapshot().delay_lateness;
  CHECK(lateness.count == 100);
  CHECK(lateness.p50_us == 50);
  CHECK(lateness.p99_us == 99);
  CHECK(lateness.max_us == 100);
}

TEST_CASE("one lateness is all percentiles at once, and none is negative") {
  CounterBoard board;
  CHECK(board.snapshot().delay_lateness.p99_us == 0);
  board.count_lateness(microseconds(-5));
  CHECK(board.snapshot().delay_lateness.max_us == 0);
  CHECK(board.snapshot().delay_lateness.count == 1);
}

TEST_CASE("what is later than the buckets reach is told by the maximum") {
  CounterBoard board;
  board.count_lateness(milliseconds(50));
  DelayLateness lateness = board.snapshot().delay_lateness;
  CHECK(lateness.p50_us == 50'000);
  CHECK(lateness.p99_us == 50'000);
}

TEST_CASE("the JSON document names every figure") {
  CounterBoard board;
  board.count_accepted();
  board.count_request(Path::kBytes, 200);
  std::string json = to_json(board.snapshot());
  for (const char* part :
       {R"({"requests": 1)", R"("stats_requests": 0)", R"("malformed": 0)", R"("aborted": 0)",
        R"("connections_accepted": 1)", R"("connections_open": 1)", R"("bytes_received": 0)",
        R"("by_path": {"root": 0, "json": 0, "bytes": 1)", R"("by_status": {"200": 1})",
        R"("delay_lateness": {"count": 0, "p50_us": 0, "p99_us": 0, "max_us": 0}})"}) {
    INFO(json);
    CHECK(json.find(part) != std::string::npos);
  }
}

TEST_CASE("a reader in another thread sees figures grow and never torn ones") {
  CounterBoard board;
  std::thread writer([&] {
    for (int i = 0; i < 20'000; ++i) board.count_request(Path::kRoot, 200);
  });
  uint64_t last = 0;
  while (last < 20'000) {
    uint64_t now = board.snapshot().requests;
    if (now < last) FAIL("a counter went back");
    last = now;
  }
  writer.join();
  CHECK(board.snapshot().by_status.at(200) == 20'000);
}

}  // namespace
}  // namespace locust_like::target
