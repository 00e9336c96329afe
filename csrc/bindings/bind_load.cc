// Who runs what: UserSequence for one process, Placement for many workers. Cold calls only.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/errors.h"
#include "bindings/module.h"
#include "load/dispatcher.h"
#include "load/placement.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

using load::Placement;
using load::UserSequence;

using Classes = std::vector<std::tuple<std::string, double, int>>;
using Workers = std::vector<std::tuple<int, std::string, double>>;

std::vector<load::UserClass> user_classes(const Classes& classes) {
  std::vector<load::UserClass> users;
  users.reserve(classes.size());
  for (const auto& [name, weight, fixed_count] : classes) {
    users.push_back({name, weight, fixed_count});
  }
  return users;
}

void raise_unless_ok(const Status& status) {
  if (status.ok()) return;
  raise_status(status);
  throw py::error_already_set();
}

UserSequence make_sequence(const Classes& classes) { return UserSequence(user_classes(classes)); }

// Classes that the mapping does not name have no users; names that the sequence does not know are
// of no interest to it (classes taken out of a running test).
std::optional<std::string> next_class(UserSequence& sequence, const py::object& current) {
  std::vector<int> counts;
  for (const load::UserClass& user : sequence.classes()) {
    counts.push_back(current.attr("get")(user.name, 0).cast<int>());
  }
  const size_t index = sequence.next(counts);
  if (index == UserSequence::kNone) return std::nullopt;
  return sequence.classes()[index].name;
}

std::map<std::string, int> users_at(const UserSequence& sequence, int count) {
  const std::vector<int> counts = sequence.users_at(count);
  std::map<std::string, int> by_name;
  for (size_t i = 0; i < counts.size(); ++i) by_name[sequence.classes()[i].name] = counts[i];
  return by_name;
}

// Makes dictionaries of users by class, by copying one of zeros: a copy takes a tenth of the time
// of filling it, and with many classes most are zero.
class CountsByName {
 public:
  explicit CountsByName(const Placement& placement) {
    for (const std::string& name : placement.class_names()) {
      names_.push_back(py::str(name));
      zeros_[names_.back()] = 0;
    }
  }
  py::dict operator()(std::span<const int> counts) const {
    if (counts.empty()) return {};
    auto by_name = py::reinterpret_steal<py::dict>(PyDict_Copy(zeros_.ptr()));
    if (!by_name) throw py::error_already_set();
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] != 0) by_name[names_[i]] = counts[i];
    }
    return by_name;
  }

 private:
  std::vector<py::str> names_;
  py::dict zeros_;
};

void set_classes(Placement& placement, const Classes& classes) {
  raise_unless_ok(placement.set_classes(user_classes(classes)));
}

Placement make_placement(const Classes& classes) {
  Placement placement;
  set_classes(placement, classes);
  return placement;
}

py::dict set_workers(Placement& placement, const Workers& workers) {
  std::vector<load::Worker> here;
  here.reserve(workers.size());
  for (const auto& [index, host, weight] : workers) here.push_back({index, host, weight});
  const auto gone = placement.set_workers(std::move(here));
  if (!gone.ok()) raise_unless_ok(gone.status());
  const CountsByName by_name(placement);
  py::dict lost;
  for (const load::WorkerUsers& users : gone.value()) {
    lost[py::int_(users.worker)] = by_name(users.counts);
  }
  return lost;
}

// Changes, and not counts: these are of all classes, and would cost more than the step.
py::dict step(Placement& placement, int target, int most) {
  placement.step(target, most);
  std::vector<py::str> names;
  names.reserve(placement.class_names().size());
  for (const std::string& name : placement.class_names()) names.emplace_back(name);
  py::dict by_worker, by_class;
  int worker = -1;
  for (const load::UserChange& change : placement.changes()) {
    if (by_worker.empty() || change.worker != worker) {
      worker = change.worker;
      by_class = py::dict();
      by_worker[py::int_(worker)] = by_class;
    }
    const py::int_ users(change.users);
    if (PyDict_SetItem(by_class.ptr(), names[change.user_class].ptr(), users.ptr()) != 0) {
      throw py::error_already_set();
    }
  }
  return by_worker;
}

py::dict counts(const Placement& placement) { return CountsByName(placement)(placement.counts()); }

py::dict of_worker(const Placement& placement, int index) {
  return CountsByName(placement)(placement.of_worker(index));
}

}  // namespace

void bind_load(py::module_& module) {
  py::class_<UserSequence>(module, "UserSequence", py::is_final())
      .def(py::init(&make_sequence), py::arg("classes"))
      .def("next", next_class, py::arg("current"))
      .def("users_at", users_at, py::arg("count"));
  py::class_<Placement>(module, "Placement", py::is_final())
      .def(py::init(&make_placement), py::arg("classes"))
      .def("set_classes", set_classes, py::arg("classes"))
      .def("set_workers", set_workers, py::arg("workers"))
      .def("step", step, py::arg("target"), py::arg("most"))
      .def("is_settled", &Placement::is_settled, py::arg("target"))
      .def("counts", counts)
      .def("of_worker", of_worker, py::arg("index"))
      .def_property_readonly("placed", &Placement::placed);
}

}  // namespace locust_like::bindings
