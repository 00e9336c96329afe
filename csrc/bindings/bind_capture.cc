#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/escaping.h"
#include "base/masking.h"
#include "bindings/bind_stats.h"
#include "bindings/module.h"

namespace py = pybind11;

namespace locust_like::bindings {
namespace {

using stats::Capture;
using stats::CapturedMessage;

constexpr double kNsPerMs = 1e6;
constexpr std::array<const char*, stats::kPhaseCount> kPhaseNames = {
    "blocked", "dns", "connect", "tls", "send", "wait", "receive"};
constexpr std::array<const char*, 4> kProtocolNames = {"", "HTTP/1.0", "HTTP/1.1", "HTTP/2"};

// Python class Capture. pybind11 holds values by pointer to non-const, hence the wrapper.
struct CaptureView {
  std::shared_ptr<const Capture> capture;
};

// Python class CapturedMessage: a part of its capture.
struct MessageView {
  std::shared_ptr<const Capture> capture;
  const CapturedMessage* message;
};

// Header bytes are Latin-1 on the wire (RFC 9110 5.5).
py::object latin1(std::string_view value) {
  return py::reinterpret_steal<py::object>(
      PyUnicode_DecodeLatin1(value.data(), static_cast<Py_ssize_t>(value.size()), nullptr));
}

// What is no UTF-8 is replaced; a character that was cut at the end is left out.
py::object body_text(std::string_view body) {
  Py_ssize_t used = 0;
  PyObject* text = PyUnicode_DecodeUTF8Stateful(body.data(), static_cast<Py_ssize_t>(body.size()),
                                                "replace", &used);
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(text);
}

// Python's texts may hold lone surrogates, for example of file names.
template <typename F>
py::object changed_by(F change, const py::str& text) {
  const auto bytes = py::reinterpret_steal<py::bytes>(
      PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogatepass"));
  if (!bytes) throw py::error_already_set();
  const std::string made = change(bytes);
  auto result = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(made.data(), static_cast<Py_ssize_t>(made.size()), "surrogatepass"));
  if (!result) throw py::error_already_set();
  return result;
}

bool is_text(std::string_view body) {
  if (body.find('\0') != std::string_view::npos) return false;
  Py_ssize_t used = 0;
  PyObject* text = PyUnicode_DecodeUTF8Stateful(body.data(), static_cast<Py_ssize_t>(body.size()),
                                                "strict", &used);
  if (text == nullptr) PyErr_Clear();
  Py_XDECREF(text);
  return text != nullptr;
}

py::list fields_of(const MessageView& view) {
  py::list fields;
  std::string_view rest = view.message->fields;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    const size_t colon = std::min(line.find(": "), line.size());
    fields.append(py::make_tuple(latin1(line.substr(0, colon)),
                                 latin1(line.substr(std::min(colon + 2, line.size())))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fields;
}

py::dict phases_of(const CaptureView& view) {
  py::dict phases;
  for (size_t i = 0; i < kPhaseNames.size(); ++i) {
    phases[kPhaseNames.at(i)] = static_cast<double>(view.capture->phases_ns.at(i)) / kNsPerMs;
  }
  return phases;
}

void bind_message(py::module_& module) {
  py::class_<MessageView>(module, "CapturedMessage", py::is_final())
      .def_property_readonly("fields", fields_of)
      .def_property_readonly("body",
                             [](const MessageView& v) { return body_text(v.message->body); })
      .def_property_readonly("body_bytes",
                             [](const MessageView& v) { return v.message->body_bytes; })
      .def_property_readonly("is_text",
                             [](const MessageView& v) { return is_text(v.message->body); })
      .def_property_readonly("is_whole", [](const MessageView& v) { return v.message->is_whole; });
}

}  // namespace

py::object to_python(std::shared_ptr<const Capture> capture) {
  return py::cast(CaptureView{std::move(capture)});
}

void bind_capture(py::module_& module) {
  bind_message(module);
  module.def(
      "escaped_text", [](const py::str& text) { return changed_by(escaped_text, text); },
      py::arg("text"));
  module.def(
      "masked_text", [](const py::str& text) { return changed_by(masked_text, text); },
      py::arg("text"));
  py::class_<CaptureView>(module, "Capture", py::is_final())
      .def_property_readonly("wall_s", [](const CaptureView& v) { return v.capture->wall_s; })
      .def_property_readonly("method",
                             [](const CaptureView& v) { return latin1(v.capture->method); })
      .def_property_readonly("url", [](const CaptureView& v) { return body_text(v.capture->url); })
      .def_property_readonly("protocol",
                             [](const CaptureView& v) {
                               return kProtocolNames.at(static_cast<size_t>(v.capture->protocol));
                             })
      .def_property_readonly("remote_address",
                             [](const CaptureView& v) { return v.capture->remote_address; })
      .def_property_readonly("status", [](const CaptureView& v) { return v.capture->status; })
      .def_property_readonly("reason",
                             [](const CaptureView& v) { return latin1(v.capture->reason); })
      .def_property_readonly("hops", [](const CaptureView& v) { return v.capture->hops; })
      .def_property_readonly("response_time_ms",
                             [](const CaptureView& v) {
                               return static_cast<double>(v.capture->response_time_ns) / kNsPerMs;
                             })
      .def_property_readonly("phases_ms", phases_of)
      .def_property_readonly("request",
                             [](const CaptureView& v) {
                               return MessageView{v.capture, &v.capture->request};
                             })
      .def_property_readonly("reply", [](const CaptureView& v) {
        return MessageView{v.capture, &v.capture->reply};
      });
}

}  // namespace locust_like::bindings
