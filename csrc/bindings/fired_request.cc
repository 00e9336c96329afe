#include "bindings/fired_request.h"

#include <algorithm>
#include <cmath>

#include "bindings/recorder_type.h"

namespace locust_like::bindings {
namespace {

constexpr double kMaxLengthBytes = 1e18;

struct FireKeywords {
  PyObject* request_type = PyUnicode_InternFromString("request_type");
  PyObject* name = PyUnicode_InternFromString("name");
  PyObject* response_time = PyUnicode_InternFromString("response_time");
  PyObject* response_length = PyUnicode_InternFromString("response_length");
  PyObject* exception = PyUnicode_InternFromString("exception");
};

PyObject** slot_of(Fired& fired, PyObject* keyword) {
  static const FireKeywords known;  // interned strings, never freed
  const auto is = [&](PyObject* word) {
    return keyword == word || PyUnicode_Compare(keyword, word) == 0;
  };
  if (is(known.request_type)) return &fired.request_type;
  if (is(known.name)) return &fired.name;
  if (is(known.response_time)) return &fired.response_time;
  if (is(known.response_length)) return &fired.response_length;
  if (is(known.exception)) return &fired.exception;
  return nullptr;
}

// A text stands for itself; of failure("text") the exception is told. False: exception set.
bool fired_text(PyObject* exception, std::string& text) {
  Py_ssize_t size = 0;
  const char* utf8 =
      PyUnicode_Check(exception) ? PyUnicode_AsUTF8AndSize(exception, &size) : nullptr;
  if (utf8 == nullptr) {
    PyErr_Clear();  // a text that UTF-8 cannot have
    return failure_text_of(exception, text);
  }
  text.assign(utf8, static_cast<size_t>(size));
  return true;
}

}  // namespace

Fired fired_of(PyObject* const* args, PyObject* kwnames) {
  Fired fired;
  const Py_ssize_t count = kwnames == nullptr ? 0 : PyTuple_GET_SIZE(kwnames);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (PyObject** slot = slot_of(fired, PyTuple_GET_ITEM(kwnames, i))) *slot = args[i];
  }
  return fired;
}

bool read_fired(const Fired& fired, stats::Sample& sample, std::string& failure_text) {
  if (fired.request_type == nullptr || fired.name == nullptr) {
    PyErr_SetString(PyExc_TypeError, "request.fire() needs request_type and name");
    return false;
  }
  sample.has_time = fired.response_time != nullptr && fired.response_time != Py_None;
  if (sample.has_time) {
    const double milliseconds = PyFloat_AsDouble(fired.response_time);
    if (milliseconds == -1.0 && PyErr_Occurred() != nullptr) return false;
    if (!std::isfinite(milliseconds)) {
      PyErr_SetString(PyExc_ValueError, "request.fire(): response_time must be finite");
      return false;
    }
    sample.response_time_ns = static_cast<int64_t>(std::max(milliseconds, 0.0) * 1e6);
  }
  if (fired.response_length != nullptr && fired.response_length != Py_None) {
    const double length = PyFloat_AsDouble(fired.response_length);  // scripts give fractions, too
    if (length == -1.0 && PyErr_Occurred() != nullptr) return false;
    if (!(length < kMaxLengthBytes)) {
      PyErr_SetString(PyExc_ValueError, "request.fire(): response_length must be below 1e18");
      return false;
    }
    sample.content_bytes = static_cast<uint64_t>(std::max(length, 0.0));
  }
  const int failed = fired.exception == nullptr ? 0 : PyObject_IsTrue(fired.exception);
  if (failed <= 0) return failed == 0;
  sample.outcome = stats::Outcome::kFailure;
  sample.failure = Code::kScript;
  return fired_text(fired.exception, failure_text);
}

}  // namespace locust_like::bindings
