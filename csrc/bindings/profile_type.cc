#include "bindings/profile_type.h"

#include <new>
#include <string>
#include <utility>

#include "base/masking.h"
#include "bindings/bridge.h"
#include "bindings/errors.h"
#include "bindings/profile_options.h"

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
  self->shared_pool.~basic_string();
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

// Of any scheme, also one that is refused then.
bool names_scheme(const std::string& url) {
  const size_t mark = url.find("://");
  return mark != std::string::npos && url.find_first_of("/?#") == mark + 1;
}

Result<http::Url> absolute_url(const ProfileObject* profile, const std::string& url) {
  if (names_scheme(url)) return http::parse_url(url);
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
  auto native = client::prepare_request(method_text, parsed.value(), headers, *profile->native);
  if (!native.ok()) {
    raise_status(native.status());
    return nullptr;
  }
  Ref object = Ref::steal(prepared_type->tp_alloc(prepared_type, 0));
  if (!object) return nullptr;
  auto* self = as_prepared(object.get());
  new (&self->native) std::shared_ptr<const client::PreparedRequest>(std::move(native).value());
  self->method = Py_NewRef(method);
  // A name that is made of a URL must not tell its secrets, nor make a row for each of them.
  const std::string name =
      masked_url(profile->full_url_name ? url_text : self->native->request.target);
  self->name = PyUnicode_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size()));
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
  bool full_url_name = false;
  std::string shared_pool;
  if (!read_profile_options(options, *native, full_url_name, shared_pool)) return nullptr;
  native->targets = recorder->targets;
  native->names = recorder->dns;
  if (!native->sources) native->sources = recorder->sources;
  http::Headers fields;
  if (!read_headers(headers, fields)) return nullptr;
  auto* self = as_profile(profile_type->tp_alloc(profile_type, 0));
  if (self == nullptr) return nullptr;
  new (&self->native) std::shared_ptr<const client::Profile>(std::move(native));
  new (&self->headers) http::Headers(std::move(fields));
  new (&self->shared_pool) std::string(std::move(shared_pool));
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
