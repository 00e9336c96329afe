#include "bindings/session_type.h"

#include <structmember.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>

#include "base/masking.h"
#include "bindings/call_options.h"
#include "bindings/plain_arguments.h"
#include "bindings/session_cookies.h"
#include "bindings/session_pool.h"
#include "bindings/session_request.h"

namespace locust_like::bindings {
namespace {

SessionObject* as_session(PyObject* self) { return reinterpret_cast<SessionObject*>(self); }

std::array<PyObject*, kVerbs.size()> verb_names;  // interned, never freed

PyObject* session_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  PyObject* object = PyType_GenericNew(type, args, kwargs);
  if (object == nullptr) return nullptr;
  new (&as_session(object)->jar) std::shared_ptr<http::CookieJar>();
  new (&as_session(object)->shared) std::shared_ptr<SharedPool>();
  return object;
}

int session_init(PyObject* object, PyObject* args, PyObject* kwargs) {
  static const char* keywords[] = {"profile", "user", nullptr};
  PyObject *profile = nullptr, *user = Py_None;
  if (PyArg_ParseTupleAndKeywords(args, kwargs, "O!|O:Session", const_cast<char**>(keywords),
                                  profile_type, &profile, &user) == 0) {
    return -1;
  }
  auto* self = as_session(object);
  Py_INCREF(profile);
  Py_XSETREF(self->profile, reinterpret_cast<ProfileObject*>(profile));
  Py_XSETREF(self->user, Py_NewRef(user));
  return 0;
}

int session_traverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = as_session(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(reinterpret_cast<PyObject*>(self->profile));
  Py_VISIT(self->user);
  Py_VISIT(self->request_name);
  return 0;
}

int session_clear(PyObject* object) {
  auto* self = as_session(object);
  Py_CLEAR(self->profile);
  Py_CLEAR(self->user);
  Py_CLEAR(self->request_name);
  return 0;
}

void session_dealloc(PyObject* object) {
  PyObject_GC_UnTrack(object);
  auto* self = as_session(object);
  if (self->weak_references != nullptr) PyObject_ClearWeakRefs(object);
  close_connections(self);
  session_clear(object);
  self->jar.~shared_ptr();
  self->shared.~shared_ptr();
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* request_from_dict(SessionObject* self, PyObject* method, int verb, PyObject* url,
                            PyObject* keywords) {
  Ref native = Ref::steal(PyObject_CallMethod(reinterpret_cast<PyObject*>(self), "_prepare", "OOO",
                                              method, url, keywords));
  if (!native) return nullptr;
  CallOptions options;
  Ref new_url;
  Ref profile;
  PyObject *keyword = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(native.get(), &position, &keyword, &value) != 0) {
    const auto read = options.read(keyword, value);
    if (read == CallOptions::Read::kError) return nullptr;
    if (read == CallOptions::Read::kTaken) continue;
    if (PyUnicode_CompareWithASCIIString(keyword, "url") == 0) {
      new_url = Ref::share(value);
      continue;
    }
    if (PyUnicode_CompareWithASCIIString(keyword, "profile") == 0 &&
        PyObject_TypeCheck(value, profile_type)) {
      profile = Ref::share(value);
      continue;
    }
    PyErr_Format(PyExc_TypeError, "request() got an unexpected keyword argument '%U'", keyword);
    return nullptr;
  }
  ProfileObject* own = profile ? reinterpret_cast<ProfileObject*>(profile.get()) : self->profile;
  return send_request({self, own, method, verb}, new_url ? new_url.get() : url, options);
}

// Positional arguments after the URL have these names: post(url, data, json). Interned, never
// freed.
PyObject* positional_name(Py_ssize_t index) {
  static const std::array<PyObject*, 2> names = {PyUnicode_InternFromString("data"),
                                                 PyUnicode_InternFromString("json")};
  return index < static_cast<Py_ssize_t>(names.size()) ? names.at(static_cast<size_t>(index))
                                                       : nullptr;
}

bool is_given(PyObject* value) { return value != nullptr && value != Py_None; }

// The name of a call where names are URLs as passed. Null: exception set.
Ref name_without_params(PyObject* url) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(url, &size);
  if (utf8 == nullptr) return {};
  const std::string name = masked_url({utf8, static_cast<size_t>(size)});
  return Ref::steal(PyUnicode_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size())));
}

// Reads all arguments but the URL. kOther: one of them needs Python.
CallOptions::Read read_arguments(PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                 CallOptions& options, PlainArguments& plain) {
  for (Py_ssize_t i = 1; i < nargs; ++i) {
    PyObject* name = positional_name(i - 1);
    if (name == nullptr || !plain.take(name, args[i])) return CallOptions::Read::kOther;
  }
  const Py_ssize_t count = kwnames == nullptr ? 0 : PyTuple_GET_SIZE(kwnames);
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* keyword = PyTuple_GET_ITEM(kwnames, i);
    if (plain.take(keyword, args[nargs + i])) continue;
    const auto read = options.read(keyword, args[nargs + i]);
    if (read != CallOptions::Read::kTaken) return read;
  }
  // A body, or fields, of one kind only.
  const bool both = !plain.empty() && (options.body != nullptr || options.fields != nullptr);
  return both ? CallOptions::Read::kOther : CallOptions::Read::kTaken;
}

PyObject* plain_request(const RequestLine& line, PyObject* url, CallOptions& options,
                        PlainArguments& plain) {
  PyObject* full_url = url;
  if (!plain.apply(reinterpret_cast<PyObject*>(line.session), options, full_url)) return nullptr;
  Ref name;
  if (full_url != url && line.profile->full_url_name && !is_given(options.name) &&
      !is_given(line.session->request_name)) {
    name = name_without_params(url);
    if (!name) return nullptr;
    options.name = name.get();
  }
  return send_request(line, full_url, options);
}

PyObject* slow_request(SessionObject* self, PyObject* method, int verb, PyObject* url,
                       PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  Ref keywords = Ref::steal(PyDict_New());
  if (!keywords) return nullptr;
  for (Py_ssize_t i = 0; i < nargs; ++i) {
    PyObject* name = positional_name(i);
    if (name == nullptr) {
      PyErr_SetString(PyExc_TypeError, "too many positional arguments; use keywords");
      return nullptr;
    }
    if (PyDict_SetItem(keywords.get(), name, args[i]) < 0) return nullptr;
  }
  const Py_ssize_t count = kwnames == nullptr ? 0 : PyTuple_GET_SIZE(kwnames);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (PyDict_SetItem(keywords.get(), PyTuple_GET_ITEM(kwnames, i), args[nargs + i]) < 0) {
      return nullptr;
    }
  }
  return request_from_dict(self, method, verb, url, keywords.get());
}

PyObject* request(SessionObject* self, PyObject* method, int verb, PyObject* const* args,
                  Py_ssize_t nargs, PyObject* kwnames) {
  static PyObject* const url_keyword = PyUnicode_InternFromString("url");
  const Py_ssize_t count = kwnames == nullptr ? 0 : PyTuple_GET_SIZE(kwnames);
  PyObject* url = nargs > 0 ? args[0] : nullptr;
  if (url != nullptr && self->prepares_always == 0) {
    const RequestLine line{self, self->profile, method, verb};
    CallOptions options;
    PlainArguments plain;
    const auto read = read_arguments(args, nargs, kwnames, options, plain);
    if (read == CallOptions::Read::kError) return nullptr;
    if (read == CallOptions::Read::kTaken && plain.empty()) return send_request(line, url, options);
    if (read == CallOptions::Read::kTaken && PyUnicode_CheckExact(url)) {
      return plain_request(line, url, options, plain);
    }
  }
  if (url != nullptr) {
    return slow_request(self, method, verb, url, args + 1, nargs - 1, kwnames);
  }
  Ref keywords = Ref::steal(PyDict_New());
  for (Py_ssize_t i = 0; i < count && keywords; ++i) {
    if (PyDict_SetItem(keywords.get(), PyTuple_GET_ITEM(kwnames, i), args[i]) < 0) return nullptr;
  }
  Ref given = keywords ? Ref::share(PyDict_GetItemWithError(keywords.get(), url_keyword)) : Ref();
  if (!given) {
    if (PyErr_Occurred() == nullptr) PyErr_SetString(PyExc_TypeError, "a URL is needed");
    return nullptr;
  }
  if (PyDict_DelItem(keywords.get(), url_keyword) < 0) return nullptr;
  return request_from_dict(self, method, verb, given.get(), keywords.get());
}

template <int kVerb>
PyObject* session_verb(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames) {
  return request(as_session(self), verb_names[kVerb], kVerb, args, nargs, kwnames);
}

PyObject* session_request(PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                          PyObject* kwnames) {
  if (nargs < 1 || !PyUnicode_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "request(method, url, ...) needs the method as a str");
    return nullptr;
  }
  // As requests and Locust do: request("get", ...) is a GET.
  const Ref method = Ref::steal(PyObject_CallMethod(args[0], "upper", nullptr));
  if (!method) return nullptr;
  for (size_t i = 0; i < kVerbs.size(); ++i) {
    if (PyUnicode_Compare(method.get(), verb_names[i]) == 0) {
      return request(as_session(self), verb_names[i], static_cast<int>(i), args + 1, nargs - 1,
                     kwnames);
    }
  }
  return request(as_session(self), method.get(), kOtherVerb, args + 1, nargs - 1, kwnames);
}

PyObject* session_close(PyObject* self, PyObject* /*unused*/) {
  if (as_session(self)->in_flight > 0) {
    as_session(self)->closing = true;  // running calls use the pool
  } else {
    close_connections(as_session(self));
  }
  Py_RETURN_NONE;
}

PyObject* session_profile(PyObject* self, void* /*closure*/) {
  PyObject* profile = reinterpret_cast<PyObject*>(as_session(self)->profile);
  return Py_NewRef(profile == nullptr ? Py_None : profile);
}

int session_set_profile(PyObject* self, PyObject* value, void* /*closure*/) {
  if (value == nullptr || !PyObject_TypeCheck(value, profile_type)) {
    PyErr_SetString(PyExc_TypeError, "profile must be a Profile");
    return -1;
  }
  Py_INCREF(value);
  Py_XSETREF(as_session(self)->profile, reinterpret_cast<ProfileObject*>(value));
  return 0;
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

PyMethodDef session_methods[] = {
    {"get", as_method(session_verb<0>), kFast, "Send a GET request and wait for the reply."},
    {"options", as_method(session_verb<1>), kFast,
     "Send an OPTIONS request and wait for the reply."},
    {"head", as_method(session_verb<2>), kFast, "Send a HEAD request and wait for the reply."},
    {"post", as_method(session_verb<3>), kFast, "Send a POST request and wait for the reply."},
    {"put", as_method(session_verb<4>), kFast, "Send a PUT request and wait for the reply."},
    {"patch", as_method(session_verb<5>), kFast, "Send a PATCH request and wait for the reply."},
    {"delete", as_method(session_verb<6>), kFast, "Send a DELETE request and wait for the reply."},
    {"request", as_method(session_request), kFast, "Send a request and wait for the reply."},
    {"close", session_close, METH_NOARGS,
     "Close the connections of this session once its running calls have ended."},
    {"cookie_list", session_cookie_list, METH_NOARGS, nullptr},
    {"put_cookie", session_put_cookie, METH_VARARGS, nullptr},
    {"remove_cookies", session_remove_cookies, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyGetSetDef session_attributes[] = {
    {"profile", session_profile, session_set_profile, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMemberDef session_members[] = {
    {"user", T_OBJECT, offsetof(SessionObject, user), 0, nullptr},
    {"request_name", T_OBJECT, offsetof(SessionObject, request_name), 0, nullptr},
    {"prepares_always", T_INT, offsetof(SessionObject, prepares_always), 0, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(SessionObject, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot session_slots[] = {
    {Py_tp_init, reinterpret_cast<void*>(session_init)},
    {Py_tp_new, reinterpret_cast<void*>(session_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(session_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(session_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(session_clear)},
    {Py_tp_methods, session_methods},
    {Py_tp_getset, session_attributes},
    {Py_tp_members, session_members},
    {0, nullptr},
};

PyType_Spec session_spec = {"locust_like._core.Session", sizeof(SessionObject), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                            session_slots};

}  // namespace

PyTypeObject* session_type = nullptr;

bool add_session_type(PyObject* module) {
  for (size_t i = 0; i < kVerbs.size(); ++i) {
    verb_names[i] = PyUnicode_InternFromString(kVerbs.at(i));
    if (verb_names[i] == nullptr) return false;
  }
  session_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&session_spec));
  return session_type != nullptr &&
         PyModule_AddObjectRef(module, "Session", reinterpret_cast<PyObject*>(session_type)) == 0;
}

}  // namespace locust_like::bindings
