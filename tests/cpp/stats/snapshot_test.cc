#include "stats/snapshot.h"

#include <catch2/catch.hpp>
#include <random>

#include "stats/accumulator.h"
#include "stats/samples.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr uint32_t kNames = 6;

// A snapshot of random calls, as a worker would report it. The same times for all, so that bytes
// can be compared.
Snapshot random_snapshot(uint32_t seed, int samples = 300) {
  std::mt19937 random(seed);
  Collector collector(kStart);
  intern_names(collector, kNames);
  collector.merge(random_table(random, kNames, samples), at_second(1000), 5001);
  return collector.snapshot(at_second(1001));
}

std::string with_byte(std::string bytes, size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

}  // namespace

TEST_CASE("merging is commutative and associative") {
  const Snapshot a = random_snapshot(1);
  const Snapshot b = random_snapshot(2);
  const Snapshot c = random_snapshot(3);
  CHECK(a.merge(b).merge(c).encode() == a.merge(b.merge(c)).encode());
  const Snapshot ab = a.merge(b);
  const Snapshot ba = b.merge(a);
  REQUIRE(ab.rows().size() == ba.rows().size());
  for (const Snapshot::Row& row : ab.rows()) {
    const Snapshot::Row* other = ba.find(row.name->method, row.name->name);
    REQUIRE(other != nullptr);
    CHECK(other->entry->times.occupied() == row.entry->times.occupied());
    CHECK(other->entry->counters.num_requests == row.entry->counters.num_requests);
  }
}

TEST_CASE("the total is the sum of the rows") {
  const Snapshot snapshot = random_snapshot(4);
  Entry sum;
  for (const Snapshot::Row& row : snapshot.rows()) sum.merge(*row.entry);
  for (const auto counter : kCounters) {
    CHECK(sum.counters.*counter == snapshot.total().counters.*counter);
  }
  CHECK(sum.times.occupied() == snapshot.total().times.occupied());
  CHECK(sum.range.min_ns == snapshot.total().range.min_ns);
  CHECK(sum.counters.num_requests + sum.counters.num_cancelled == 300);
}

TEST_CASE("what is encoded is decoded, to the byte") {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const Snapshot snapshot = random_snapshot(seed, static_cast<int>(seed * seed));
    const std::string bytes = snapshot.encode();
    const Result<Snapshot> decoded = Snapshot::decode(bytes);
    REQUIRE(decoded.ok());
    CHECK(decoded.value().encode() == bytes);
    CHECK(decoded.value().times().taken == snapshot.times().taken);
    CHECK(decoded.value().total().times.occupied() == snapshot.total().times.occupied());
    CHECK(decoded.value().failures().size() == snapshot.failures().size());
  }
}

TEST_CASE("an empty snapshot survives the wire") {
  const Result<Snapshot> decoded = Snapshot::decode(Snapshot().encode());
  REQUIRE(decoded.ok());
  CHECK(decoded.value().rows().empty());
  CHECK(decoded.value().total().empty());
}

TEST_CASE("every truncation is refused with a reason") {
  const std::string bytes = random_snapshot(5, 40).encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Result<Snapshot> decoded = Snapshot::decode(std::string_view(bytes).substr(0, size));
    REQUIRE_FALSE(decoded.ok());
    REQUIRE(decoded.status().code() == Code::kProtocol);
    REQUIRE(decoded.status().message().find("decode snapshot: bad ") == 0);
  }
  CHECK_FALSE(Snapshot::decode(bytes + "x").ok());
}

TEST_CASE("no corrupted byte makes the decoder misbehave") {
  const std::string bytes = random_snapshot(6, 60).encode();
  std::mt19937 random(6);
  int accepted = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const auto value = static_cast<char>(below(random, 256));
    const Result<Snapshot> decoded = Snapshot::decode(with_byte(bytes, at, value));
    if (!decoded.ok()) continue;
    ++accepted;
    const Snapshot& snapshot = decoded.value();
    REQUIRE(Snapshot::decode(snapshot.encode()).ok());
  }
  CHECK(accepted < static_cast<int>(bytes.size()));
}

TEST_CASE("another version is refused") {
  std::string bytes = Snapshot().encode();
  bytes[0] = static_cast<char>(kSnapshotVersion + 1);
  const Result<Snapshot> decoded = Snapshot::decode(bytes);
  REQUIRE_FALSE(decoded.ok());
  CHECK(decoded.status().message().find("bad version") != std::string::npos);
}

TEST_CASE("subtracting an earlier snapshot leaves what came after it") {
  std::mt19937 random(8);
  Collector both(kStart);
  Collector only_second(kStart);
  intern_names(both, kNames);
  intern_names(only_second, kNames);
  both.merge(random_table(random, kNames, 500), at_second(1000), 5001);
  const Snapshot earlier = both.snapshot(at_second(1001));
  const Table second = random_table(random, kNames, 200);
  both.merge(second, at_second(1001), 5002);
  only_second.merge(second, at_second(1001), 5002);

  const Snapshot rest = both.snapshot(at_second(1002)).subtract(earlier);
  const Snapshot expected = only_second.snapshot(at_second(1002));
  REQUIRE(rest.rows().size() == expected.rows().size());
  for (const Snapshot::Row& row : expected.rows()) {
    const Snapshot::Row* found = rest.find(row.name->method, row.name->name);
    REQUIRE(found != nullptr);
    for (const auto counter : kCounters) {
      CHECK(found->entry->counters.*counter == row.entry->counters.*counter);
    }
    CHECK(found->entry->times.occupied() == row.entry->times.occupied());
    CHECK(found->entry->from_intended.occupied() == row.entry->from_intended.occupied());
    CHECK(found->entry->range.total_ns == row.entry->range.total_ns);
    CHECK(found->entry->percentile_ms(1.0).value() ==
          Approx(row.entry->percentile_ms(1.0).value()).epsilon(0.008));
  }
  uint64_t failures = 0;
  for (const Snapshot::Failure& failure : rest.failures()) failures += failure.error.occurrences;
  CHECK(failures == expected.total().counters.num_failures);
  CHECK(rest.times().start_wall_s == earlier.times().taken_wall_s);
  CHECK(Snapshot::decode(rest.encode()).ok());
}

TEST_CASE("a snapshot less itself is empty") {
  const Snapshot snapshot = random_snapshot(9);
  const Snapshot nothing = snapshot.subtract(snapshot);
  CHECK(nothing.rows().empty());
  CHECK(nothing.failures().empty());
  CHECK(nothing.total().empty());
}

TEST_CASE("a snapshot taken in the moment in which counting began less itself is empty, too") {
  Accumulator sum;
  Entry entry;
  entry.counters.num_cancelled = 1;
  sum.add(sum.intern("GET", "/"), entry);
  const Snapshot snapshot = sum.snapshot({});
  CHECK(snapshot.subtract(snapshot).rows().empty());
}

TEST_CASE("a snapshot that begins after its end is refused") {
  SnapshotTimes times;
  times.start_wall_s = 5001;
  times.taken_wall_s = 5001;
  CHECK(Snapshot::decode(Accumulator().snapshot(times).encode()).ok());
  times.taken_wall_s = 5000.9;
  CHECK(Snapshot::decode(Accumulator().snapshot(times).encode()).status().code() ==
        Code::kProtocol);
}

TEST_CASE("nothing is subtracted across a reset") {
  Collector collector(kStart);
  const NameId id = collector.intern("GET", "/");
  Table table;
  table.record(success(id));
  collector.merge(table, at_second(1000), 5001);
  const Snapshot before = collector.snapshot(at_second(1001));
  collector.reset({at_second(1002), 5002});
  collector.merge(table, at_second(1002), 5003);
  const Snapshot after = collector.snapshot(at_second(1003)).subtract(before);
  CHECK(after.total().counters.num_requests == 1);
}

TEST_CASE("merged snapshots keep the cap on names") {
  Accumulator a;
  Accumulator b;
  Entry entry;
  entry.counters.num_requests = 1;
  entry.counters.num_without_time = 1;
  for (size_t i = 0; i < kMaxNames; ++i) {
    a.add(a.intern("GET", numbered("/a", i)), entry);
    b.add(b.intern("GET", numbered("/b", i)), entry);
  }
  const Snapshot merged = a.snapshot({}).merge(b.snapshot({}));
  CHECK(merged.rows().size() == kMaxNames + 1);
  CHECK(merged.dropped_names() == kMaxNames);
  CHECK(merged.total().counters.num_requests == 2 * kMaxNames);
  CHECK(Snapshot::decode(merged.encode()).ok());
}

TEST_CASE("a snapshot stays as it was when its Collector goes on") {
  Collector collector(kStart);
  const NameId a = collector.intern("GET", "/a");
  const NameId b = collector.intern("GET", "/b");
  Table first;
  first.record(success(a));
  first.record(success(b));
  collector.merge(first, at_second(1000), 5001);
  const Snapshot snapshot = collector.snapshot(at_second(1001));
  Table second;
  second.record(failure(a, Code::kReset));
  collector.merge(second, at_second(1001), 5002);
  const Snapshot later = collector.snapshot(at_second(1002));
  CHECK(snapshot.find("GET", "/a")->entry->counters.num_requests == 1);
  CHECK(snapshot.total().counters.num_requests == 2);
  CHECK(snapshot.failures().empty());
  CHECK(later.find("GET", "/a")->entry->counters.num_requests == 2);
  CHECK(later.find("GET", "/b")->entry == snapshot.find("GET", "/b")->entry);
}

}  // namespace locust_like::stats
