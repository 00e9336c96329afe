#include "bindings/response_attributes.h"

#include <datetime.h>

#include <array>
#include <string>

#include "bindings/bind_stats.h"
#include "bindings/response_stream.h"
#include "bindings/response_type.h"
#include "bindings/session_cookies.h"
#include "bindings/session_type.h"
#include "http/content_decoding.h"

namespace locust_like::bindings {
namespace {

ResponseObject* as_response(PyObject* self) { return reinterpret_cast<ResponseObject*>(self); }
const client::CallReply& reply_of(PyObject* self) { return as_response(self)->call->reply; }
const client::CallRequest& request_of(PyObject* self) { return as_response(self)->call->request; }

// Header bytes are Latin-1 on the wire (RFC 9110 5.5).
PyObject* latin1(std::string_view text) {
  return PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
}

PyObject* utf8(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

PyObject* pair(std::string_view name, std::string_view value) {
  Ref name_text = Ref::steal(latin1(name));
  Ref value_text = Ref::steal(latin1(value));
  return name_text && value_text ? PyTuple_Pack(2, name_text.get(), value_text.get()) : nullptr;
}

PyObject* status_code(PyObject* self, void* /*closure*/) {
  const client::CallReply& reply = reply_of(self);
  const bool came = reply.status.ok() || reply.status.code() == Code::kDecode ||
                    as_response(self)->stream != nullptr;
  return PyLong_FromLong(came ? reply.head.status : 0);
}

PyObject* ok(PyObject* self, void* /*closure*/) {
  const client::CallReply& reply = reply_of(self);
  return PyBool_FromLong(reply.status.ok() && client::is_success_status(reply.head.status) ? 1 : 0);
}

// The row was counted as a success by the I/O thread: take that back in the same table.
void submit_late_failure(ResponseObject* self, const Status& status) {
  RecorderObject* recorder = self->session->profile->recorder;
  stats::Sample late;
  late.name = self->call->sample.name;
  late.outcome = stats::Outcome::kLateFailure;
  late.failure = status.code();
  if (!ensure_registered(recorder)) return PyErr_WriteUnraisable(nullptr);
  submit_sample(recorder, late, status.message(), self->session->thread, self->call);
}

// Decoding happens here, when the body is read. A decode error turns the call's row into a failure,
// unless the script has judged it already; the body is then empty.
bool decode(ResponseObject* self, std::string& decoded) {
  const client::CallReply& reply = self->call->reply;
  const size_t limit = self->call->request.profile->options.max_body_bytes;
  auto result = http::decode_content(all_codings(reply.head.headers), reply.body, limit);
  if (result.ok()) {
    decoded = std::move(result).value();
    return true;
  }
  fail_body(self, result.status());
  return false;
}

PyObject* content(PyObject* object, void* /*closure*/) {
  auto* self = as_response(object);
  if (self->content != nullptr) return Py_NewRef(self->content);
  if (self->stream != nullptr) {
    Ref rest = Ref::steal(read_stream(self));
    if (!rest || rest.get() == Py_None) return rest.release();
    self->content = rest.release();
    return Py_NewRef(self->content);
  }
  const client::CallReply& reply = reply_of(object);
  if (!reply.status.ok()) Py_RETURN_NONE;
  if (reply.head.headers.get("Content-Encoding")) {
    std::string decoded;
    decode(self, decoded);
    self->content =
        PyBytes_FromStringAndSize(decoded.data(), static_cast<Py_ssize_t>(decoded.size()));
  } else {
    self->content =
        PyBytes_FromStringAndSize(reply.body.data(), static_cast<Py_ssize_t>(reply.body.size()));
  }
  return self->content == nullptr ? nullptr : Py_NewRef(self->content);
}

// As it came, not decoded.
PyObject* wire_content(PyObject* self, void* /*closure*/) {
  const std::string& body = reply_of(self).body;
  return PyBytes_FromStringAndSize(body.data(), static_cast<Py_ssize_t>(body.size()));
}

PyObject* content_bytes(PyObject* self, void* /*closure*/) {
  return PyLong_FromUnsignedLongLong(as_response(self)->call->sample.content_bytes);
}

int set_content_bytes(PyObject* self, PyObject* value, void* /*closure*/) {
  const unsigned long long bytes = value == nullptr ? 0 : PyLong_AsUnsignedLongLong(value);
  if (PyErr_Occurred() != nullptr) return -1;
  as_response(self)->call->sample.content_bytes = bytes;
  return 0;
}

PyObject* reason(PyObject* self, void* /*closure*/) { return latin1(reply_of(self).head.reason); }

PyObject* url(PyObject* self, void* /*closure*/) {
  const client::CallReply& reply = reply_of(self);
  return utf8(reply.final_url.empty() ? request_of(self).prepared->url.to_string()
                                      : reply.final_url);
}

PyObject* request_url(PyObject* self, void* /*closure*/) {
  return utf8(request_of(self).prepared->url.to_string());
}

PyObject* http_version(PyObject* self, void* /*closure*/) {
  const http::ResponseHead& head = reply_of(self).head;
  if (head.version_major == 2) return PyUnicode_FromString("2");
  return PyUnicode_FromString(head.version_minor == 0 ? "1.0" : "1.1");
}

PyObject* remote_address(PyObject* self, void* /*closure*/) {
  const loop::Address& address = reply_of(self).remote_address;
  return utf8(address.port() == 0 ? "" : address.to_string());
}

PyObject* elapsed(PyObject* self, void* /*closure*/) {
  if (PyDateTimeAPI == nullptr) {
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == nullptr) return nullptr;
  }
  const int64_t us = as_response(self)->call->sample.response_time_ns / 1000;
  return PyDelta_FromDSU(0, static_cast<int>(us / 1000000), static_cast<int>(us % 1000000));
}

PyObject* failure_code(PyObject* self, void* /*closure*/) {
  const Status& status = reply_of(self).status;
  return utf8(status.ok() ? "" : code_name(status.code()));
}

PyObject* failure_message(PyObject* self, void* /*closure*/) {
  return utf8(reply_of(self).status.message());
}

PyObject* catching(PyObject* self, void* /*closure*/) {
  return PyBool_FromLong(as_response(self)->catching ? 1 : 0);
}

PyObject* name(PyObject* object, void* /*closure*/) {
  auto* self = as_response(object);
  return Py_NewRef(self->name != nullptr ? self->name : self->prepared->name);
}

int set_name(PyObject* object, PyObject* value, void* /*closure*/) {
  if (value == nullptr || !PyUnicode_Check(value)) {
    PyErr_SetString(PyExc_TypeError, "a request name must be a str");
    return -1;
  }
  Py_XSETREF(as_response(object)->name, Py_NewRef(value));
  return 0;
}

PyObject* method(PyObject* object, void* /*closure*/) {
  auto* self = as_response(object);
  return Py_NewRef(self->row_method != nullptr ? self->row_method : self->prepared->method);
}

int set_method(PyObject* object, PyObject* value, void* /*closure*/) {
  if (value == nullptr || !PyUnicode_Check(value)) {
    PyErr_SetString(PyExc_TypeError, "a request type must be a str");
    return -1;
  }
  Py_XSETREF(as_response(object)->row_method, Py_NewRef(value));
  return 0;
}

PyObject* response_time_ms(PyObject* self, void* /*closure*/) {
  const stats::Sample& sample = as_response(self)->call->sample;
  if (!sample.has_time) Py_RETURN_NONE;
  return PyFloat_FromDouble(static_cast<double>(sample.response_time_ns) / 1e6);
}

int set_response_time_ms(PyObject* self, PyObject* value, void* /*closure*/) {
  stats::Sample& sample = as_response(self)->call->sample;
  if (value == Py_None) {
    sample.has_time = false;
    return 0;
  }
  const double milliseconds = value == nullptr ? -1.0 : PyFloat_AsDouble(value);
  if (PyErr_Occurred() != nullptr) return -1;
  if (!(milliseconds >= 0) || milliseconds > 1e12) {
    PyErr_SetString(PyExc_ValueError, "response_time must be a number of milliseconds >= 0");
    return -1;
  }
  const auto nanoseconds = static_cast<int64_t>(milliseconds * 1e6);
  sample.response_time_ns = nanoseconds;
  sample.has_time = true;
  ResponseStream* stream = as_response(self)->stream;
  if (stream != nullptr) stream->response_time_ns = nanoseconds;
  return 0;
}

PyObject* start_time_s(PyObject* self, void* /*closure*/) {
  const Nanos ago = steady_now() - reply_of(self).taken_up;
  return PyFloat_FromDouble(wall_now_s() - std::chrono::duration<double>(ago).count());
}

PyObject* lazy_dict(PyObject*& slot) {
  if (slot == nullptr) slot = PyDict_New();
  return slot == nullptr ? nullptr : Py_NewRef(slot);
}

PyObject* context(PyObject* self, void* /*closure*/) {
  return lazy_dict(as_response(self)->context);
}

int set_context(PyObject* self, PyObject* value, void* /*closure*/) {
  Py_XSETREF(as_response(self)->context, Py_XNewRef(value));
  return 0;
}

PyObject* extra(PyObject* self, void* /*closure*/) { return lazy_dict(as_response(self)->extra); }

PyObject* session(PyObject* self, void* /*closure*/) {
  return Py_NewRef(reinterpret_cast<PyObject*>(as_response(self)->session));
}

PyObject* request_method(PyObject* self, void* /*closure*/) {
  return latin1(as_response(self)->call->current().request.method);
}

PyObject* request_body(PyObject* self, void* /*closure*/) {
  const client::CallRequest& request = request_of(self);
  if (!request.has_body || request.uploads || as_response(self)->call->body_dropped()) {
    Py_RETURN_NONE;
  }
  return PyBytes_FromStringAndSize(request.body.data(),
                                   static_cast<Py_ssize_t>(request.body.size()));
}

PyObject* streamed(PyObject* self, void* /*closure*/) {
  return PyBool_FromLong(as_response(self)->stream != nullptr ? 1 : 0);
}

PyObject* header_pairs(const http::Headers& headers) {
  Ref list = Ref::steal(PyList_New(static_cast<Py_ssize_t>(headers.size())));
  for (size_t i = 0; i < headers.size() && list; ++i) {
    const auto [field, value] = headers.at(i);
    PyObject* item = pair(field, value);
    if (item == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), item);
  }
  return list.release();
}

}  // namespace

std::string all_codings(const http::Headers& headers) {
  std::string codings;
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    if (!http::equals_ignoring_case(name, "Content-Encoding")) continue;
    if (!codings.empty()) codings.append(", ");
    codings.append(value);
  }
  return codings;
}

void fail_body(ResponseObject* self, const Status& status) {
  const bool was_success = self->call->sample.outcome == stats::Outcome::kSuccess;
  client::CallReply& reply = self->call->reply;
  reply.status = status;
  if (self->judged) {
    if (was_success && !self->call->judged_by_script) submit_late_failure(self, reply.status);
  } else {
    self->call->sample.outcome = stats::Outcome::kFailure;
    self->call->sample.failure = reply.status.code();
    self->call->sample.failure_text = reply.status.message();
  }
}

PyObject* response_header_list(PyObject* self, PyObject* /*unused*/) {
  return header_pairs(reply_of(self).head.headers);
}

PyObject* response_get_header(PyObject* self, PyObject* field) {
  const char* text = PyUnicode_AsUTF8(field);
  if (text == nullptr) return nullptr;
  const auto value = reply_of(self).head.headers.get(text);
  if (!value) Py_RETURN_NONE;
  return latin1(*value);
}

PyObject* response_request_header_list(PyObject* self, PyObject* /*unused*/) {
  const client::CallRequest& request = request_of(self);
  Ref list = Ref::steal(header_pairs(as_response(self)->call->current().request.headers));
  std::string_view rest = request.extra_head;
  while (list && !rest.empty()) {
    const size_t colon = rest.find(": ");
    const size_t end = rest.find("\r\n");
    Ref item = Ref::steal(pair(rest.substr(0, colon), rest.substr(colon + 2, end - colon - 2)));
    if (!item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
    rest.remove_prefix(end + 2);
  }
  return list.release();
}

PyObject* response_capture(PyObject* self, PyObject* /*unused*/) {
  return to_python(as_response(self)->call->capture()).release().ptr();
}

PyObject* response_timings_ms(PyObject* self, PyObject* /*unused*/) {
  static constexpr std::array<const char*, stats::kPhaseCount> kNames = {
      "blocked", "dns", "connect", "tls", "send", "wait", "receive"};
  Ref dict = Ref::steal(PyDict_New());
  const stats::PhaseTimes& phases = as_response(self)->call->sample.phases_ns;
  for (size_t i = 0; i < phases.size() && dict; ++i) {
    Ref value = Ref::steal(PyFloat_FromDouble(static_cast<double>(phases.at(i)) / 1e6));
    if (!value || PyDict_SetItemString(dict.get(), kNames.at(i), value.get()) < 0) return nullptr;
  }
  return dict.release();
}

PyObject* response_cookie_list(PyObject* self, PyObject* /*unused*/) {
  const client::CallReply& reply = reply_of(self);
  if (!http::sets_cookies(reply.head.headers)) return PyList_New(0);
  if (reply.final_url.empty()) {
    return cookies_of_reply(reply.head.headers, request_of(self).prepared->url);
  }
  const auto url = http::parse_url(reply.final_url);
  return url.ok() ? cookies_of_reply(reply.head.headers, url.value()) : PyList_New(0);
}

PyObject* response_history_list(PyObject* self, PyObject* /*unused*/) {
  Ref list = Ref::steal(PyList_New(0));
  for (const client::Hop& hop : reply_of(self).history) {
    Ref item = Ref::steal(Py_BuildValue("(isNN)", hop.status, hop.url.c_str(), latin1(hop.reason),
                                        header_pairs(hop.headers)));
    if (!list || !item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list.release();
}

PyGetSetDef response_attributes[] = {
    {"status_code", status_code, nullptr, nullptr, nullptr},
    {"ok", ok, nullptr, nullptr, nullptr},
    {"content", content, nullptr, nullptr, nullptr},
    {"wire_content", wire_content, nullptr, nullptr, nullptr},
    {"content_bytes", content_bytes, set_content_bytes, nullptr, nullptr},
    {"reason", reason, nullptr, nullptr, nullptr},
    {"url", url, nullptr, nullptr, nullptr},
    {"request_url", request_url, nullptr, nullptr, nullptr},
    {"http_version", http_version, nullptr, nullptr, nullptr},
    {"remote_address", remote_address, nullptr, nullptr, nullptr},
    {"elapsed", elapsed, nullptr, nullptr, nullptr},
    {"failure_code", failure_code, nullptr, nullptr, nullptr},
    {"failure_message", failure_message, nullptr, nullptr, nullptr},
    {"catching", catching, nullptr, nullptr, nullptr},
    {"name", name, set_name, nullptr, nullptr},
    {"method", method, set_method, nullptr, nullptr},
    {"response_time_ms", response_time_ms, set_response_time_ms, nullptr, nullptr},
    {"start_time_s", start_time_s, nullptr, nullptr, nullptr},
    {"context", context, set_context, nullptr, nullptr},
    {"extra", extra, nullptr, nullptr, nullptr},
    {"session", session, nullptr, nullptr, nullptr},
    {"request_method", request_method, nullptr, nullptr, nullptr},
    {"request_body", request_body, nullptr, nullptr, nullptr},
    {"streamed", streamed, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace locust_like::bindings
