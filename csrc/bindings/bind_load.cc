#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/module.h"
#include "load/dispatcher.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

using load::UserSequence;

UserSequence make_sequence(const std::vector<std::tuple<std::string, double, int>>& classes) {
  std::vector<load::UserClass> users;
  users.reserve(classes.size());
  for (const auto& [name, weight, fixed_count] : classes) {
    users.push_back({name, weight, fixed_count});
  }
  return UserSequence(std::move(users));
}

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

}  // namespace

void bind_load(py::module_& module) {
  py::class_<UserSequence>(module, "UserSequence", py::is_final())
      .def(py::init(&make_sequence), py::arg("classes"))
      .def("next", next_class, py::arg("current"))
      .def("users_at", users_at, py::arg("count"));
}

}  // namespace locust_like::bindings
