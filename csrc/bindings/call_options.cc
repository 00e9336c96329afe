#include "bindings/call_options.h"

#include <string>
#include <utility>

#include "bindings/errors.h"
#include "bindings/request_body.h"
#include "bindings/session_cookies.h"
#include "http/request_template.h"

namespace locust_like::bindings {
namespace {

struct Keywords {
  PyObject* name = PyUnicode_InternFromString("name");
  PyObject* catch_response = PyUnicode_InternFromString("catch_response");
  PyObject* context = PyUnicode_InternFromString("context");
  PyObject* allow_redirects = PyUnicode_InternFromString("allow_redirects");
  PyObject* timeout = PyUnicode_InternFromString("timeout");
  PyObject* total_timeout = PyUnicode_InternFromString("total_timeout");
  PyObject* body = PyUnicode_InternFromString("body");
  PyObject* fields = PyUnicode_InternFromString("fields");
  PyObject* cookie_line = PyUnicode_InternFromString("cookie_line");
  PyObject* discard_body = PyUnicode_InternFromString("discard_body");
  PyObject* stream = PyUnicode_InternFromString("stream");
  PyObject* digest = PyUnicode_InternFromString("digest");
  PyObject* response_hooks = PyUnicode_InternFromString("response_hooks");
};

// As in requests: a number for both, or (connect, read).
bool read_timeout(PyObject* value, client::CallRequest& request) {
  if (!PyTuple_Check(value)) {
    if (!read_duration(value, "timeout", request.read_timeout)) return false;
    request.connect_timeout = request.read_timeout;
    return true;
  }
  if (PyTuple_GET_SIZE(value) != 2) {
    PyErr_SetString(PyExc_ValueError, "timeout must be a number, None or (connect, read)");
    return false;
  }
  return read_duration(PyTuple_GET_ITEM(value, 0), "connect timeout", request.connect_timeout) &&
         read_duration(PyTuple_GET_ITEM(value, 1), "read timeout", request.read_timeout);
}

// Null: as it was.
bool read_switch(PyObject* value, bool& out) {
  if (value == nullptr) return true;
  const int truth = PyObject_IsTrue(value);
  out = truth == 1;
  return truth >= 0;
}

bool read_body(PyObject* body, client::CallRequest& request) {
  if (PyObject_CheckBuffer(body) == 0) return read_upload(body, request);
  Py_buffer view;
  if (PyObject_GetBuffer(body, &view, PyBUF_SIMPLE) < 0) return false;
  request.body.assign(static_cast<const char*>(view.buf), static_cast<size_t>(view.len));
  request.has_body = true;
  PyBuffer_Release(&view);
  return true;
}

bool read_digest(PyObject* value, client::CallRequest& request) {
  const char *user = nullptr, *password = nullptr;
  if (!PyTuple_Check(value) || PyArg_ParseTuple(value, "ss", &user, &password) == 0) {
    if (PyErr_Occurred() == nullptr) PyErr_SetString(PyExc_TypeError, "digest: (user, password)");
    return false;
  }
  if (std::string_view(user).find_first_of("\r\n") != std::string_view::npos) {
    PyErr_SetString(PyExc_ValueError, "CR or LF in a user name: nothing was sent");
    return false;
  }
  request.digest =
      std::make_shared<client::DigestCredentials>(client::DigestCredentials{user, password});
  return true;
}

bool is_credential(std::string_view name) {
  return http::equals_ignoring_case(name, "Authorization") ||
         http::equals_ignoring_case(name, "Cookie") || http::equals_ignoring_case(name, "Host") ||
         http::equals_ignoring_case(name, "Proxy-Authorization");
}

bool text_of(PyObject* object, std::string_view& text) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
  if (utf8 == nullptr) return false;
  text = {utf8, static_cast<size_t>(size)};
  return true;
}

}  // namespace

bool read_duration(PyObject* value, const char* what, Nanos& out) {
  if (value == Py_None) {
    out = Nanos(0);
    return true;
  }
  const double seconds = PyFloat_AsDouble(value);
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) {
    PyErr_Format(PyExc_TypeError, "%s must be a number of seconds or None, not %R", what, value);
    return false;
  }
  if (!(seconds > 0) || seconds > 1e9) {
    PyErr_Format(PyExc_ValueError, "%s must be a positive number of seconds or None, not %R", what,
                 value);
    return false;
  }
  out = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
  return true;
}

CallOptions::Read CallOptions::read(PyObject* keyword, PyObject* value) {
  static const Keywords known;  // interned strings, never freed
  const std::pair<PyObject*, PyObject**> slots[] = {
      {known.name, &name},
      {known.context, &context},
      {known.allow_redirects, &allow_redirects},
      {known.timeout, &timeout},
      {known.body, &body},
      {known.fields, &fields},
      {known.total_timeout, &total_timeout},
      {known.cookie_line, &cookie_line},
      {known.response_hooks, &hooks},
      {known.digest, &digest},
      {known.discard_body, &discard_body},
      {known.stream, &stream},
  };
  // Keywords in calls are interned, so comparing pointers nearly always decides.
  for (const bool by_text : {false, true}) {
    for (const auto& [word, slot] : slots) {
      if (keyword == word || (by_text && PyUnicode_Compare(keyword, word) == 0)) {
        *slot = value;
        return Read::kTaken;
      }
    }
    if (keyword == known.catch_response ||
        (by_text && PyUnicode_Compare(keyword, known.catch_response) == 0)) {
      const int truth = PyObject_IsTrue(value);
      catch_response = truth == 1;
      return truth < 0 ? Read::kError : Read::kTaken;
    }
  }
  return Read::kOther;
}

bool apply_options(const CallOptions& options, client::CallRequest& request) {
  const client::Options& defaults = request.profile->options;
  request.connect_timeout = defaults.connect_timeout;
  request.read_timeout = defaults.read_timeout;
  request.total_timeout = defaults.total_timeout;
  request.follow_redirects = defaults.follow_redirects;
  if (options.timeout != nullptr && !read_timeout(options.timeout, request)) return false;
  if (options.total_timeout != nullptr &&
      !read_duration(options.total_timeout, "total_timeout", request.total_timeout)) {
    return false;
  }
  request.discard_body = defaults.discard_body;
  if (!read_switch(options.allow_redirects, request.follow_redirects) ||
      !read_switch(options.discard_body, request.discard_body) ||
      !read_switch(options.stream, request.streams)) {
    return false;
  }
  if (request.discard_body) request.streams = false;
  if (options.cookie_line != nullptr && !read_cookie_line(options.cookie_line, request.cookies)) {
    return false;
  }
  if (options.digest != nullptr && !read_digest(options.digest, request)) return false;
  if (options.body == nullptr || options.body == Py_None) return true;
  return read_body(options.body, request);
}

bool apply_fields(PyObject* fields, const http::Headers& defaults, client::CallRequest& request,
                  http::Headers& replaced, bool& must_prepare) {
  Ref items = Ref::steal(PySequence_Fast(fields, "fields must be a sequence of (name, value)"));
  if (!items) return false;
  http::Headers added;
  replaced = defaults;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    PyObject *name_object = nullptr, *value_object = nullptr;
    std::string_view name, value;
    if (!PyTuple_Check(item)) {
      PyErr_SetString(PyExc_TypeError, "fields must be a sequence of (name, value)");
      return false;
    }
    if (!PyArg_ParseTuple(item, "UO;fields must be a sequence of (name, value)", &name_object,
                          &value_object) ||
        !text_of(name_object, name)) {
      return false;
    }
    const bool removes = value_object == Py_None;
    if (!removes && !text_of(value_object, value)) return false;
    if (removes || defaults.get(name) || is_credential(name)) must_prepare = true;
    if (removes) {
      replaced.remove(name);
    } else {
      if (added.get(name)) {  // given twice: sent twice
        replaced.add(name, value);
      } else {
        replaced.set(name, value);
      }
      added.add(name, value);
    }
  }
  if (must_prepare) return true;
  Status status = http::render_header_lines(added, request.extra_head);
  if (!status.ok()) raise_status(status);
  return status.ok();
}

}  // namespace locust_like::bindings
