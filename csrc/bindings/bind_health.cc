// Generator health: what the I/O threads and the bridge measured about themselves, judged by
// stats/health for each second.
#include <pybind11/stl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "bindings/bridge.h"
#include "bindings/module.h"
#include "stats/health.h"
#include "stats/proc_sampler.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

double p99_ms(std::vector<int64_t>& values_ns) {
  if (values_ns.empty()) return 0;
  const auto at = values_ns.begin() + static_cast<ptrdiff_t>(values_ns.size() * 99 / 100);
  std::nth_element(values_ns.begin(), at, values_ns.end());
  return static_cast<double>(*at) / 1e6;
}

double milliseconds(Nanos duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// Combines the one-second intervals of the I/O threads with what is known of the Python thread
// since the last call. Thread: the one that runs users.
class HealthMeter {
 public:
  HealthMeter() : python_(gettid()) {}

  std::vector<stats::HealthInterval> take(Bridge& bridge) {
    std::vector<stats::HealthInterval> intervals;
    if (!bridge.running()) return intervals;
    const auto by_thread = bridge.running_engine().take_load();
    size_t count = 0;
    for (const auto& load : by_thread) count = std::max(count, load.size());
    if (count == 0) return intervals;
    stats::HealthFigures shared;
    std::vector<int64_t> delays = bridge.take_resume_delays_ns();
    shared.resume_delay_p99_ms = p99_ms(delays);
    if (const auto shares = python_.sample(steady_now())) {
      shared.python_busy = shares->busy;
      shared.run_queue_wait = shares->wait;
    }
    shared.steal = steal_.sample().value_or(0);
    for (size_t i = 0; i < count; ++i) {
      stats::HealthFigures figures = shared;
      for (const auto& load : by_thread) {
        if (i < load.size()) add(load[i], figures);
      }
      intervals.push_back(stats::judge(figures));
    }
    return intervals;
  }

 private:
  static void add(const engine::LoadInterval& load, stats::HealthFigures& figures) {
    figures.start = load.start;
    figures.seconds = std::chrono::duration<double>(load.length).count();
    figures.send_lateness_p99_ms =
        std::max(figures.send_lateness_p99_ms, milliseconds(load.lateness_p99));
    figures.loop_gap_ms = std::max(figures.loop_gap_ms, milliseconds(load.longest_pass));
    const double busy = load.length.count() > 0 ? static_cast<double>(load.cpu.count()) /
                                                      static_cast<double>(load.length.count())
                                                : 0;
    figures.io_busy = std::max(figures.io_busy, busy);
    figures.resource_errors += load.resource_errors;
  }

  stats::ThreadSampler python_;
  stats::StealSampler steal_;
};

std::vector<stats::HealthInterval> engine_health() {
  static std::unique_ptr<HealthMeter> meter;  // guarded by the GIL; new after a fork
  static pid_t pid = 0;
  if (!meter || pid != getpid()) {
    meter = std::make_unique<HealthMeter>();
    pid = getpid();
  }
  return meter->take(Bridge::get());
}

template <typename T>
auto figure(T stats::HealthFigures::*member) {
  return [member](const stats::HealthInterval& interval) { return interval.figures.*member; };
}

}  // namespace

void bind_health(py::module_& module) {
  using stats::HealthFigures;
  using stats::HealthInterval;
  py::class_<HealthInterval>(module, "HealthInterval")
      .def_property_readonly("start_s",
                             [](const HealthInterval& interval) {
                               const auto since = interval.figures.start.time_since_epoch();
                               return std::chrono::duration<double>(since).count();
                             })
      .def_property_readonly("seconds", figure(&HealthFigures::seconds))
      .def_property_readonly(
          "verdict",
          [](const HealthInterval& interval) { return stats::verdict_name(interval.verdict); })
      .def_readonly("causes", &HealthInterval::causes)
      .def_property_readonly("resume_delay_p99_ms", figure(&HealthFigures::resume_delay_p99_ms))
      .def_property_readonly("send_lateness_p99_ms", figure(&HealthFigures::send_lateness_p99_ms))
      .def_property_readonly("loop_gap_ms", figure(&HealthFigures::loop_gap_ms))
      .def_property_readonly("python_busy", figure(&HealthFigures::python_busy))
      .def_property_readonly("io_busy", figure(&HealthFigures::io_busy))
      .def_property_readonly("run_queue_wait", figure(&HealthFigures::run_queue_wait))
      .def_property_readonly("steal", figure(&HealthFigures::steal))
      .def_property_readonly("resource_errors", figure(&HealthFigures::resource_errors));
  module.def("engine_health", &engine_health,
             "Return the finished health intervals since the last call, oldest first.");
}

}  // namespace locust_like::bindings
