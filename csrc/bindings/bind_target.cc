// Target: the demo server for `locust-like target` and the tests. Cold calls only.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>

#include "bindings/errors.h"
#include "bindings/module.h"
#include "target/server.h"

namespace locust_like::bindings {
namespace {

namespace py = pybind11;
using target::Counters;
using target::Options;
using target::Server;

std::unique_ptr<Server> start(const std::string& host, uint16_t port,
                              std::optional<uint16_t> tls_port, const std::string& certificate_file,
                              const std::string& key_file) {
  Options options;
  options.host = host;
  options.port = port;
  options.tls_port = tls_port;
  options.certificate_file = certificate_file;
  options.key_file = key_file;
  Result<std::unique_ptr<Server>> started = [&] {
    py::gil_scoped_release released;
    return Server::start(options);
  }();
  if (!started.ok()) {
    raise_status(started.status());
    throw py::error_already_set();
  }
  return std::move(started).value();
}

py::dict to_dict(const Counters& counters) {
  py::dict by_path;
  for (int index = 0; index < target::kPathCount; ++index) {
    auto path = static_cast<target::Path>(index);
    if (is_stats(path)) continue;
    by_path[py::cast(path_name(path))] = counters.by_path[static_cast<size_t>(index)];
  }
  py::dict lateness;
  lateness["count"] = counters.delay_lateness.count;
  lateness["p50_us"] = counters.delay_lateness.p50_us;
  lateness["p99_us"] = counters.delay_lateness.p99_us;
  lateness["max_us"] = counters.delay_lateness.max_us;
  py::dict result;
  result["requests"] = counters.requests;
  result["stats_requests"] = counters.stats_requests;
  result["malformed"] = counters.malformed;
  result["aborted"] = counters.aborted;
  result["connections_accepted"] = counters.connections_accepted;
  result["connections_open"] = counters.connections_open;
  result["bytes_received"] = counters.bytes_received;
  result["bytes_sent"] = counters.bytes_sent;
  result["by_path"] = by_path;
  result["by_status"] = py::cast(counters.by_status);
  result["delay_lateness"] = lateness;
  return result;
}

// The server's thread is joined without the GIL also when Python merely forgets the object.
struct ReleasedDelete {
  void operator()(Server* server) const {
    py::gil_scoped_release released;
    std::default_delete<Server>()(server);
  }
};

using Holder = std::unique_ptr<Server, ReleasedDelete>;

}  // namespace

void bind_target(py::module_& module) {
  py::class_<Server, Holder>(module, "Target")
      .def(py::init([](const std::string& host, uint16_t port, std::optional<uint16_t> tls_port,
                       const std::string& certificate_file, const std::string& key_file) {
             return Holder(start(host, port, tls_port, certificate_file, key_file).release());
           }),
           py::arg("host") = "127.0.0.1", py::arg("port") = 0, py::arg("tls_port") = py::none(),
           py::arg("certificate_file") = "", py::arg("key_file") = "")
      .def_property_readonly("port", &Server::port)
      .def_property_readonly("tls_port", &Server::tls_port)
      .def("counters",
           [](const Server& server) {
             Counters counters;
             {
               py::gil_scoped_release released;
               counters = server.counters();
             }
             return to_dict(counters);
           })
      .def("stop", &Server::stop, py::call_guard<py::gil_scoped_release>());
}

}  // namespace locust_like::bindings
