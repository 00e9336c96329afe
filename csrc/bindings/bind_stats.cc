#include "bindings/bind_stats.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/module.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

using stats::Entry;
using stats::Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

constexpr double kNsPerMs = 1e6;
constexpr std::array<std::string_view, stats::kPhaseCount> kPhaseNames = {
    "blocked", "dns", "connect", "tls", "send", "wait", "receive"};

// Python class Snapshot. pybind11 holds values by pointer to non-const, hence the wrapper.
struct SnapshotView {
  SnapshotPtr snapshot;
};

// Python class EntryStats. Shares the entry, so it stays valid without its snapshot.
struct EntryView {
  std::shared_ptr<const stats::Name> name;  // null for the total
  std::shared_ptr<const Entry> entry;
  stats::SnapshotTimes times;
};

// Python class ErrorStats: a place in the failures of a snapshot.
struct ErrorView {
  SnapshotPtr snapshot;
  size_t index;
  const Snapshot::Failure& failure() const { return snapshot->failures()[index]; }
};

// Names come from scripts, but texts of failures from anywhere: bad UTF-8 must not raise.
py::str text(std::string_view value) {
  PyObject* decoded =
      PyUnicode_DecodeUTF8(value.data(), static_cast<Py_ssize_t>(value.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

double seconds_since_epoch(TimePoint time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

stats::Phase phase_named(std::string_view name) {
  const auto found = std::find(kPhaseNames.begin(), kPhaseNames.end(), name);
  if (found == kPhaseNames.end()) throw py::value_error("no phase named " + std::string(name));
  return static_cast<stats::Phase>(found - kPhaseNames.begin());
}

double per_second(const EntryView& view, uint64_t count) {
  const double seconds = view.times.taken_wall_s - view.times.start_wall_s;
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

double average(double sum, uint64_t count) {
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

SnapshotView decode(const py::bytes& data) {
  const std::string_view bytes = data;
  std::optional<Result<Snapshot>> result;
  {
    py::gil_scoped_release release;
    result.emplace(Snapshot::decode(bytes));
  }
  if (!result->ok()) throw py::value_error(result->status().message());
  return {std::make_shared<const Snapshot>(std::move(*result).value())};
}

py::object entry_of(const SnapshotView& view, const Snapshot::Row& row) {
  return py::cast(EntryView{row.name, row.entry, view.snapshot->times()});
}

py::list entries_of(const SnapshotView& view) {
  py::list entries;
  for (const Snapshot::Row& row : view.snapshot->rows()) entries.append(entry_of(view, row));
  return entries;
}

py::list errors_of(const SnapshotView& view) {
  py::list errors;
  for (size_t i = 0; i < view.snapshot->failures().size(); ++i) {
    errors.append(ErrorView{view.snapshot, i});
  }
  return errors;
}

py::object find_entry(const SnapshotView& view, std::string_view method, std::string_view name) {
  const Snapshot::Row* row = view.snapshot->find(method, name);
  if (row == nullptr) return py::none();
  return entry_of(view, *row);
}

py::list histogram_of(const EntryView& view) {
  py::list buckets;
  view.entry->times.visit_occupied([&](uint32_t index, uint64_t count) {
    buckets.append(py::make_tuple(stats::TimeBuckets::lower_us(index),
                                  stats::TimeBuckets::upper_us(index), count));
    return true;
  });
  return buckets;
}

std::map<std::string, uint64_t> failure_codes_of(const EntryView& view) {
  std::map<std::string, uint64_t> codes;
  for (int i = 0; i < kCodeCount; ++i) {
    const uint64_t count = view.entry->failure_codes[static_cast<size_t>(i)];
    if (count > 0) codes.emplace(code_name(static_cast<Code>(i)), count);
  }
  return codes;
}

std::map<std::string, uint64_t> protocols_of(const EntryView& view) {
  const stats::Counters& counters = view.entry->counters;
  std::map<std::string, uint64_t> protocols = {{"HTTP/1.0", counters.over_http10},
                                               {"HTTP/1.1", counters.over_http11},
                                               {"HTTP/2", counters.over_http2}};
  std::erase_if(protocols, [](const auto& protocol) { return protocol.second == 0; });
  return protocols;
}

std::map<uint16_t, uint64_t> status_codes_of(const EntryView& view) {
  const auto& items = view.entry->status_codes.items();
  return {items.begin(), items.end()};
}

std::optional<double> extreme_ms(const EntryView& view, int64_t stats::TimeRange::*extreme) {
  if (view.entry->times.count() == 0) return std::nullopt;
  return static_cast<double>(view.entry->range.*extreme) / kNsPerMs;
}

void bind_snapshot(py::module_& module) {
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<SnapshotView>(module, "Snapshot", py::is_final())
      .def_property_readonly(
          "taken_s",
          [](const SnapshotView& v) { return seconds_since_epoch(v.snapshot->times().taken); })
      .def_property_readonly("wall_s",
                             [](const SnapshotView& v) { return v.snapshot->times().taken_wall_s; })
      .def_property_readonly("start_wall_s",
                             [](const SnapshotView& v) { return v.snapshot->times().start_wall_s; })
      .def_property_readonly(
          "total",
          [](const SnapshotView& v) {
            return EntryView{nullptr, v.snapshot->shared_total(), v.snapshot->times()};
          })
      .def_property_readonly("entries", entries_of)
      .def_property_readonly("errors", errors_of)
      .def_property_readonly("dropped_names",
                             [](const SnapshotView& v) { return v.snapshot->dropped_names(); })
      .def("entry", find_entry, py::arg("method"), py::arg("name"))
      .def(
          "subtract",
          [](const SnapshotView& v, const SnapshotView& earlier) {
            return SnapshotView{
                std::make_shared<const Snapshot>(v.snapshot->subtract(*earlier.snapshot))};
          },
          py::arg("earlier"), Release())
      .def(
          "merge",
          [](const SnapshotView& v, const SnapshotView& other) {
            return SnapshotView{
                std::make_shared<const Snapshot>(v.snapshot->merge(*other.snapshot))};
          },
          py::arg("other"), Release())
      .def("encode",
           [](const SnapshotView& v) {
             std::string bytes;
             {
               py::gil_scoped_release release;
               bytes = v.snapshot->encode();
             }
             return py::bytes(bytes);
           })
      .def_static("decode", decode, py::arg("data"));
}

// Counters whose Python name is their C++ name.
void bind_counters(py::class_<EntryView>& entry) {
  using stats::Counters;
  const std::pair<const char*, uint64_t Counters::*> counters[] = {
      {"num_requests", &Counters::num_requests},
      {"num_failures", &Counters::num_failures},
      {"num_cancelled", &Counters::num_cancelled},
      {"num_none_requests", &Counters::num_without_time},
      {"content_bytes", &Counters::content_bytes},
      {"sent_bytes", &Counters::sent_bytes},
      {"received_bytes", &Counters::received_bytes},
      {"exchanges", &Counters::exchanges},
      {"hops", &Counters::hops},
      {"challenges", &Counters::challenges},
      {"retries", &Counters::retries},
      {"never_sent", &Counters::never_sent},
  };
  for (const auto& [name, counter] : counters) {
    entry.def_property_readonly(
        name, [member = counter](const EntryView& v) { return v.entry->counters.*member; });
  }
}

void bind_response_times(py::class_<EntryView>& entry) {
  entry
      .def_property_readonly("total_response_time_ms",
                             [](const EntryView& v) {
                               return static_cast<double>(v.entry->range.total_ns) / kNsPerMs;
                             })
      .def_property_readonly(
          "min_response_time_ms",
          [](const EntryView& v) { return extreme_ms(v, &stats::TimeRange::min_ns); })
      .def_property_readonly(
          "max_response_time_ms",
          [](const EntryView& v) { return extreme_ms(v, &stats::TimeRange::max_ns); })
      .def_property_readonly("avg_response_time_ms",
                             [](const EntryView& v) {
                               return average(static_cast<double>(v.entry->range.total_ns),
                                              v.entry->times.count()) /
                                      kNsPerMs;
                             })
      .def_property_readonly(
          "median_response_time_ms",
          [](const EntryView& v) { return v.entry->percentile_ms(0.5).value_or(0); })
      .def(
          "percentile",
          [](const EntryView& v, double share) { return v.entry->percentile_ms(share); },
          py::arg("share"))
      .def(
          "phase_percentile",
          [](const EntryView& v, std::string_view phase, double share) {
            return v.entry->phase_percentile_ms(phase_named(phase), share);
          },
          py::arg("phase"), py::arg("share"))
      .def(
          "phase_mean_ms",
          [](const EntryView& v, std::string_view phase) {
            return v.entry->phase_mean_ms(phase_named(phase));
          },
          py::arg("phase"))
      .def(
          "intended_percentile",
          [](const EntryView& v, double share) { return v.entry->intended_percentile_ms(share); },
          py::arg("share"))
      .def("histogram", histogram_of);
}

void bind_entry(py::module_& module) {
  py::class_<EntryView> entry(module, "EntryStats", py::is_final());
  bind_counters(entry);
  bind_response_times(entry);
  entry
      .def_property_readonly("method",
                             [](const EntryView& v) { return text(v.name ? v.name->method : ""); })
      .def_property_readonly(
          "name", [](const EntryView& v) { return text(v.name ? v.name->name : "Aggregated"); })
      .def_property_readonly("avg_content_bytes",
                             [](const EntryView& v) {
                               const stats::Counters& counters = v.entry->counters;
                               return average(static_cast<double>(counters.content_bytes),
                                              counters.num_requests);
                             })
      .def_property_readonly("start_wall_s",
                             [](const EntryView& v) { return v.times.start_wall_s; })
      .def_property_readonly("last_request_wall_s",
                             [](const EntryView& v) -> std::optional<double> {
                               const double last_s = v.entry->last_recorded_wall_s;
                               if (last_s == 0) return std::nullopt;
                               return last_s;
                             })
      .def_property_readonly(
          "rps", [](const EntryView& v) { return per_second(v, v.entry->counters.num_requests); })
      .def_property_readonly(
          "fail_per_s",
          [](const EntryView& v) { return per_second(v, v.entry->counters.num_failures); })
      .def("status_codes", status_codes_of)
      .def("protocols", protocols_of)
      .def("failure_codes", failure_codes_of);
}

py::list captures_of(const ErrorView& view) {
  py::list captures;
  for (const auto& capture : view.failure().error.captures) captures.append(to_python(capture));
  return captures;
}

void bind_error(py::module_& module) {
  py::class_<ErrorView>(module, "ErrorStats", py::is_final())
      .def_property_readonly("method",
                             [](const ErrorView& v) { return text(v.failure().name->method); })
      .def_property_readonly("name",
                             [](const ErrorView& v) { return text(v.failure().name->name); })
      .def_property_readonly(
          "code", [](const ErrorView& v) { return text(code_name(v.failure().error.code)); })
      .def_property_readonly("status", [](const ErrorView& v) { return v.failure().error.status; })
      .def_property_readonly("text",
                             [](const ErrorView& v) { return text(v.failure().error.text); })
      .def_property_readonly("occurrences",
                             [](const ErrorView& v) { return v.failure().error.occurrences; })
      .def_property_readonly("first_seen_wall_s",
                             [](const ErrorView& v) { return v.failure().error.first_seen_wall_s; })
      .def_property_readonly("last_seen_wall_s",
                             [](const ErrorView& v) { return v.failure().error.last_seen_wall_s; })
      .def_property_readonly("captures", captures_of);
}

// What several intervals, of which there is at least one, counted together. The histograms are
// added, so percentiles of the whole are exact.
stats::TimelinePoint joined(const std::vector<stats::TimelinePoint>& points) {
  if (points.empty()) throw py::value_error("there is nothing to join");
  stats::TimelinePoint whole = points.front();
  for (size_t i = 1; i < points.size(); ++i) whole.counts.merge(points[i].counts);
  const stats::TimelinePoint& last = points.back();
  whole.length =
      std::chrono::duration_cast<std::chrono::seconds>(last.start - whole.start) + last.length;
  return whole;
}

void bind_timeline_point(py::module_& module) {
  using stats::TimelinePoint;
  py::class_<TimelinePoint>(module, "TimelinePoint", py::is_final())
      .def_property_readonly("start_s",
                             [](const TimelinePoint& p) { return seconds_since_epoch(p.start); })
      .def_readonly("wall_s", &TimelinePoint::wall_s)
      .def_property_readonly(
          "seconds", [](const TimelinePoint& p) { return static_cast<double>(p.length.count()); })
      .def_property_readonly("num_requests",
                             [](const TimelinePoint& p) { return p.counts.num_requests; })
      .def_property_readonly("num_failures",
                             [](const TimelinePoint& p) { return p.counts.num_failures; })
      .def_property_readonly("num_cancelled",
                             [](const TimelinePoint& p) { return p.counts.num_cancelled; })
      .def_property_readonly("content_bytes",
                             [](const TimelinePoint& p) { return p.counts.content_bytes; })
      .def_property_readonly("avg_response_time_ms",
                             [](const TimelinePoint& p) {
                               return average(static_cast<double>(p.counts.total_time_us) / 1000,
                                              p.counts.timed_requests());
                             })
      .def(
          "percentile",
          [](const TimelinePoint& p, double share) { return p.counts.percentile_ms(share); },
          py::arg("share"))
      .def_property_readonly("max_response_time_ms",
                             [](const TimelinePoint& p) { return p.counts.percentile_ms(1.0); })
      .def("heat",
           [](const TimelinePoint& p) {
             std::vector<uint64_t> pairs;
             for (const stats::BucketCount& band : p.counts.heat()) {
               pairs.push_back(band.index);
               pairs.push_back(band.count);
             }
             return pairs;
           })
      .def_static("joined", &joined, py::arg("points"));
}

}  // namespace

py::object to_python(SnapshotPtr snapshot) { return py::cast(SnapshotView{std::move(snapshot)}); }

py::object to_python(std::vector<stats::TimelinePoint> points) {
  py::list list;
  for (stats::TimelinePoint& point : points) list.append(std::move(point));
  return list;
}

void bind_stats(py::module_& module) {
  bind_entry(module);
  bind_error(module);
  bind_timeline_point(module);
  bind_snapshot(module);
}

}  // namespace locust_like::bindings
