#include "cluster/collector_sink.h"

#include <algorithm>

namespace locust_like::cluster {

Result<uint64_t> CollectorSink::take(const Report& report, stats::NameDictionary& names,
                                     bool is_current, const stats::Interval& interval) {
  if (report.delta.empty()) return uint64_t{0};
  const Status decoded = delta_.decode(report.delta);
  if (!decoded.ok()) return decoded;
  const Status checked = check(report, names);
  if (!checked.ok()) return checked;
  for (const NameView& name : report.names) {
    if (!names.define(name.number, collector_.intern(name.method, name.name))) {
      return Status(Code::kProtocol,
                    "report: number " + std::to_string(name.number) + " is another name's");
    }
  }
  if (is_current) collector_.merge(delta_, names, interval);
  return delta_.num_requests();
}

// Every row has a name.
Status CollectorSink::check(const Report& report, const stats::NameDictionary& names) const {
  for (const auto& [number, offset] : delta_.rows()) {
    if (names.find(number)) continue;
    const auto told = std::lower_bound(
        report.names.begin(), report.names.end(), number,
        [](const NameView& name, uint32_t wanted) { return name.number < wanted; });
    if (told == report.names.end() || told->number != number) {
      return {Code::kProtocol, "report: number " + std::to_string(number) + " has no name"};
    }
  }
  return {};
}

}  // namespace locust_like::cluster
