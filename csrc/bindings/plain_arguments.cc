#include "bindings/plain_arguments.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "http/headers.h"
#include "http/percent.h"

namespace locust_like::bindings {
namespace {

struct Keywords {
  PyObject* headers = PyUnicode_InternFromString("headers");
  PyObject* params = PyUnicode_InternFromString("params");
  PyObject* data = PyUnicode_InternFromString("data");
  PyObject* json = PyUnicode_InternFromString("json");
};

// Whether a dict has text as keys and `is_plain` values: no look at it runs code of the script.
template <typename F>
bool is_plain_dict(PyObject* object, F is_plain) {
  if (!PyDict_CheckExact(object)) return false;
  PyObject *key = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(object, &position, &key, &value) != 0) {
    if (!PyUnicode_CheckExact(key) || !is_plain(value)) return false;
  }
  return true;
}

bool is_field_value(PyObject* value) { return value == Py_None || PyUnicode_CheckExact(value); }

bool is_form_value(PyObject* value) {
  return is_field_value(value) || PyLong_CheckExact(value) || PyBool_Check(value) ||
         PyFloat_CheckExact(value);
}

bool is_empty(PyObject* value) {
  return value == Py_None || (PyDict_CheckExact(value) && PyDict_GET_SIZE(value) == 0) ||
         (PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) == 0) ||
         (PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value) == 0);
}

// Source: quote_plus() of Python's urllib.parse. False: exception set.
bool append_quoted(std::string& out, PyObject* value) {
  const Ref text =
      PyUnicode_CheckExact(value) ? Ref::share(value) : Ref::steal(PyObject_Str(value));
  Py_ssize_t size = 0;
  const char* utf8 = text ? PyUnicode_AsUTF8AndSize(text.get(), &size) : nullptr;
  if (utf8 == nullptr) return false;
  for (const char c : std::string_view(utf8, static_cast<size_t>(size))) {
    if (http::is_unreserved(c)) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      http::append_percent_encoded(out, c);
    }
  }
  return true;
}

// application/x-www-form-urlencoded; None leaves its key out. False: exception set.
bool append_form(std::string& out, PyObject* items) {
  const size_t before = out.size();
  PyObject *key = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(items, &position, &key, &value) != 0) {
    if (value == Py_None) continue;
    if (out.size() > before) out.push_back('&');
    if (!append_quoted(out, key)) return false;
    out.push_back('=');
    if (!append_quoted(out, value)) return false;
  }
  return true;
}

// The URL with a query; one that it has stays, a fragment goes. Null: exception set.
Ref with_query(PyObject* url, PyObject* params) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(url, &size);
  if (utf8 == nullptr) return {};
  std::string text(std::string_view(utf8, static_cast<size_t>(size)));
  text.erase(std::min(text.find('#'), text.size()));
  std::string query(1, text.find('?') == std::string::npos ? '?' : '&');
  if (!append_form(query, params)) return {};
  if (query.size() > 1) text += query;
  return Ref::steal(PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
}

bool append_pair(PyObject* list, PyObject* name, PyObject* value) {
  const Ref pair = Ref::steal(PyTuple_Pack(2, name, value));
  return pair && PyList_Append(list, pair.get()) == 0;
}

bool names_content_type(PyObject* headers) {
  PyObject *name = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (headers != nullptr && PyDict_Next(headers, &position, &name, &value) != 0) {
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(name, &size);
    if (utf8 == nullptr) {
      PyErr_Clear();  // lone surrogates; who takes the fields says so
    } else if (http::equals_ignoring_case({utf8, static_cast<size_t>(size)}, "Content-Type")) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool PlainArguments::take(PyObject* keyword, PyObject* value) {
  static const Keywords known;  // interned strings, never freed
  PyObject* const given = is_empty(value) ? nullptr : value;
  if (keyword == known.headers) {
    headers_ = given;
    return given == nullptr || is_plain_dict(value, is_field_value);
  }
  if (keyword == known.params) {
    params_ = given;
    return given == nullptr || is_plain_dict(value, is_form_value);
  }
  if (keyword == known.data) {
    data_ = given;
    return given == nullptr || PyBytes_CheckExact(value) || PyUnicode_CheckExact(value) ||
           is_plain_dict(value, is_form_value);
  }
  if (keyword == known.json) {
    json_ = value == Py_None ? nullptr : value;
    return true;
  }
  return false;
}

bool PlainArguments::empty() const {
  return headers_ == nullptr && params_ == nullptr && data_ == nullptr && json_ == nullptr;
}

bool PlainArguments::apply(PyObject* session, CallOptions& options, PyObject*& url) {
  const char* content_type = nullptr;
  if (params_ != nullptr) {
    url_ = with_query(url, params_);
    if (!url_) return false;
    url = url_.get();
  }
  return make_body(session, options, content_type) && make_fields(options, content_type);
}

bool PlainArguments::make_body(PyObject* session, CallOptions& options, const char*& content_type) {
  static PyObject* const json_body = PyUnicode_InternFromString("_json_body");
  if (data_ == nullptr && json_ == nullptr) return true;
  if (data_ == nullptr) {
    body_ = Ref::steal(PyObject_CallMethodOneArg(session, json_body, json_));
    content_type = "application/json";
  } else if (PyUnicode_Check(data_)) {
    body_ = Ref::steal(PyUnicode_AsUTF8String(data_));
  } else if (PyDict_Check(data_)) {
    std::string form;
    if (!append_form(form, data_)) return false;
    body_ =
        Ref::steal(PyBytes_FromStringAndSize(form.data(), static_cast<Py_ssize_t>(form.size())));
    content_type = "application/x-www-form-urlencoded";
  } else {
    body_ = Ref::share(data_);
  }
  options.body = body_.get();
  return static_cast<bool>(body_);
}

bool PlainArguments::make_fields(CallOptions& options, const char* content_type) {
  if (names_content_type(headers_)) content_type = nullptr;
  if (headers_ == nullptr && content_type == nullptr) return true;
  static PyObject* const type_name = PyUnicode_InternFromString("Content-Type");
  fields_ = Ref::steal(PyList_New(0));
  if (!fields_) return false;
  if (content_type != nullptr) {
    const Ref type = Ref::steal(PyUnicode_FromString(content_type));
    if (!type || !append_pair(fields_.get(), type_name, type.get())) return false;
  }
  PyObject *name = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (headers_ != nullptr && PyDict_Next(headers_, &position, &name, &value) != 0) {
    if (!append_pair(fields_.get(), name, value)) return false;
  }
  options.fields = fields_.get();
  return true;
}

}  // namespace locust_like::bindings
