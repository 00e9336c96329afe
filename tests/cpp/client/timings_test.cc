#include "client/timings.h"

#include <catch2/catch.hpp>

namespace locust_like::client {
namespace {

using namespace std::chrono_literals;
using stats::Phase;

TimePoint at(int ms) { return TimePoint(1h + std::chrono::milliseconds(ms)); }

int64_t ms_of(const stats::PhaseTimes& phases, Phase phase) {
  return phases.at(static_cast<size_t>(phase)) / 1'000'000;
}

const ExchangeTimes kWhole = {.taken_up = at(0),
                              .attached = at(16),
                              .written = at(20),
                              .first_byte = at(30),
                              .last_byte = at(45),
                              .setup = {.dns = 1ms, .connect = 2ms, .tls = 3ms}};

TEST_CASE("the phases of an exchange add up to its time") {
  stats::PhaseTimes phases{};
  add_phases(kWhole, phases);
  CHECK(ms_of(phases, Phase::kBlocked) == 10);
  CHECK(ms_of(phases, Phase::kDns) == 1);
  CHECK(ms_of(phases, Phase::kConnect) == 2);
  CHECK(ms_of(phases, Phase::kTls) == 3);
  CHECK(ms_of(phases, Phase::kSend) == 4);
  CHECK(ms_of(phases, Phase::kWait) == 10);
  CHECK(ms_of(phases, Phase::kReceive) == 15);
}

TEST_CASE("phases of several exchanges are summed") {
  stats::PhaseTimes phases{};
  add_phases(kWhole, phases);
  add_phases(kWhole, phases);
  CHECK(ms_of(phases, Phase::kReceive) == 30);
}

TEST_CASE("phases that did not begin stay zero") {
  ExchangeTimes times = kWhole;
  times.last_byte = times.first_byte = TimePoint();
  stats::PhaseTimes phases{};
  add_phases(times, phases);
  CHECK(ms_of(phases, Phase::kSend) == 4);
  CHECK(ms_of(phases, Phase::kWait) == 0);
  times.attached = times.written = TimePoint();
  phases = {};
  add_phases(times, phases);
  CHECK(ms_of(phases, Phase::kBlocked) == 0);
  CHECK(ms_of(phases, Phase::kConnect) == 2);
  CHECK(ms_of(phases, Phase::kSend) == 0);
}

TEST_CASE("no phase is negative when a reply overtakes the upload or a set-up began earlier") {
  ExchangeTimes times = kWhole;
  times.written = at(40);
  times.setup.connect = 1s;
  stats::PhaseTimes phases{};
  add_phases(times, phases);
  for (const int64_t phase : phases) CHECK(phase >= 0);
}

}  // namespace
}  // namespace locust_like::client
