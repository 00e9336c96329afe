#include "stats/table.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>

#include "stats/samples.h"

namespace locust_like::stats {

TEST_CASE("a table lists each touched name once") {
  Table table;
  CHECK(table.empty());
  table.record(success(NameId{7}));
  table.record(cancelled(NameId{2}));
  table.record(success(NameId{7}));
  CHECK_FALSE(table.empty());
  CHECK(table.touched() == std::vector<NameId>{NameId{7}, NameId{2}});
  CHECK(table.entry(NameId{7}).counters.num_requests == 2);
  CHECK(table.entry(NameId{2}).counters.num_cancelled == 1);
}

TEST_CASE("only failures enter the error table") {
  Table table;
  table.record(success(NameId{0}));
  table.record(cancelled(NameId{0}));
  CHECK(table.errors().empty());
  table.record(failure(NameId{0}, Code::kOk, "said the script"));
  REQUIRE(table.errors().rows().size() == 1);
  CHECK(table.errors().rows()[0].code == Code::kScript);
  CHECK(table.errors().rows()[0].text == "said the script");
}

TEST_CASE("clear forgets counts and keeps the memory of entries") {
  Table table;
  table.record(failure(NameId{3}, Code::kReset));
  const DeltaEntry* entry = &table.entry(NameId{3});
  table.clear();
  CHECK(table.empty());
  CHECK(table.errors().empty());
  table.record(success(NameId{3}));
  CHECK(&table.entry(NameId{3}) == entry);
  CHECK(entry->counters.num_requests == 1);
  CHECK(entry->counters.num_failures == 0);
}

TEST_CASE("a moved table keeps its counts") {
  Table table;
  table.record(success(NameId{1}));
  Table moved = std::move(table);
  table = Table();
  CHECK(table.empty());
  CHECK(moved.entry(NameId{1}).counters.num_requests == 1);
}

// Prints nanoseconds for a sample; asserts nothing about time.
TEST_CASE("record cost", "[!benchmark][.]") {
  constexpr int kRounds = 20'000'000;
  const auto measure = [](const char* what, Sample sample, uint32_t names) {
    Table table;
    const TimePoint start = steady_now();
    for (int i = 0; i < kRounds; ++i) {
      sample.name.value = static_cast<uint32_t>(i) % names;
      sample.response_time_ns = 900'000 + (i & 0xFFFFF);
      table.record(sample);
    }
    const double ns = static_cast<double>((steady_now() - start).count()) / kRounds;
    std::cout << what << ", " << names << " names: " << ns << " ns\n";
    CHECK(table.entry(NameId{0}).counters.num_requests > 0);
  };
  Sample phased = success(NameId{0});
  phased.has_phases = true;
  for (const Phase phase : {Phase::kSend, Phase::kWait, Phase::kReceive}) {
    phased.phases_ns[static_cast<size_t>(phase)] = 123'456;
  }
  for (const uint32_t names : {1U, 100U, 1000U}) {
    measure("success", success(NameId{0}), names);
    measure("success with phases", phased, names);
    measure("refused", failure(NameId{0}, Code::kConnect, "connect: refused"), names);
  }
}

}  // namespace locust_like::stats
