#include "cluster/collector_sink.h"

#include <catch2/catch.hpp>
#include <string>

#include "stats/delta_encoder.h"

namespace locust_like::cluster {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};
const stats::Interval kInterval{kStart + std::chrono::milliseconds(4500), std::chrono::seconds(1),
                                5006};

// A report of one call to "/a".
class OneCall {
 public:
  OneCall() {
    stats::Collector collector({kStart, 5000});
    stats::Table table;
    stats::Sample sample;
    sample.name = collector.intern("GET", "/a");
    sample.response_time_ns = 1'000'000;
    table.record(sample);
    collector.merge(table, kStart, 1);
    stats::DeltaEncoder encoder(kMaxDeltaBytes);
    piece_ = encoder.encode(collector.snapshot(kStart)).at(0);
  }
  Report report() const {
    Report report;
    report.names = {{0, "GET", "/a"}};
    report.delta = piece_.bytes;
    return report;
  }

 private:
  stats::DeltaPiece piece_;
};

}  // namespace

TEST_CASE("a report's figures become the collector's, at its time") {
  stats::Collector collector({kStart, 5000});
  CollectorSink sink(collector);
  stats::NameDictionary names;
  const OneCall call;
  CHECK(sink.take(call.report(), names, true, kInterval).value() == 1);
  Report again = call.report();
  again.names.clear();  // told before
  CHECK(sink.take(again, names, true, kInterval).value() == 1);
  const stats::Snapshot snapshot = collector.snapshot(kStart);
  CHECK(snapshot.find("GET", "/a")->entry->counters.num_requests == 2);
  CHECK(snapshot.total().last_recorded_wall_s == 5006);
  const auto points = collector.timeline(TimePoint());
  REQUIRE(points.size() == 1);
  // In the second in which the interval ended.
  CHECK(points[0].start == kStart + std::chrono::seconds(5));
}

TEST_CASE("a report of many seconds counts in the first of them") {
  stats::Collector collector({kStart, 5000});
  CollectorSink sink(collector);
  stats::NameDictionary names;
  const stats::Interval late{kStart + std::chrono::seconds(5), std::chrono::seconds(90), 5095};
  REQUIRE(sink.take(OneCall().report(), names, true, late).ok());
  const auto points = collector.timeline(TimePoint());
  REQUIRE(points.size() == 1);
  CHECK(points[0].start == kStart + std::chrono::seconds(6));
}

TEST_CASE("a report of another run leaves its names, and no figures") {
  stats::Collector collector({kStart, 5000});
  CollectorSink sink(collector);
  stats::NameDictionary names;
  const OneCall call;
  CHECK(sink.take(call.report(), names, false, kInterval).value() == 1);
  CHECK(collector.snapshot(kStart).rows().empty());
  Report next = call.report();
  next.names.clear();
  CHECK(sink.take(next, names, true, kInterval).ok());
}

TEST_CASE("a malformed report counts nothing") {
  stats::Collector collector({kStart, 5000});
  CollectorSink sink(collector);
  stats::NameDictionary names;
  const OneCall call;
  Report nameless = call.report();
  nameless.names.clear();
  CHECK(sink.take(nameless, names, true, kInterval).status().message() ==
        "report: number 0 has no name");
  REQUIRE(sink.take(call.report(), names, true, kInterval).ok());
  Report renamed = call.report();
  renamed.names = {{0, "GET", "/other"}};
  CHECK(sink.take(renamed, names, true, kInterval).status().message() ==
        "report: number 0 is another name's");
  Report rubbish = call.report();
  rubbish.delta = "rubbish";
  CHECK(sink.take(rubbish, names, true, kInterval).status().code() == Code::kProtocol);
  CHECK(collector.snapshot(kStart).total().counters.num_requests == 1);
}

}  // namespace locust_like::cluster
