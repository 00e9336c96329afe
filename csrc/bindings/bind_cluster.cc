// The cluster's links. Cold calls only; each that can block releases the GIL. Links never call into
// Python: they write to an eventfd, and Python takes the events.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "bindings/bridge.h"
#include "bindings/errors.h"
#include "bindings/module.h"
#include "bindings/recorder_type.h"
#include "cluster/master_link.h"
#include "cluster/worker_link.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

using cluster::ClusterKeys;
using cluster::Event;
using cluster::WorkerStatus;

void raise_unless_ok(const Status& status) {
  if (status.ok()) return;
  raise_status(status);
  throw py::error_already_set();
}

template <typename T>
T value_or_raise(Result<T> result) {
  if (!result.ok()) raise_unless_ok(result.status());
  return std::move(result).value();
}

Nanos nanos(double seconds) {
  return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
}

// What wakes Python's loop: readable while events wait.
class EventFd {
 public:
  EventFd() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ >= 0) return;
    PyErr_SetFromErrno(PyExc_OSError);
    throw py::error_already_set();
  }
  ~EventFd() { close(fd_); }
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;

  int fd() const { return fd_; }
  void set() const {
    const uint64_t one = 1;
    while (write(fd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }
  void clear() const {
    uint64_t count = 0;
    while (read(fd_, &count, sizeof count) < 0 && errno == EINTR) {
    }
  }

 private:
  const int fd_;
};

RecorderObject* recorder_of(const py::object& object) {
  if (!PyObject_TypeCheck(object.ptr(), recorder_type)) {
    throw py::type_error("a link needs a Recorder");
  }
  return reinterpret_cast<RecorderObject*>(object.ptr());
}

// The engine that a worker's recorder counts in. Python changes it, the link thread reads it.
class EngineSource {
 public:
  void set(std::shared_ptr<engine::Engine> engine) {
    MutexLock lock(mutex_);
    engine_ = std::move(engine);
  }
  std::shared_ptr<engine::Engine> get() {
    MutexLock lock(mutex_);
    return engine_;
  }

 private:
  Mutex mutex_;
  std::shared_ptr<engine::Engine> engine_ LL_GUARDED_BY(mutex_);
};

class MasterFace {
 public:
  MasterFace(const py::object& recorder, const ClusterKeys& keys, const std::string& host,
             uint16_t port, const std::string& product_version)
      : recorder_(recorder_of(recorder)->native) {
    Result<std::unique_ptr<cluster::MasterLink>> link = [&] {
      py::gil_scoped_release released;
      return cluster::MasterLink::start({keys, {host, port}, product_version},
                                        recorder_->collector(), [this] { event_fd_.set(); });
    }();
    link_ = value_or_raise(std::move(link));
  }
  ~MasterFace() {
    py::gil_scoped_release released;
    link_.reset();
  }
  MasterFace(const MasterFace&) = delete;
  MasterFace& operator=(const MasterFace&) = delete;

  cluster::MasterLink& link() { return *link_; }
  int fileno() const { return event_fd_.fd(); }
  std::vector<Event> take_events() {
    py::gil_scoped_release released;
    event_fd_.clear();
    return link_->take_events();
  }

 private:
  std::shared_ptr<engine::Recorder> recorder_;
  EventFd event_fd_;
  std::unique_ptr<cluster::MasterLink> link_;
};

class WorkerFace {
 public:
  WorkerFace(const py::object& recorder, const cluster::WorkerOptions& options)
      : recorder_object_(recorder), recorder_(recorder_of(recorder)->native) {
    refresh_engine();
    Result<std::unique_ptr<cluster::WorkerLink>> link = [&] {
      py::gil_scoped_release released;
      return cluster::WorkerLink::start(
          options, [this] { return collect(); }, [this] { event_fd_.set(); });
    }();
    link_ = value_or_raise(std::move(link));
  }
  ~WorkerFace() {
    py::gil_scoped_release released;
    link_.reset();
  }
  WorkerFace(const WorkerFace&) = delete;
  WorkerFace& operator=(const WorkerFace&) = delete;

  cluster::WorkerLink& link() { return *link_; }
  int fileno() const { return event_fd_.fd(); }
  std::vector<Event> take_events() {
    py::gil_scoped_release released;
    event_fd_.clear();
    return link_->take_events();
  }
  // What Python has not handed over yet must not be missing in what is collected next; and the
  // engine may be another one than at the last call. The GIL is held.
  void flush_python() {
    refresh_engine();
    Bridge::get().flush();
  }

 private:
  // A link starts no engine: nothing is counted until somebody else has.
  void refresh_engine() {
    Bridge& bridge = Bridge::get();
    const bool is_known =
        bridge.running() && recorder_of(recorder_object_)->epoch == bridge.epoch();
    engine_.set(is_known ? bridge.engine() : nullptr);
  }
  // Without the GIL.
  stats::Snapshot collect() {
    if (const std::shared_ptr<engine::Engine> engine = engine_.get()) {
      engine->collect(*recorder_);
    } else {
      recorder_->merge_closed();
    }
    return recorder_->collector().snapshot();
  }

  py::object recorder_object_;
  std::shared_ptr<engine::Recorder> recorder_;
  EngineSource engine_;
  EventFd event_fd_;
  std::unique_ptr<cluster::WorkerLink> link_;
};

std::unique_ptr<WorkerFace> make_worker(const py::object& recorder, const std::string& host,
                                        uint16_t port, const std::string& token,
                                        const std::string& product_version, double weight,
                                        double max_wait_s, const std::string& name) {
  cluster::WorkerOptions options;
  options.master = {host, port};
  options.join_token = token;
  options.product_version = product_version;
  options.weight = weight;
  options.max_wait = nanos(max_wait_s);
  options.name = name;
  return std::make_unique<WorkerFace>(recorder, options);
}

// Texts that a peer sent are not known to be UTF-8.
py::str to_text(const std::string& bytes) {
  PyObject* text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

template <std::string WorkerStatus::*member>
py::str text_of(const WorkerStatus& status) {
  return to_text(status.*member);
}

void bind_values(py::module_& module) {
  py::class_<ClusterKeys>(module, "ClusterKeys", py::is_final())
      .def_static("generate", [] { return value_or_raise(ClusterKeys::generate()); })
      .def_static(
          "decode",
          [](const std::string& text) { return value_or_raise(ClusterKeys::decode(text)); },
          py::arg("text"))
      .def("encode", &ClusterKeys::encode)
      .def_property_readonly("join_token", &ClusterKeys::join_token);
  module.def(
      "check_join_token",
      [](const std::string& token) { (void)value_or_raise(cluster::JoinToken::decode(token)); },
      py::arg("token"));
  py::class_<Event>(module, "LinkEvent", py::is_final())
      .def_property_readonly("kind", [](const Event& e) { return event_name(e.kind); })
      .def_readonly("index", &Event::index)
      .def_property_readonly(
          "text",
          [](const Event& e) {
            return py::reinterpret_steal<py::str>(PyUnicode_DecodeUTF8(
                e.text.data(), static_cast<Py_ssize_t>(e.text.size()), "replace"));
          })
      .def_readonly("number", &Event::number)
      .def_property_readonly("document", [](const Event& e) { return py::bytes(e.document); })
      .def("__repr__", [](const Event& e) {
        return "<LinkEvent " + std::string(event_name(e.kind)) + " " + std::to_string(e.index) +
               ">";
      });
}

void bind_worker_status(py::module_& module) {
  py::class_<WorkerStatus>(module, "WorkerStatus", py::is_final())
      .def_readonly("index", &WorkerStatus::index)
      .def_readonly("worker_id", &WorkerStatus::worker_id)
      .def_property_readonly("name", text_of<&WorkerStatus::name>)
      .def_property_readonly("host", text_of<&WorkerStatus::host>)
      .def_readonly("pid", &WorkerStatus::pid)
      .def_readonly("weight", &WorkerStatus::weight)
      .def_readonly("generation", &WorkerStatus::generation)
      .def_readonly("is_here", &WorkerStatus::is_here)
      .def_property_readonly("reason", text_of<&WorkerStatus::reason>)
      .def_property_readonly("state", text_of<&WorkerStatus::state>)
      .def_readonly("users", &WorkerStatus::users)
      .def_readonly("received_version", &WorkerStatus::received_version)
      .def_readonly("applied_version", &WorkerStatus::applied_version)
      .def_readonly("recorded_requests", &WorkerStatus::recorded_requests)
      .def_readonly("counted_requests", &WorkerStatus::counted_requests)
      .def_readonly("unaccounted_requests", &WorkerStatus::unaccounted_requests)
      .def_readonly("unaccounted_s", &WorkerStatus::unaccounted_s)
      .def_readonly("unaccounted_estimate", &WorkerStatus::unaccounted_estimate)
      .def_readonly("cpu_share", &WorkerStatus::cpu_share)
      .def_readonly("rss_bytes", &WorkerStatus::rss_bytes)
      .def_readonly("python_age_s", &WorkerStatus::python_age_s)
      .def_property_readonly("blocking", text_of<&WorkerStatus::blocking>)
      .def_readonly("heartbeat_age_s", &WorkerStatus::heartbeat_age_s)
      .def_readonly("clock_skew_s", &WorkerStatus::clock_skew_s)
      .def_readonly("round_trip_s", &WorkerStatus::round_trip_s)
      .def_property_readonly("product_version", text_of<&WorkerStatus::product_version>);
}

void bind_master(py::module_& module) {
  using Released = py::call_guard<py::gil_scoped_release>;
  py::class_<MasterFace>(module, "MasterLink", py::is_final())
      .def(py::init<const py::object&, const ClusterKeys&, const std::string&, uint16_t,
                    const std::string&>(),
           py::arg("recorder"), py::arg("keys"), py::arg("host"), py::arg("port"),
           py::arg("product_version"))
      .def_property_readonly("port", [](MasterFace& face) { return face.link().port(); })
      .def_property_readonly("master_id", [](MasterFace& face) { return face.link().master_id(); })
      .def("fileno", &MasterFace::fileno)
      .def("take_events", &MasterFace::take_events)
      .def(
          "workers", [](MasterFace& face) { return face.link().workers(); }, Released())
      .def(
          "begin_run", [](MasterFace& face, uint64_t run) { face.link().begin_run(run); },
          py::arg("run"), Released())
      .def(
          "assign",
          [](MasterFace& face, uint32_t index, uint64_t run, const py::bytes& document) {
            std::string bytes = document;
            py::gil_scoped_release released;
            Result<uint64_t> version = face.link().assign(index, run, std::move(bytes));
            py::gil_scoped_acquire acquired;
            return value_or_raise(std::move(version));
          },
          py::arg("index"), py::arg("run"), py::arg("document"))
      .def(
          "send",
          [](MasterFace& face, uint32_t index, const std::string& kind, const py::bytes& document) {
            const std::string bytes = document;
            const Status status = [&] {
              py::gil_scoped_release released;
              return face.link().send(index, kind, bytes);
            }();
            raise_unless_ok(status);
          },
          py::arg("index"), py::arg("kind"), py::arg("document"))
      .def(
          "remove",
          [](MasterFace& face, uint32_t index, const std::string& text) {
            const Status status = [&] {
              py::gil_scoped_release released;
              return face.link().remove(index, text);
            }();
            raise_unless_ok(status);
          },
          py::arg("index"), py::arg("text"))
      .def(
          "close", [](MasterFace& face, double timeout_s) { face.link().close(nanos(timeout_s)); },
          py::arg("timeout_s") = 1.0, Released());
}

void bind_worker(py::module_& module) {
  using Released = py::call_guard<py::gil_scoped_release>;
  py::class_<WorkerFace>(module, "WorkerLink", py::is_final())
      .def(py::init(&make_worker), py::arg("recorder"), py::arg("host"), py::arg("port"),
           py::arg("token"), py::arg("product_version"), py::kw_only(), py::arg("weight") = 1.0,
           py::arg("max_wait_s") = 600.0, py::arg("name") = "")
      .def_property_readonly("worker_id", [](WorkerFace& face) { return face.link().worker_id(); })
      .def_property_readonly("heartbeat_age_s",
                             [](WorkerFace& face) {
                               const Nanos age = face.link().heartbeat_age();
                               return std::chrono::duration<double>(age).count();
                             })
      .def("fileno", &WorkerFace::fileno)
      .def("take_events", &WorkerFace::take_events)
      .def(
          "beat",
          [](WorkerFace& face, const std::string& state, uint64_t users, uint64_t applied) {
            face.flush_python();
            py::gil_scoped_release released;
            face.link().beat(state, users, applied);
          },
          py::arg("state"), py::arg("users"), py::arg("applied_version"))
      .def(
          "set_blocking",
          [](WorkerFace& face, const std::string& text) { face.link().set_blocking(text); },
          py::arg("text"), Released())
      .def(
          "begin_run", [](WorkerFace& face, uint64_t run) { face.link().begin_run(run); },
          py::arg("run"), Released())
      .def("finish_run",
           [](WorkerFace& face) {
             face.flush_python();
             py::gil_scoped_release released;
             face.link().finish_run();
           })
      .def(
          "send",
          [](WorkerFace& face, const std::string& kind, const py::bytes& document) {
            const std::string bytes = document;
            const Status status = [&] {
              py::gil_scoped_release released;
              return face.link().send(kind, bytes);
            }();
            raise_unless_ok(status);
          },
          py::arg("kind"), py::arg("document"))
      .def(
          "flush",
          [](WorkerFace& face, double timeout_s) {
            face.flush_python();
            py::gil_scoped_release released;
            return face.link().flush(nanos(timeout_s));
          },
          py::arg("timeout_s"))
      .def(
          "close", [](WorkerFace& face, double timeout_s) { face.link().close(nanos(timeout_s)); },
          py::arg("timeout_s") = 1.0, Released());
}

}  // namespace

void bind_cluster(py::module_& module) {
  bind_values(module);
  bind_worker_status(module);
  bind_master(module);
  bind_worker(module);
}

}  // namespace locust_like::bindings
