#include "bindings/profile_type.h"

#include <new>
#include <string>
#include <utility>

#include "bindings/bridge.h"
#include "bindings/errors.h"

namespace locust_like::bindings {
namespace {

constexpr Py_ssize_t kMaxPrepared = 1000;  // URLs a verb and profile; scripts with ids make more

ProfileObject* as_profile(PyObject* self) { return reinterpret_cast<ProfileObject*>(self); }
PreparedObject* as_prepared(PyObject* self) { return reinterpret_cast<PreparedObject*>(self); }

int profile_traverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = as_profile(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(reinterpret_cast<PyObject*>(self->recorder));
  for (PyObject* cache : self->prepared) Py_VISIT(cache);
  return 0;
}

int profile_clear(PyObject* object) {
  auto* self = as_profile(object);
  Py_CLEAR(self->recorder);
  for (PyObject*& cache : self->prepared) Py_CLEAR(cache);
  return 0;
}

void profile_dealloc(PyObject* object) {
  PyObject_GC_UnTrack(object);
  profile_clear(object);
  auto* self = as_profile(object);
  Py_CLEAR(self->base_url);
  self->native.~shared_ptr();
  self->headers.~Headers();
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* profile_base_url(PyObject* self, void* /*closure*/) {
  return Py_NewRef(as_profile(self)->base_url);
}

PyGetSetDef profile_attributes[] = {
    {"base_url", profile_base_url, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot profile_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(profile_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(profile_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(profile_clear)},
    {Py_tp_getset, profile_attributes},
    {0, nullptr},
};

PyType_Spec profile_spec = {
    "locust_like._core.Profile", sizeof(ProfileObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, profile_slots};

void prepared_dealloc(PyObject* object) {
  auto* self = as_prepared(object);
  self->native.~shared_ptr();
  Py_CLEAR(self->name);
  Py_CLEAR(self->method);
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyType_Slot prepared_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(prepared_dealloc)},
    {0, nullptr},
};

PyType_Spec prepared_spec = {"locust_like._core._Prepared", sizeof(PreparedObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             prepared_slots};
PyTypeObject* prepared_type = nullptr;

bool utf8_of(PyObject* text, std::string& out) {
  if (!PyUnicode_Check(text)) {
    PyErr_Format(PyExc_TypeError, "expected str, got %.100s", Py_TYPE(text)->tp_name);
    return false;
  }
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size);
  if (utf8 == nullptr) return false;
  out.assign(utf8, static_cast<size_t>(size));
  return true;
}

// PyArg_ParseTuple() takes nothing else.
bool is_tuple(PyObject* value, const char* message) {
  if (PyTuple_Check(value)) return true;
  PyErr_SetString(PyExc_TypeError, message);
  return false;
}

bool read_headers(PyObject* pairs, http::Headers& headers) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(pairs); ++i) {
    PyObject *name = nullptr, *value = nullptr;
    std::string name_text, value_text;
    if (!is_tuple(PyTuple_GET_ITEM(pairs, i), "headers are (name, value) pairs") ||
        !PyArg_ParseTuple(PyTuple_GET_ITEM(pairs, i), "UU;headers are (name, value) pairs", &name,
                          &value) ||
        !utf8_of(name, name_text) || !utf8_of(value, value_text)) {
      return false;
    }
    headers.add(name_text, value_text);
  }
  return true;
}

// Reads one option into `options` or `tls`; false with an exception for unknown ones.
class OptionReader {
 public:
  OptionReader(client::Options& options, tls::Settings& tls, bool& full_url_name)
      : options_(options), tls_(tls), full_url_name_(full_url_name) {}

  bool read(const std::string& name, PyObject* value) {
    if (name == "connect_timeout_s") return duration(value, options_.connect_timeout);
    if (name == "read_timeout_s") return duration(value, options_.read_timeout);
    if (name == "total_timeout_s") return duration(value, options_.total_timeout);
    if (name == "max_redirects") return integer(value, options_.max_redirects);
    if (name == "max_connections") return integer(value, options_.max_connections);
    if (name == "follow_redirects") return boolean(value, options_.follow_redirects);
    if (name == "full_url_name") return boolean(value, full_url_name_);
    if (name == "http_version") return http_version(value);
    if (name == "verify") return verify(value);
    if (name == "cert") return cert(value);
    PyErr_Format(PyExc_TypeError, "unknown profile option '%s'", name.c_str());
    return false;
  }

 private:
  static bool duration(PyObject* value, Nanos& out) {
    if (value == Py_None) {
      out = Nanos(0);
      return true;
    }
    const double seconds = PyFloat_AsDouble(value);
    if (seconds == -1.0 && PyErr_Occurred() != nullptr) return false;
    if (!(seconds > 0) || seconds > 1e9) {
      PyErr_Format(PyExc_ValueError, "a timeout must be a positive number of seconds, not %R",
                   value);
      return false;
    }
    out = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
    return true;
  }
  static bool integer(PyObject* value, int& out) {
    const long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred() != nullptr) return false;
    out = static_cast<int>(number);
    return true;
  }
  static bool boolean(PyObject* value, bool& out) {
    const int truth = PyObject_IsTrue(value);
    out = truth == 1;
    return truth >= 0;
  }
  bool http_version(PyObject* value) {
    if (value == Py_None) return true;
    std::string text;
    if (!utf8_of(value, text)) return false;
    const auto version = client::parse_http_version(text);
    if (!version.ok()) return raise_status(version.status()) != nullptr;
    options_.http_version = version.value();
    return true;
  }
  bool verify(PyObject* value) {
    if (!PyUnicode_Check(value)) return boolean(value, tls_.verify);
    return utf8_of(value, tls_.ca_file);
  }
  bool cert(PyObject* value) {
    if (value == Py_None) return true;
    if (PyUnicode_Check(value)) return utf8_of(value, tls_.certificate_file);
    PyObject *certificate = nullptr, *key = nullptr;
    return is_tuple(value, "cert is a path or (certificate, key)") &&
           PyArg_ParseTuple(value, "UU;cert is a path or (certificate, key)", &certificate, &key) &&
           utf8_of(certificate, tls_.certificate_file) && utf8_of(key, tls_.key_file);
  }

  client::Options& options_;
  tls::Settings& tls_;
  bool& full_url_name_;
};

// One TLS context per setting for the whole process: it costs 884 KB and 21 ms.
std::shared_ptr<client::TlsProvider> shared_tls(const tls::Settings& settings) {
  struct Known {
    tls::Settings settings;
    std::shared_ptr<client::TlsProvider> provider;
  };
  static std::vector<Known> known;  // guarded by the GIL
  for (const Known& one : known) {
    if (one.settings == settings) return one.provider;
  }
  known.push_back({settings, std::make_shared<client::TlsProvider>(settings)});
  return known.back().provider;
}

Result<http::Url> absolute_url(const ProfileObject* profile, const std::string& url) {
  if (url.starts_with("http://") || url.starts_with("https://")) return http::parse_url(url);
  Py_ssize_t size = 0;
  const char* base = PyUnicode_AsUTF8AndSize(profile->base_url, &size);
  if (size == 0) {
    return Status(Code::kInvalidArgument,
                  "URL '" + url + "' has no scheme and there is no base URL; nothing was sent");
  }
  std::string whole(base, static_cast<size_t>(size));
  if (whole.back() == '/' && url.starts_with('/')) whole.pop_back();
  return http::parse_url(whole + url);
}

PreparedObject* make_prepared(ProfileObject* profile, PyObject* method, PyObject* url,
                              const http::Headers& headers) {
  std::string url_text, method_text;
  if (!utf8_of(url, url_text) || !utf8_of(method, method_text)) return nullptr;
  auto parsed = absolute_url(profile, url_text);
  if (!parsed.ok()) {
    raise_status(parsed.status());
    return nullptr;
  }
  auto native = client::prepare_request(method_text, parsed.value(), headers);
  if (!native.ok()) {
    raise_status(native.status());
    return nullptr;
  }
  Ref object = Ref::steal(prepared_type->tp_alloc(prepared_type, 0));
  if (!object) return nullptr;
  auto* self = as_prepared(object.get());
  new (&self->native) std::shared_ptr<const client::PreparedRequest>(std::move(native).value());
  self->method = Py_NewRef(method);
  self->name = profile->full_url_name ? Py_NewRef(url)
                                      : PyUnicode_FromString(self->native->request.target.c_str());
  if (self->name == nullptr || !name_id(profile->recorder, method, self->name, self->name_id)) {
    return nullptr;
  }
  return as_prepared(object.release());
}

}  // namespace

PyTypeObject* profile_type = nullptr;

bool add_profile_types() {
  profile_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&profile_spec));
  prepared_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&prepared_spec));
  return profile_type != nullptr && prepared_type != nullptr;
}

PyObject* make_profile(RecorderObject* recorder, PyObject* base_url, PyObject* headers,
                       PyObject* options) {
  auto native = std::make_shared<client::Profile>();
  tls::Settings settings;
  bool full_url_name = false;
  OptionReader reader(native->options, settings, full_url_name);
  PyObject *name = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(options, &position, &name, &value) != 0) {
    std::string text;
    if (!utf8_of(name, text) || !reader.read(text, value)) return nullptr;
  }
  settings.alpn = client::alpn_protocols(native->options.http_version);
  native->tls = shared_tls(settings);
  http::Headers fields;
  if (!read_headers(headers, fields)) return nullptr;
  auto* self = as_profile(profile_type->tp_alloc(profile_type, 0));
  if (self == nullptr) return nullptr;
  new (&self->native) std::shared_ptr<const client::Profile>(std::move(native));
  new (&self->headers) http::Headers(std::move(fields));
  Py_INCREF(recorder);
  self->recorder = recorder;
  self->base_url = Py_NewRef(base_url);
  self->full_url_name = full_url_name;
  return reinterpret_cast<PyObject*>(self);
}

PreparedObject* prepare(ProfileObject* profile, PyObject* method, int verb, PyObject* url) {
  if (verb == kOtherVerb) return make_prepared(profile, method, url, profile->headers);
  PyObject*& cache = profile->prepared.at(static_cast<size_t>(verb));
  if (cache == nullptr && (cache = PyDict_New()) == nullptr) return nullptr;
  PyObject* known = PyDict_GetItemWithError(cache, url);
  if (known != nullptr) return as_prepared(Py_NewRef(known));
  if (PyErr_Occurred() != nullptr) return nullptr;
  PreparedObject* made = make_prepared(profile, method, url, profile->headers);
  if (made == nullptr) return nullptr;
  if (PyDict_GET_SIZE(cache) >= kMaxPrepared) PyDict_Clear(cache);
  if (PyDict_SetItem(cache, url, reinterpret_cast<PyObject*>(made)) < 0) Py_CLEAR(made);
  return made;
}

PreparedObject* prepare_with(ProfileObject* profile, PyObject* method, PyObject* url,
                             const http::Headers& headers) {
  return make_prepared(profile, method, url, headers);
}

}  // namespace locust_like::bindings
