// Samples and tables for the tests of this folder.
#pragma once

#include <random>
#include <string>

#include "stats/collector.h"
#include "stats/sample.h"
#include "stats/table.h"

namespace locust_like::stats {

inline constexpr int64_t kMs = 1'000'000;
// `prefix` and a number. Appended, because g++ 12 warns of operator+ (its bug 105651).
inline std::string numbered(std::string prefix, size_t number) {
  prefix.append(std::to_string(number));
  return prefix;
}

inline constexpr ClockPair kStart = {TimePoint(std::chrono::seconds(1000)), 5000.0};

inline TimePoint at_second(int64_t second) { return TimePoint(std::chrono::seconds(second)); }

inline Sample success(NameId name, int64_t response_time_ns = 5 * kMs) {
  Sample sample;
  sample.name = name;
  sample.status = 200;
  sample.response_time_ns = response_time_ns;
  sample.exchanges = 1;
  return sample;
}

inline Sample failure(NameId name, Code code, std::string_view text = {}, uint16_t status = 0) {
  Sample sample = success(name);
  sample.outcome = Outcome::kFailure;
  sample.failure = code;
  sample.status = status;
  sample.failure_text = text;
  return sample;
}

inline Sample cancelled(NameId name) {
  Sample sample = success(name);
  sample.outcome = Outcome::kCancelled;
  sample.status = 0;
  return sample;
}

inline uint32_t below(std::mt19937& random, uint32_t end) {
  return static_cast<uint32_t>(random() % end);
}

inline constexpr std::string_view kTexts[] = {"no total", "no cart", "<Item at 0x7f0012345678>"};

// Any sample that the product can make, for one of `names` names.
inline Sample random_sample(std::mt19937& random, uint32_t names) {
  Sample sample = success(NameId{below(random, names)});
  std::lognormal_distribution<double> time_ms(3.0, 2.0);
  sample.response_time_ns = static_cast<int64_t>(time_ms(random) * 1e6);
  const uint32_t kind = below(random, 10);
  if (kind == 0) sample = cancelled(sample.name);
  if (kind == 1) sample = failure(sample.name, Code::kStatus, {}, 503);
  if (kind == 2) sample = failure(sample.name, Code::kScript, kTexts[below(random, 3)]);
  if (kind == 3) sample.has_time = false;
  sample.content_bytes = below(random, 5000);
  sample.sent_bytes = 80 + below(random, 100);
  sample.received_bytes = sample.content_bytes + 150;
  sample.hops = below(random, 2);
  sample.exchanges = 1 + sample.hops;
  if (below(random, 4) == 0) sample.from_intended_ns = sample.response_time_ns + kMs;
  sample.has_phases = below(random, 3) != 0;
  sample.protocol = static_cast<Protocol>(below(random, 4));
  for (int64_t& phase : sample.phases_ns)
    phase = below(random, 2) == 0 ? 0 : below(random, 20 * 1'000'000);
  return sample;
}

inline Table random_table(std::mt19937& random, uint32_t names, int samples) {
  Table table;
  for (int i = 0; i < samples; ++i) table.record(random_sample(random, names));
  return table;
}

// A Collector whose ids 0..names-1 exist.
inline void intern_names(Collector& collector, uint32_t names) {
  for (uint32_t i = 0; i < names; ++i) {
    collector.intern(i % 2 ? "POST" : "GET", numbered("/page/", i));
  }
}

// Snapshots with the same bytes hold the same figures.
inline std::string bytes_of(const Snapshot& snapshot) { return snapshot.encode(); }

}  // namespace locust_like::stats
