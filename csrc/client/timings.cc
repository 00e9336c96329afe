#include "client/timings.h"

#include <algorithm>

namespace locust_like::client {
namespace {

int64_t& phase(stats::PhaseTimes& phases, stats::Phase which) {
  return phases.at(static_cast<size_t>(which));
}

bool is_set(TimePoint t) { return t != TimePoint(); }

}  // namespace

void add_phases(const ExchangeTimes& times, stats::PhaseTimes& phases) {
  using stats::Phase;
  phase(phases, Phase::kDns) += times.setup.dns.count();
  phase(phases, Phase::kConnect) += times.setup.connect.count();
  phase(phases, Phase::kTls) += times.setup.tls.count();
  if (!is_set(times.attached)) return;
  const Nanos waited = times.attached - times.taken_up - times.setup.total();
  phase(phases, Phase::kBlocked) += std::max(waited, Nanos(0)).count();
  if (!is_set(times.written)) return;
  phase(phases, Phase::kSend) += (times.written - times.attached).count();
  if (!is_set(times.first_byte)) return;
  // A reply may begin before the upload is done.
  phase(phases, Phase::kWait) += std::max(times.first_byte - times.written, Nanos(0)).count();
  if (!is_set(times.last_byte)) return;
  phase(phases, Phase::kReceive) += (times.last_byte - times.first_byte).count();
}

}  // namespace locust_like::client
