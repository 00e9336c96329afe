#include "stats/delta.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "stats/delta_encoder.h"
#include "stats/samples.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr uint32_t kNames = 12;
constexpr size_t kNoLimit = size_t{1} << 30;

// One worker process: it counts, and reports what came since the last time.
class Worker {
 public:
  explicit Worker(size_t max_piece_bytes = kNoLimit) : encoder_(max_piece_bytes) {
    intern_names(collector_, kNames);
  }
  void count(const Table& table) { collector_.merge(table, at_second(1000), 5001); }
  std::vector<DeltaPiece> report() {
    const Snapshot now = collector_.snapshot(at_second(1001));
    std::vector<DeltaPiece> pieces = encoder_.encode(now.subtract(last_));
    last_ = now;
    return pieces;
  }

 private:
  Collector collector_{kStart};
  DeltaEncoder encoder_;
  Snapshot last_ = collector_.snapshot(at_second(1000));
};

// What a master keeps for one worker.
class Reader {
 public:
  explicit Reader(Collector& collector) : collector_(collector) {}
  void take(const DeltaPiece& piece, int64_t second = 1000) {
    for (const NumberedName& name : piece.names) {
      const NameId id = collector_.intern(name.name->method, name.name->name);
      REQUIRE(names_.define(name.number, id));
    }
    REQUIRE(delta_.decode(piece.bytes).ok());
    collector_.merge(delta_, names_, {at_second(second), Nanos(0), 5001});
  }

 private:
  Collector& collector_;
  NameDictionary names_;
  Delta delta_;
};

using FailureCounts = std::map<std::string, uint64_t>;

FailureCounts failures_of(const Snapshot& snapshot) {
  FailureCounts counts;
  for (const Snapshot::Failure& failure : snapshot.failures()) {
    counts[failure.name->method + failure.name->name + failure.error.text +
           std::to_string(failure.error.status)] += failure.error.occurrences;
  }
  return counts;
}

void check_equal(const Entry& a, const Entry& b) {
  for (const auto counter : kCounters) CHECK(a.counters.*counter == b.counters.*counter);
  CHECK(a.failure_codes == b.failure_codes);
  auto a_statuses = a.status_codes.items();
  auto b_statuses = b.status_codes.items();
  std::sort(a_statuses.begin(), a_statuses.end());
  std::sort(b_statuses.begin(), b_statuses.end());
  CHECK(a_statuses == b_statuses);
  CHECK(a.times.occupied() == b.times.occupied());
  CHECK(a.from_intended.occupied() == b.from_intended.occupied());
  CHECK(a.range.total_ns == b.range.total_ns);
  CHECK(a.range.min_ns == b.range.min_ns);
  CHECK(a.range.max_ns == b.range.max_ns);
  CHECK(a.phase_calls == b.phase_calls);
  CHECK(a.phase_total_ns == b.phase_total_ns);
  for (size_t i = 0; i < a.phases.size(); ++i) {
    CHECK(a.phases[i].occupied() == b.phases[i].occupied());
  }
}

void check_equal(const Snapshot& a, const Snapshot& b) {
  REQUIRE(a.rows().size() == b.rows().size());
  for (const Snapshot::Row& row : a.rows()) {
    const Snapshot::Row* other = b.find(row.name->method, row.name->name);
    REQUIRE(other != nullptr);
    check_equal(*row.entry, *other->entry);
  }
  check_equal(a.total(), b.total());
  CHECK(failures_of(a) == failures_of(b));
}

std::string one_delta(uint32_t seed, int samples) {
  std::mt19937 random(seed);
  Worker worker;
  worker.count(random_table(random, kNames, samples));
  return worker.report().at(0).bytes;
}

}  // namespace

TEST_CASE("deltas of workers give the buckets of one histogram of all samples") {
  std::mt19937 random(7);
  Collector all(kStart);
  intern_names(all, kNames);
  Collector master(kStart);
  std::vector<Worker> workers(3);
  std::vector<Reader> readers(workers.size(), Reader(master));
  for (int64_t second = 1000; second < 1020; ++second) {
    for (size_t i = 0; i < workers.size(); ++i) {
      std::mt19937 again = random;
      workers[i].count(random_table(random, kNames, 200));
      all.merge(random_table(again, kNames, 200), at_second(second), 5001);
      for (const DeltaPiece& piece : workers[i].report()) readers[i].take(piece, second);
    }
  }
  const Snapshot merged = master.snapshot(at_second(1030));
  const Snapshot expected = all.snapshot(at_second(1030));
  check_equal(merged, expected);
  for (const double share : {0.0, 0.5, 0.9, 0.99, 1.0}) {
    CHECK(merged.total().percentile_ms(share) == expected.total().percentile_ms(share));
    CHECK(merged.total().phase_percentile_ms(Phase::kWait, share) ==
          expected.total().phase_percentile_ms(Phase::kWait, share));
  }
  const auto points = master.timeline(TimePoint());
  const auto expected_points = all.timeline(TimePoint());
  REQUIRE(points.size() == expected_points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    CHECK(points[i].start == expected_points[i].start);
    CHECK(points[i].counts.num_requests == expected_points[i].counts.num_requests);
    CHECK(points[i].counts.times == expected_points[i].counts.times);
  }
}

TEST_CASE("pieces stay below their limit and add up to the whole") {
  std::mt19937 random(3);
  constexpr size_t kLimit = 700;
  Worker worker(kLimit);
  Collector master(kStart);
  Reader reader(master);
  Collector all(kStart);
  intern_names(all, kNames);
  const Table table = random_table(random, kNames, 60);
  worker.count(table);
  all.merge(table, at_second(1000), 5001);
  const std::vector<DeltaPiece> pieces = worker.report();
  CHECK(pieces.size() > 2);
  for (const DeltaPiece& piece : pieces) {
    CHECK((piece.message_bytes() <= kLimit + 16 || piece.names.size() == 1));
    reader.take(piece);
  }
  check_equal(master.snapshot(at_second(1002)), all.snapshot(at_second(1002)));
}

TEST_CASE("two pieces of a worker merge into their sum") {
  std::mt19937 random(5);
  Worker worker;
  worker.count(random_table(random, kNames, 100));
  const DeltaPiece first = worker.report().at(0);
  worker.count(random_table(random, kNames, 100));
  const DeltaPiece second = worker.report().at(0);
  Collector apart(kStart);
  Reader both(apart);
  both.take(first);
  both.take(second);
  Collector together(kStart);
  const auto merged = merge_pieces(first, second, kNoLimit);
  REQUIRE(merged.has_value());
  Reader(together).take(*merged);
  check_equal(together.snapshot(at_second(1002)), apart.snapshot(at_second(1002)));
  CHECK_FALSE(merge_pieces(first, second, 100).has_value());
  CHECK(merge_pieces(first, DeltaPiece(), kNoLimit)->bytes == first.bytes);
  CHECK(merge_pieces(DeltaPiece(), first, kNoLimit)->bytes == first.bytes);
}

TEST_CASE("a second with nothing counted is no piece") {
  Worker worker;
  CHECK(worker.report().empty());
  std::mt19937 random(1);
  worker.count(random_table(random, kNames, 5));
  CHECK(worker.report().size() == 1);
  CHECK(worker.report().empty());
}

TEST_CASE("a number stands for one name") {
  NameDictionary names;
  CHECK(names.define(3, NameId{7}));
  CHECK(names.define(3, NameId{7}));
  CHECK_FALSE(names.define(3, NameId{8}));
  CHECK(names.find(3) == NameId{7});
  CHECK_FALSE(names.find(2).has_value());
  CHECK_FALSE(names.find(4).has_value());
  names.clear();
  CHECK_FALSE(names.find(3).has_value());
}

TEST_CASE("every truncated or prolonged delta is refused") {
  const std::string bytes = one_delta(11, 80);
  Delta delta;
  REQUIRE(delta.decode(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Status status = delta.decode(std::string_view(bytes).substr(0, size));
    REQUIRE_FALSE(status.ok());
    CHECK(status.code() == Code::kProtocol);
  }
  CHECK_FALSE(delta.decode(bytes + '\0').ok());
}

TEST_CASE("a damaged delta never counts what does not add up") {
  const std::string bytes = one_delta(12, 40);
  std::mt19937 random(1);
  NameDictionary names;
  for (uint32_t i = 0; i < kMaxNamesWithOther + 1; ++i) names.define(i, NameId{i});
  Delta delta;
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = bytes;
    damaged[below(random, static_cast<uint32_t>(damaged.size()))] = static_cast<char>(random());
    if (!delta.decode(damaged).ok()) continue;
    DeltaBatch batch;
    batch.add(delta, names);
    Table table;
    table.add(batch);
    uint64_t requests = 0;
    for (const NameId id : table.touched()) {
      const DeltaEntry& entry = table.entry(id);
      requests += entry.counters.num_requests;
      REQUIRE(entry.times.count() + entry.counters.num_without_time == entry.counters.num_requests);
    }
    REQUIRE(requests == delta.num_requests());
  }
}

TEST_CASE("late intervals of other processes are kept in their second") {
  Worker worker;
  Collector master(kStart);
  Reader reader(master);
  std::mt19937 random(9);
  for (const int64_t second : {1010, 1001, 1009, 1002, 1008, 1003, 1010}) {
    worker.count(random_table(random, kNames, 10));
    for (const DeltaPiece& piece : worker.report()) reader.take(piece, second);
  }
  const auto points = master.timeline(TimePoint());
  REQUIRE(points.size() == 6);
  CHECK(points.front().start == at_second(1001));
  const auto calls = [](const TimelinePoint& p) {
    return p.counts.num_requests + p.counts.num_cancelled;
  };
  CHECK(calls(points.front()) == 10);
  CHECK(calls(points.back()) == 20);
}

TEST_CASE("what other processes counted is forgotten by a reset") {
  Worker worker;
  Collector master(kStart);
  std::mt19937 random(2);
  worker.count(random_table(random, kNames, 10));
  Reader(master).take(worker.report().at(0));
  master.reset(kStart);
  CHECK(master.snapshot(at_second(1002)).total().empty());
  CHECK(master.timeline(TimePoint()).empty());
}

}  // namespace locust_like::stats
