#include "cluster/report_queue.h"

#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "cluster/message.h"
#include "stats/collector.h"
#include "stats/delta.h"
#include "support/fake_transport.h"

namespace locust_like::cluster {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr uint64_t kRun = 3;

// Takes all that is sent, until it is told to be full.
class Wire final : public testing::FakeTransport {
 public:
  Sent send(const PeerId& /*peer*/, std::string_view bytes) override {
    return put(sent, bytes, most);
  }
  std::vector<Report> take() {
    taken.assign(sent.begin(), sent.end());
    sent.clear();
    std::vector<Report> reports;
    for (const std::string& bytes : taken) {
      reports.push_back(std::get<Report>(decode_from_worker(bytes).value()));
    }
    return reports;
  }
  std::deque<std::string> sent;
  std::vector<std::string> taken;  // the reports are views of them
  size_t most = 1000;
};

Counted counted(const std::string& delta, int64_t second = 0, bool is_final = false) {
  return {kRun, second * 1'000'000'000, 1'000'000'000, is_final, {delta, {}}};
}

std::vector<std::string> deltas(const std::vector<Report>& reports) {
  std::vector<std::string> texts;
  for (const Report& report : reports) texts.emplace_back(report.delta);
  return texts;
}

// Pieces of one worker whose calls are to `names`, one call each.
class Counter {
 public:
  stats::DeltaPiece count(const std::vector<std::string>& names) {
    stats::Table table;
    for (const std::string& name : names) {
      stats::Sample sample;
      sample.name = collector_.intern("GET", name);
      sample.response_time_ns = 1'000'000;
      table.record(sample);
    }
    collector_.merge(table, kStart, 1);
    const stats::Snapshot now = collector_.snapshot(kStart);
    stats::DeltaPiece piece = encoder_.encode(now.subtract(last_)).at(0);
    last_ = now;
    return piece;
  }

 private:
  stats::Collector collector_{{kStart, 5000}};
  stats::DeltaEncoder encoder_{kMaxDeltaBytes};
  stats::Snapshot last_ = collector_.snapshot(kStart);
};

std::vector<std::string> names_told(const Report& report) {
  std::vector<std::string> names;
  for (const NameView& name : report.names) names.emplace_back(name.name);
  return names;
}

}  // namespace

TEST_CASE("reports go out in order, and are kept until they are acknowledged") {
  ReportQueue queue;
  Wire wire;
  queue.add(counted("a"));
  queue.add(counted("b"));
  queue.send_due(wire, 1, kStart);
  const auto reports = wire.take();
  REQUIRE(deltas(reports) == std::vector<std::string>{"a", "b"});
  CHECK(reports[0].sequence == 1);
  CHECK(reports[1].sequence == 2);
  CHECK(reports[0].run == kRun);
  queue.send_due(wire, 1, kStart);
  CHECK(wire.take().empty());
  CHECK_FALSE(queue.empty());
  CHECK(queue.acknowledge(1, kStart).empty());
  CHECK(queue.first_sequence() == 2);
  CHECK(queue.acknowledge(2, kStart).empty());
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("an acknowledgement of what was never sent counts for nothing") {
  ReportQueue queue;
  queue.add(counted("a"));
  queue.acknowledge(5, kStart);
  CHECK(queue.first_sequence() == 1);
  CHECK_FALSE(queue.empty());
}

TEST_CASE("at most the window is under way") {
  ReportQueue queue;
  Wire wire;
  for (int i = 0; i < 40; ++i) queue.add(counted(std::to_string(i)));
  queue.send_due(wire, 1, kStart);
  CHECK(wire.take().size() == kMaxUnacknowledged);
  queue.acknowledge(3, kStart);
  queue.send_due(wire, 1, kStart);
  const auto next = wire.take();
  REQUIRE(next.size() == 3);
  CHECK(next[0].sequence == kMaxUnacknowledged + 1);
}

TEST_CASE("what the transport does not take goes out later") {
  ReportQueue queue;
  Wire wire;
  wire.most = 1;
  queue.add(counted("a"));
  queue.add(counted("b"));
  queue.send_due(wire, 1, kStart);
  CHECK(deltas(wire.take()) == std::vector<std::string>{"a"});
  queue.send_due(wire, 1, kStart);
  CHECK(deltas(wire.take()) == std::vector<std::string>{"b"});
}

TEST_CASE("after an admission everything unacknowledged goes out again, unchanged") {
  ReportQueue queue;
  Wire wire;
  for (const char* text : {"a", "b", "c"}) queue.add(counted(text));
  queue.send_due(wire, 1, kStart);
  wire.take();
  CHECK(queue.start_over(1, kStart).empty());
  queue.send_due(wire, 2, kStart);
  const auto again = wire.take();
  REQUIRE(deltas(again) == std::vector<std::string>{"b", "c"});
  CHECK(again[0].sequence == 2);
  CHECK(again[0].generation == 2);
}

TEST_CASE("a gap makes it go back, once for each") {
  ReportQueue queue;
  Wire wire;
  for (const char* text : {"a", "b", "c"}) queue.add(counted(text));
  queue.send_due(wire, 1, kStart);
  wire.take();
  queue.acknowledge(1, kStart);
  for (int i = 0; i < 3; ++i) queue.go_back(1, kStart);
  queue.send_due(wire, 1, kStart);
  CHECK(deltas(wire.take()) == std::vector<std::string>{"b", "c"});
  queue.go_back(1, kStart);
  queue.send_due(wire, 1, kStart);
  CHECK(wire.take().empty());
}

TEST_CASE("without an acknowledgement it sends again after a while") {
  ReportQueue queue;
  Wire wire;
  queue.add(counted("a"));
  queue.send_due(wire, 1, kStart);
  wire.take();
  queue.send_due(wire, 1, kStart + kResendInterval - Nanos(1));
  CHECK(wire.take().empty());
  queue.send_due(wire, 1, kStart + kResendInterval);
  CHECK(deltas(wire.take()) == std::vector<std::string>{"a"});
}

TEST_CASE("a final report's acknowledgement drains its run") {
  ReportQueue queue;
  Wire wire;
  queue.add(counted("a"));
  queue.add(counted("", 1, true));
  queue.send_due(wire, 1, kStart);
  REQUIRE(wire.take().back().is_final);
  CHECK(queue.acknowledge(1, kStart).empty());
  CHECK(queue.acknowledge(2, kStart) == std::vector<uint64_t>{kRun});
}

TEST_CASE("a name is told once in an admission, by the first report that uses it") {
  ReportQueue queue;
  Wire wire;
  Counter counter;
  queue.add({kRun, 0, 1, false, counter.count({"/a", "/b"})});
  queue.add({kRun, 1, 1, false, counter.count({"/b", "/c"})});
  queue.send_due(wire, 1, kStart);
  auto reports = wire.take();
  CHECK(names_told(reports[0]) == std::vector<std::string>{"/a", "/b"});
  CHECK(names_told(reports[1]) == std::vector<std::string>{"/c"});
  // The first was counted, the second got lost: it tells its names again, and no others.
  queue.acknowledge(1, kStart);
  queue.go_back(1, kStart);
  queue.send_due(wire, 1, kStart);
  reports = wire.take();
  CHECK(names_told(reports.at(0)) == std::vector<std::string>{"/c"});
  // A new admission knows nothing.
  queue.start_over(1, kStart);
  queue.send_due(wire, 2, kStart);
  reports = wire.take();
  CHECK(names_told(reports.at(0)) == std::vector<std::string>{"/b", "/c"});
}

TEST_CASE("parcels ride with the next report, or make one") {
  ReportQueue queue;
  Wire wire;
  REQUIRE(queue.add_parcel("kind", "one").ok());
  queue.add(counted("a"));
  REQUIRE(queue.add_parcel("kind", "two").ok());
  queue.close_parcels(kRun, 5);
  queue.send_due(wire, 1, kStart);
  const auto reports = wire.take();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].parcels.at(0).document == "one");
  CHECK(reports[1].delta.empty());
  CHECK(reports[1].parcels.at(0).document == "two");
}

TEST_CASE("parcels beyond a message's size take several") {
  ReportQueue queue;
  Wire wire;
  const std::string document(kMaxDocumentBytes, 'x');
  for (int i = 0; i < 7; ++i) REQUIRE(queue.add_parcel("kind", document).ok());
  queue.close_parcels(kRun, 0);
  queue.send_due(wire, 1, kStart);
  size_t parcels = 0;
  for (const std::string& bytes : wire.sent) CHECK(bytes.size() <= kMaxMessageBytes);
  for (const Report& report : wire.take()) parcels += report.parcels.size();
  CHECK(parcels == 7);
  CHECK(queue.add_parcel("kind", document + "x").code() == Code::kInvalidArgument);
  CHECK(queue.add_parcel(std::string(kMaxKindBytes + 1, 'k'), "").code() == Code::kInvalidArgument);
}

TEST_CASE("many reports that were never sent are merged, sent ones never") {
  ReportQueue queue;
  Wire wire;
  Counter counter;
  const auto add = [&](int64_t second) {
    queue.add({kRun, second * 1000, 1000, false, counter.count({"/a", "/b"})});
  };
  add(0);
  queue.send_due(wire, 1, kStart);
  const std::string first = wire.sent.front();
  wire.take();
  for (int64_t second = 1; second <= 300; ++second) add(second);
  CHECK(queue.size() == kMaxWaitingReports + 1);
  queue.start_over(0, kStart);
  uint64_t requests = 0;
  int64_t end_ns = 0;
  uint64_t acknowledged = 0;
  for (bool is_first = true; !queue.empty(); is_first = false) {
    queue.send_due(wire, 1, kStart);
    if (is_first) CHECK(wire.sent.front() == first);
    for (const Report& report : wire.take()) {
      stats::Delta delta;
      REQUIRE(delta.decode(report.delta).ok());
      requests += delta.num_requests();
      CHECK(report.start_wall_ns == end_ns);
      end_ns = report.start_wall_ns + report.length_ns;
      acknowledged = report.sequence;
    }
    queue.acknowledge(acknowledged, kStart);
  }
  CHECK(requests == 2 * 301);
  CHECK(end_ns == 301 * 1000);
  CHECK(queue.bytes() == 0);
}

TEST_CASE("reports of different runs stay apart") {
  ReportQueue queue;
  Wire wire;
  Counter counter;
  for (uint64_t run = 1; run <= 100; ++run) {
    queue.add({run, 0, 1, run % 2 == 0, counter.count({"/a"})});
  }
  CHECK(queue.size() == 100);
}

TEST_CASE("when memory is short, log parcels go first, and are counted") {
  ReportQueue queue;
  const std::string document(kMaxDocumentBytes, 'x');
  while (queue.bytes() + 2 * document.size() < kMaxQueueBytes) {
    REQUIRE(queue.add_parcel(kLogParcel, document).ok());
    queue.close_parcels(kRun, 0);
  }
  CHECK(queue.dropped_logs() == 0);
  for (int i = 0; i < 10; ++i) REQUIRE(queue.add_parcel("exception", document).ok());
  CHECK(queue.dropped_logs() > 5);
  CHECK(queue.bytes() <= kMaxQueueBytes);
  Status full;
  while (full.ok()) full = queue.add_parcel("exception", document);
  CHECK(full.code() == Code::kResources);
  const uint64_t dropped = queue.dropped_logs();
  CHECK(queue.add_parcel(kLogParcel, document).ok());
  CHECK(queue.dropped_logs() == dropped + 1);
}

}  // namespace locust_like::cluster
