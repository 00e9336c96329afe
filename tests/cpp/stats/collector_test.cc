#include "stats/collector.h"

#include <catch2/catch.hpp>
#include <thread>

#include "stats/samples.h"

namespace locust_like::stats {
namespace {

Table table_of(const std::vector<Sample>& samples) {
  Table table;
  for (const Sample& sample : samples) table.record(sample);
  return table;
}

}  // namespace

TEST_CASE("deltas of several threads add up to one snapshot") {
  Collector collector(kStart);
  const NameId a = collector.intern("GET", "/a");
  const NameId b = collector.intern("POST", "/b");
  collector.intern("GET", "/never called");
  collector.merge(table_of({success(b), success(a)}), at_second(1001), 5001.5);
  collector.merge(table_of({failure(a, Code::kConnect, "refused"), cancelled(b)}), at_second(1001),
                  5002.5);
  const Snapshot snapshot = collector.snapshot(at_second(1003));
  REQUIRE(snapshot.rows().size() == 2);
  CHECK(snapshot.rows()[0].name->name == "/a");
  const Entry& of_a = *snapshot.find("GET", "/a")->entry;
  CHECK(of_a.counters.num_requests == 2);
  CHECK(of_a.last_recorded_wall_s == 5002.5);
  CHECK(snapshot.total().counters.num_cancelled == 1);
  CHECK(snapshot.find("GET", "/never called") == nullptr);
  REQUIRE(snapshot.failures().size() == 1);
  CHECK(snapshot.failures()[0].name->name == "/a");
  CHECK(snapshot.failures()[0].error.first_seen_wall_s == 5002.5);
  CHECK(snapshot.times().start_wall_s == 5000);
  CHECK(snapshot.times().taken_wall_s == 5003);
}

TEST_CASE("a window holds whole seconds only, with percentiles of its own") {
  Collector collector(kStart);
  const NameId id = collector.intern("GET", "/");
  for (int64_t second = 0; second < 30; ++second) {
    const int64_t time_ns = second < 20 ? 100 * kMs : 4 * kMs;
    collector.merge(table_of({success(id, time_ns), success(id, time_ns), failure(id, Code::kTls)}),
                    at_second(1000 + second), 5000);
  }
  const TimePoint now = at_second(1030) + std::chrono::milliseconds(400);
  const Snapshot window = collector.window(std::chrono::seconds(10), now);
  const Entry& entry = *window.find("GET", "/")->entry;
  CHECK(entry.counters.num_requests == 30);
  CHECK(entry.counters.num_failures == 10);
  CHECK(entry.percentile_ms(0.5).value() == Approx(4).epsilon(0.008));
  CHECK(window.times().taken_wall_s - window.times().start_wall_s == Approx(10));
  CHECK(Snapshot::decode(window.encode()).ok());
  CHECK(collector.window(std::chrono::seconds(10), at_second(2000)).rows().empty());
}

TEST_CASE("the window of a young run is as long as the run, and a second at least") {
  Collector collector({at_second(1000) + std::chrono::milliseconds(800), 5000.8});
  const NameId id = collector.intern("GET", "/");
  const auto window_at = [&](double second) {
    const auto after = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(second));
    return collector.window(std::chrono::seconds(10), at_second(1000) + after);
  };
  const auto length_s = [](const Snapshot& window) {
    return window.times().taken_wall_s - window.times().start_wall_s;
  };
  collector.merge(table_of({success(id)}), at_second(1000), 5000.9);
  CHECK(window_at(0.9).total().counters.num_requests == 1);
  CHECK(length_s(window_at(0.9)) == Approx(1));
  collector.merge(table_of({success(id), success(id)}), at_second(1002), 5002.4);
  CHECK(window_at(2.5).total().counters.num_requests == 3);
  CHECK(length_s(window_at(2.5)) == Approx(1.6));
  // Without a call, time goes on by whole seconds.
  CHECK(length_s(window_at(4.5)) == Approx(3.2));
  CHECK(length_s(window_at(10.9)) == Approx(9.2));
  CHECK(length_s(window_at(11.1)) == Approx(10));
  CHECK(window_at(11.1).total().counters.num_requests == 2);
}

TEST_CASE("timeline points carry wall times") {
  Collector collector(kStart);
  const NameId id = collector.intern("GET", "/");
  collector.merge(table_of({success(id)}), at_second(1007), 5008);
  const auto totals = collector.timeline(TimePoint());
  REQUIRE(totals.size() == 1);
  CHECK(totals[0].wall_s == 5007);
  CHECK(collector.timeline("GET", "/", TimePoint()).size() == 1);
  CHECK(collector.timeline("GET", "/unknown", TimePoint()).empty());
}

TEST_CASE("reset forgets counts, failures and history, and keeps ids") {
  Collector collector(kStart);
  const NameId id = collector.intern("GET", "/");
  collector.merge(table_of({failure(id, Code::kReset)}), at_second(1001), 5001);
  collector.reset({at_second(1010), 5010});
  const Snapshot empty = collector.snapshot(at_second(1011));
  CHECK(empty.rows().empty());
  CHECK(empty.failures().empty());
  CHECK(empty.total().empty());
  CHECK(empty.times().start_wall_s == 5010);
  CHECK(collector.timeline(TimePoint()).empty());
  CHECK(collector.intern("GET", "/") == id);
  collector.merge(table_of({success(id)}), at_second(1012), 5012);
  CHECK(collector.snapshot(at_second(1013)).total().counters.num_requests == 1);
}

TEST_CASE("a snapshot asked for before a reset does not end before it begins") {
  Collector collector(kStart);
  collector.reset({at_second(1010), 5010});
  const Snapshot snapshot = collector.snapshot(at_second(1009));
  CHECK(snapshot.times().taken_wall_s == 5010);
  CHECK(Snapshot::decode(snapshot.encode()).ok());
}

TEST_CASE("calls beyond the cap on names are counted and told") {
  Collector collector(kStart);
  Table table;
  for (size_t i = 0; i < kMaxNames + 50; ++i) {
    table.record(success(collector.intern("GET", numbered("/", i))));
  }
  collector.merge(table, at_second(1001), 5001);
  const Snapshot snapshot = collector.snapshot(at_second(1002));
  CHECK(snapshot.rows().size() == kMaxNames + 1);
  CHECK(snapshot.dropped_names() == 50);
  CHECK(snapshot.total().counters.num_requests == kMaxNames + 50);
}

TEST_CASE("threads may merge and read at the same time, and nothing is lost") {
  Collector collector(kStart);
  const NameId id = collector.intern("GET", "/");
  constexpr int kMerges = 200;
  const auto merge_many = [&] {
    for (int i = 0; i < kMerges; ++i) {
      collector.merge(table_of({success(id), failure(id, Code::kReset)}), at_second(1000 + i),
                      5000);
    }
  };
  std::thread first(merge_many);
  std::thread second(merge_many);
  uint64_t seen = 0;
  for (int i = 0; i < kMerges; ++i) {
    const Snapshot snapshot = collector.snapshot(at_second(1000));
    const uint64_t requests = snapshot.total().counters.num_requests;
    CHECK(requests >= seen);
    CHECK(requests == 2 * snapshot.total().counters.num_failures);
    seen = requests;
  }
  first.join();
  second.join();
  CHECK(collector.snapshot(at_second(2000)).total().counters.num_requests == 4 * kMerges);
}

}  // namespace locust_like::stats
