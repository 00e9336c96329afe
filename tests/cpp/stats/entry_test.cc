#include "stats/entry.h"

#include <catch2/catch.hpp>
#include <random>

#include "stats/samples.h"

namespace locust_like::stats {
namespace {

constexpr NameId kName{0};

DeltaEntry entry_of(const std::vector<Sample>& samples) {
  DeltaEntry entry;
  for (const Sample& sample : samples) entry.record(sample);
  return entry;
}

}  // namespace

TEST_CASE("a cancelled call is no request and has no time") {
  Sample sample = cancelled(kName);
  sample.content_bytes = 10;
  sample.sent_bytes = 100;
  const DeltaEntry entry = entry_of({sample});
  CHECK(entry.counters.num_cancelled == 1);
  CHECK(entry.counters.num_requests == 0);
  CHECK(entry.counters.num_failures == 0);
  CHECK(entry.counters.content_bytes == 0);
  CHECK(entry.counters.sent_bytes == 100);
  CHECK(entry.times.count() == 0);
  CHECK_FALSE(entry.empty());
}

TEST_CASE("a late failure adds a failure and no request") {
  Sample late = failure(kName, Code::kDecode);
  late.outcome = Outcome::kLateFailure;
  const DeltaEntry whole = entry_of({success(kName), late});
  CHECK(whole.counters.num_requests == 1);
  CHECK(whole.counters.num_failures == 1);
  CHECK(whole.times.count() == 1);
  CHECK_FALSE(entry_of({late}).empty());
}

TEST_CASE("exchanges are calls and hops and challenges and retries, less what was never sent") {
  Sample redirected = success(kName);
  redirected.hops = 2;
  redirected.challenges = 1;
  redirected.exchanges = 4;
  Sample retried = success(kName);
  retried.retries = 1;
  retried.exchanges = 2;
  Sample refused = failure(kName, Code::kConnect);
  refused.exchanges = 0;
  refused.never_sent = 1;
  Sample stopped = cancelled(kName);
  stopped.exchanges = 0;
  stopped.never_sent = 1;
  const Counters counters = entry_of({redirected, retried, refused, stopped}).counters;
  const uint64_t calls = counters.num_requests + counters.num_cancelled;
  CHECK(calls == 4);
  CHECK(counters.never_sent == 2);
  CHECK(counters.exchanges ==
        calls + counters.hops + counters.challenges + counters.retries - counters.never_sent);
}

TEST_CASE("a failure is a request with its time, its class and its status") {
  const DeltaEntry entry = entry_of({failure(kName, Code::kStatus, {}, 503), success(kName),
                                     failure(kName, Code::kOk, "script says no")});
  CHECK(entry.counters.num_requests == 3);
  CHECK(entry.counters.num_failures == 2);
  CHECK(entry.times.count() == 3);
  CHECK(entry.failure_codes[static_cast<size_t>(Code::kStatus)] == 1);
  CHECK(entry.failure_codes[static_cast<size_t>(Code::kScript)] == 1);
  CHECK(entry.status_codes.items() ==
        std::vector<StatusCounts::Item>{{uint16_t{503}, 1}, {uint16_t{200}, 1}});
}

TEST_CASE("a request without a time counts, but not in the times") {
  Sample sample = success(kName);
  sample.has_time = false;
  const DeltaEntry entry = entry_of({sample, success(kName, 7 * kMs)});
  CHECK(entry.counters.num_requests == 2);
  CHECK(entry.counters.num_without_time == 1);
  CHECK(entry.percentile_ms(0.0) == 7.0);
}

TEST_CASE("sum, minimum and maximum are exact and bound every percentile") {
  const DeltaEntry entry = entry_of({success(kName, 10'003'001), success(kName, 10'003'777)});
  CHECK(entry.range.total_ns == 20'006'778);
  CHECK(entry.percentile_ms(0.0) >= 10.003001);
  CHECK(entry.percentile_ms(1.0) <= 10.003777);
  CHECK_FALSE(DeltaEntry().percentile_ms(0.5).has_value());
}

TEST_CASE("a time beyond the histogram's range is reported as the exact maximum") {
  const int64_t two_hours_ns = int64_t{7200} * 1000 * kMs;
  const DeltaEntry entry = entry_of({success(kName, kMs), success(kName, two_hours_ns)});
  CHECK(entry.percentile_ms(1.0) == 7200e3);
  CHECK(entry.percentile_ms(0.0) == Approx(1.0).epsilon(0.008));
}

TEST_CASE("a negative time counts as zero") {
  const DeltaEntry entry = entry_of({success(kName, -5)});
  CHECK(entry.range.min_ns == 0);
  CHECK(entry.percentile_ms(0.5) == 0.0);
}

TEST_CASE("phases are kept only of samples that have them, zeros included in mean and percentile") {
  Sample cold = success(kName);
  cold.has_phases = true;
  cold.phases_ns[static_cast<size_t>(Phase::kConnect)] = 4 * kMs;
  Sample warm = cold;
  warm.phases_ns[static_cast<size_t>(Phase::kConnect)] = 0;
  const DeltaEntry entry = entry_of({cold, warm, warm, warm, success(kName)});
  CHECK(entry.phase_calls == 4);
  CHECK(entry.phase_mean_ms(Phase::kConnect) == 1.0);
  CHECK(entry.phase_percentile_ms(Phase::kConnect, 0.5) == 0.0);
  CHECK(entry.phase_percentile_ms(Phase::kConnect, 1.0).value() == Approx(4.0).epsilon(0.032));
  CHECK(entry.phase_percentile_ms(Phase::kTls, 1.0) == 0.0);
  CHECK_FALSE(DeltaEntry().phase_mean_ms(Phase::kTls).has_value());
  CHECK_FALSE(DeltaEntry().phase_percentile_ms(Phase::kTls, 0.5).has_value());
}

TEST_CASE("requests are counted by the protocol of their reply, cancelled calls are not") {
  Sample over_http2 = success(kName);
  over_http2.protocol = Protocol::kHttp2;
  Sample over_http11 = failure(kName, Code::kStatus, {}, 500);
  over_http11.protocol = Protocol::kHttp11;
  Sample gone = cancelled(kName);
  gone.protocol = Protocol::kHttp2;
  const DeltaEntry entry = entry_of({over_http2, over_http2, over_http11, gone, success(kName)});
  CHECK(entry.counters.over_http2 == 2);
  CHECK(entry.counters.over_http11 == 1);
  CHECK(entry.counters.over_http10 == 0);
  CHECK(with_protocol(entry.counters) == 3);
}

TEST_CASE("time from the intended start is a series of its own") {
  Sample late = success(kName, 5 * kMs);
  late.from_intended_ns = 900 * kMs;
  const DeltaEntry entry = entry_of({late, success(kName)});
  CHECK(entry.from_intended.count() == 1);
  CHECK(entry.intended_percentile_ms(0.5).value() == Approx(900).epsilon(0.008));
  CHECK(entry.percentile_ms(1.0) == 5.0);
  CHECK_FALSE(entry_of({success(kName)}).intended_percentile_ms(0.5).has_value());
}

TEST_CASE("clear forgets everything") {
  std::mt19937 random(3);
  DeltaEntry entry;
  for (int i = 0; i < 200; ++i) entry.record(random_sample(random, 1));
  entry.clear();
  CHECK(entry.empty());
  CHECK(entry.range.max_ns == -1);
  CHECK(entry.status_codes.items().empty());
  CHECK(entry.phase_calls == 0);
  for (const auto counter : kCounters) CHECK(entry.counters.*counter == 0);
  for (const auto& phase : entry.phases) CHECK(phase.count() == 0);
}

TEST_CASE("after subtracting, extremes are exact where they are new and bucket bounds otherwise") {
  Entry earlier;
  earlier.merge(entry_of({success(kName, 10 * kMs), success(kName, 50 * kMs)}));
  Entry later = earlier;
  later.merge(entry_of({success(kName, 20'000'123), success(kName, 90 * kMs)}));
  later.subtract(earlier);
  CHECK(later.counters.num_requests == 2);
  CHECK(later.range.total_ns == 20'000'123 + 90 * kMs);
  CHECK(later.range.max_ns == 90 * kMs);
  CHECK(later.range.min_ns == Approx(20'000'123).epsilon(0.008));
  CHECK(later.range.min_ns <= 20'000'123);

  Entry nothing = earlier;
  nothing.subtract(earlier);
  CHECK(nothing.empty());
  CHECK(nothing.range.max_ns == -1);
}

}  // namespace locust_like::stats
