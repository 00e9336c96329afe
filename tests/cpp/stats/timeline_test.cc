#include "stats/timeline.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "stats/samples.h"

namespace locust_like::stats {
namespace {

constexpr NameId kA{0};
constexpr NameId kB{5};
constexpr int64_t kFirst = 10'000;

Table table_of(const std::vector<Sample>& samples) {
  Table table;
  for (const Sample& sample : samples) table.record(sample);
  return table;
}

uint64_t requests_in(const std::vector<TimelinePoint>& points) {
  return std::accumulate(
      points.begin(), points.end(), uint64_t{0},
      [](uint64_t sum, const TimelinePoint& point) { return sum + point.counts.num_requests; });
}

// A timeline with one call of kA and two of kB in each of `seconds` seconds.
Timeline filled(int64_t seconds, size_t max_name_bytes = kDefaultNameHistoryBytes) {
  Timeline timeline(max_name_bytes);
  const Table table = table_of({success(kA, 3 * kMs), success(kB), success(kB, 80 * kMs)});
  for (int64_t s = 0; s < seconds; ++s) timeline.merge(table, at_second(kFirst + s));
  return timeline;
}

}  // namespace

TEST_CASE("counts of one second add up, whatever the order of the threads") {
  Timeline timeline;
  timeline.merge(table_of({success(kB, 5 * kMs)}), at_second(kFirst + 1));
  timeline.merge(table_of({success(kA, 7 * kMs), failure(kA, Code::kReset)}), at_second(kFirst));
  timeline.merge(table_of({success(kA), cancelled(kB)}),
                 at_second(kFirst + 1) + std::chrono::milliseconds(999));
  timeline.merge(Table(), at_second(kFirst + 2));
  const auto totals = timeline.totals(TimePoint());
  REQUIRE(totals.size() == 2);
  CHECK(totals[0].start == at_second(kFirst));
  CHECK(totals[0].counts.num_requests == 2);
  CHECK(totals[0].counts.num_failures == 1);
  CHECK(totals[1].counts.num_requests == 2);
  CHECK(totals[1].counts.num_cancelled == 1);
  CHECK(totals[1].length == std::chrono::seconds(1));
  CHECK(requests_in(timeline.of_name(kA, TimePoint())) == 3);
  CHECK(requests_in(timeline.of_name(kB, TimePoint())) == 1);
  CHECK(timeline.of_name(NameId{99}, TimePoint()).empty());
}

TEST_CASE("percentiles of a point come from its own calls") {
  Timeline timeline = filled(2);
  const auto points = timeline.of_name(kB, TimePoint());
  REQUIRE(points.size() == 2);
  CHECK(points[0].counts.percentile_ms(0.0).value() == Approx(5).epsilon(0.008));
  CHECK(points[0].counts.percentile_ms(1.0).value() == Approx(80).epsilon(0.008));
  CHECK(points[0].counts.total_time_us == 85'000);
  CHECK_FALSE(TimelineRecord().percentile_ms(0.5).has_value());
}

TEST_CASE("since leaves out what had ended") {
  const Timeline timeline = filled(10);
  CHECK(timeline.totals(at_second(kFirst + 7)).size() == 3);
  CHECK(timeline.totals(at_second(kFirst + 7) - std::chrono::milliseconds(1)).size() == 4);
  CHECK(timeline.of_name(kA, at_second(kFirst + 9)).size() == 1);
}

TEST_CASE("after 15 minutes seconds become tens, and no call is lost") {
  constexpr int64_t kSeconds = 2000;
  const Timeline timeline = filled(kSeconds);
  const auto totals = timeline.totals(TimePoint());
  CHECK(totals.size() == 900 + 110);
  CHECK(requests_in(totals) == 3 * kSeconds);
  CHECK(requests_in(timeline.of_name(kB, TimePoint())) == 2 * kSeconds);
  CHECK(totals.front().length == std::chrono::seconds(10));
  CHECK(totals.front().counts.num_requests == 30);
  CHECK(totals.back().length == std::chrono::seconds(1));
  for (size_t i = 1; i < totals.size(); ++i) CHECK(totals[i - 1].start < totals[i].start);
}

TEST_CASE("an interval handed over very late lands in its ten seconds") {
  Timeline timeline = filled(1200);
  timeline.merge(table_of({success(kA)}), at_second(kFirst + 13));
  const auto totals = timeline.totals(TimePoint());
  CHECK(totals[1].start == at_second(kFirst + 10));
  CHECK(totals[1].counts.num_requests == 31);
}

TEST_CASE("a run of days keeps a bounded number of wider intervals") {
  Timeline timeline;
  const Table table = table_of({success(kA)});
  // A call every ten seconds fills the coarse tier fastest.
  constexpr int64_t kCalls = 12'000;
  for (int64_t i = 0; i < kCalls; ++i) timeline.merge(table, at_second(kFirst + 10 * i));
  const auto totals = timeline.totals(TimePoint());
  CHECK(totals.size() <= Timeline::kMaxCoarseSlices + Timeline::kFineSlices);
  CHECK(requests_in(totals) == kCalls);
  CHECK(totals.front().length == std::chrono::seconds(20));
}

TEST_CASE("over its budget the timeline forgets the oldest names, never totals") {
  constexpr size_t kBudget = 2000;
  const Timeline timeline = filled(300, kBudget);
  CHECK(timeline.name_bytes() <= kBudget);
  CHECK(timeline.name_bytes() > kBudget / 2);
  CHECK(requests_in(timeline.totals(TimePoint())) == 900);
  const auto of_a = timeline.of_name(kA, TimePoint());
  CHECK(of_a.size() < 300);
  CHECK(of_a.back().start == at_second(kFirst + 299));
}

TEST_CASE("records between two moments are those of whole seconds") {
  const auto records = filled(30).records_between(at_second(kFirst + 10), at_second(kFirst + 20));
  CHECK(records.size() == 20);
  CHECK(records.front().first == kA);
  CHECK(records.back().first == kB);
  CHECK(records.back().second.num_requests == 2);
}

TEST_CASE("clear forgets history and its memory") {
  Timeline timeline = filled(1000);
  timeline.clear();
  CHECK(timeline.totals(TimePoint()).empty());
  CHECK(timeline.name_bytes() == 0);
}

}  // namespace locust_like::stats
