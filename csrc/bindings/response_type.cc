#include "bindings/response_type.h"

#include <algorithm>
#include <string>

#include "bindings/errors.h"
#include "bindings/response_attributes.h"
#include "bindings/response_stream.h"
#include "bindings/session_type.h"

namespace locust_like::bindings {
namespace {

ResponseObject* as_response(PyObject* self) { return reinterpret_cast<ResponseObject*>(self); }

RecorderObject* recorder_of(const ResponseObject* self) { return self->session->profile->recorder; }

// Hands the row over. `failure_text` empty: the call's own outcome decides the text.
bool submit(ResponseObject* self, stats::Sample sample, std::string failure_text) {
  RecorderObject* recorder = recorder_of(self);
  if (!ensure_registered(recorder)) return false;
  if (self->name != nullptr || self->row_method != nullptr) {
    PyObject* method = self->row_method != nullptr ? self->row_method : self->prepared->method;
    PyObject* name = self->name != nullptr ? self->name : self->prepared->name;
    if (!name_id(recorder, method, name, sample.name)) return false;
  }
  if (failure_text.empty() && sample.outcome == stats::Outcome::kFailure) {
    failure_text = sample.failure_text;
  }
  submit_sample(recorder, sample, std::move(failure_text), self->session->thread, self->call);
  self->judged = true;
  return true;
}

// `stands`: with the outcome that it had; else as cancelled.
void submit_unjudged(ResponseObject* self, bool stands) {
  stats::Sample sample = self->call->sample;
  if (!stands) {
    sample.outcome = stats::Outcome::kCancelled;
    sample.failure = Code::kOk;
  }
  if (!submit(self, sample, {})) PyErr_WriteUnraisable(nullptr);
}

// The sample with the script's verdict in it. False: exception set.
bool apply_verdict(const ResponseObject* self, stats::Sample& sample, std::string& failure_text) {
  if (self->verdict == nullptr) return true;
  if (self->verdict == Py_True) {
    sample.outcome = stats::Outcome::kSuccess;
    sample.failure = Code::kOk;
    return true;
  }
  sample.outcome = stats::Outcome::kFailure;
  sample.failure = Code::kScript;
  return failure_text_of(self->verdict, failure_text);
}

void response_dealloc(PyObject* object) {
  auto* self = as_response(object);
  // A streamed call that nobody reads to its end is one that was closed.
  const bool closed = self->stream != nullptr && !self->catching;
  if (self->stream != nullptr) forget_stream(self);
  if (self->call != nullptr) {
    if (!self->judged) {
      PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
      PyErr_Fetch(&type, &value, &traceback);
      submit_unjudged(self, closed);
      PyErr_Restore(type, value, traceback);
    }
    Bridge::get().recycle(self->call);
  }
  Py_XDECREF(self->session);
  Py_XDECREF(self->prepared);
  Py_XDECREF(self->name);
  Py_XDECREF(self->row_method);
  Py_XDECREF(self->context);
  Py_XDECREF(self->extra);
  Py_XDECREF(self->content);
  Py_XDECREF(self->verdict);
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

bool raise_locust_error(const char* text) {
  Ref errors = Ref::steal(PyImport_ImportModule("locust_like.errors"));
  Ref type = errors ? Ref::steal(PyObject_GetAttrString(errors.get(), "LocustError")) : Ref();
  if (type) PyErr_SetString(type.get(), text);
  return false;
}

bool check_may_judge(const ResponseObject* self) {
  if (!self->catching) {
    return raise_locust_error(
        "success() and failure() need catch_response=True: "
        "with self.client.get(url, catch_response=True) as response");
  }
  if (!self->entered) {
    return raise_locust_error(
        "Tried to set status on a request that has not yet been made. Make sure you use a "
        "with-block, like this:\n\nwith self.client.request(..., catch_response=True) as "
        "response:\n    response.success()");
  }
  return true;
}

PyObject* response_success(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  if (!check_may_judge(self)) return nullptr;
  Py_XSETREF(self->verdict, Py_NewRef(Py_True));
  Py_RETURN_NONE;
}

PyObject* response_failure(PyObject* object, PyObject* exception) {
  auto* self = as_response(object);
  if (!check_may_judge(self)) return nullptr;
  Py_XSETREF(self->verdict, Py_NewRef(exception));
  Py_RETURN_NONE;
}

PyObject* response_verdict(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  return Py_NewRef(self->verdict == nullptr ? Py_None : self->verdict);
}

PyObject* response_enter(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  self->entered = true;
  return Py_NewRef(object);
}

// 1: the block's exception is the verdict (a ResponseError); 0: it is not; -1: error.
int is_response_error(PyObject* type) {
  Ref errors = Ref::steal(PyImport_ImportModule("locust_like.errors"));
  Ref response_error =
      errors ? Ref::steal(PyObject_GetAttrString(errors.get(), "ResponseError")) : Ref();
  return response_error ? PyObject_IsSubclass(type, response_error.get()) : -1;
}

// Source: Locust's ResponseContextManager.__exit__: a ResponseError is a failure and ends here; any
// other exception propagates, and without a verdict the call is not judged (a cancelled row).
PyObject* response_exit(PyObject* object, PyObject* const* args, Py_ssize_t nargs) {
  auto* self = as_response(object);
  self->entered = false;
  if (self->stream != nullptr && !close_stream(self)) return nullptr;
  PyObject* type = nargs == 3 ? args[0] : Py_None;
  if (!self->catching || self->judged) Py_RETURN_FALSE;
  bool swallow = false;
  if (type != Py_None && self->verdict == nullptr) {
    const int is_verdict = is_response_error(type);
    if (is_verdict < 0) return nullptr;
    if (is_verdict == 0) {
      submit_unjudged(self, false);
      Py_RETURN_FALSE;
    }
    self->verdict = Py_NewRef(args[1]);
    swallow = true;
  }
  if (!judge(self)) return nullptr;
  return PyBool_FromLong(swallow ? 1 : 0);
}

void add_exchanges(const stats::Sample& earlier, stats::Sample& sample) {
  constexpr uint16_t kUnauthorized = 401, kProxyUnauthorized = 407;
  sample.response_time_ns += earlier.response_time_ns;
  for (size_t i = 0; i < sample.phases_ns.size(); ++i) {
    sample.phases_ns.at(i) += earlier.phases_ns.at(i);
  }
  sample.sent_bytes += earlier.sent_bytes;
  sample.received_bytes += earlier.received_bytes;
  sample.exchanges += earlier.exchanges;
  sample.hops += earlier.hops;
  sample.challenges += earlier.challenges;
  sample.retries += earlier.retries;
  sample.never_sent += earlier.never_sent;
  if (earlier.status == kUnauthorized || earlier.status == kProxyUnauthorized) {
    ++sample.challenges;
  } else if (earlier.status / 100 == 3) {
    ++sample.hops;
  } else {
    ++sample.retries;
  }
}

// Somebody else than the core went on after `earlier` (a library that follows redirects and answers
// challenges itself): both are one call, which began with `earlier` and has its method and name.
PyObject* response_absorb(PyObject* object, PyObject* argument) {
  auto* self = as_response(object);
  if (PyObject_TypeCheck(argument, response_type) == 0) {
    return PyErr_Format(PyExc_TypeError, "absorb() takes a Response, not %R", argument);
  }
  auto* earlier = as_response(argument);
  if (self == earlier || self->judged || earlier->judged ||
      recorder_of(self) != recorder_of(earlier)) {
    PyErr_SetString(PyExc_ValueError, "absorb() takes an earlier call that is not counted yet");
    return nullptr;
  }
  add_exchanges(earlier->call->sample, self->call->sample);
  self->call->sample.name = earlier->call->sample.name;
  self->call->reply.taken_up = earlier->call->reply.taken_up;
  Py_INCREF(earlier->prepared);
  Py_XSETREF(self->prepared, earlier->prepared);
  Py_XSETREF(self->name, Py_XNewRef(earlier->name));
  Py_XSETREF(self->row_method, Py_XNewRef(earlier->row_method));
  earlier->judged = true;
  Py_RETURN_NONE;
}

PyMethodDef response_methods[] = {
    {"success", response_success, METH_NOARGS,
     "Count as success. Only inside the with-block of catch_response."},
    {"failure", response_failure, METH_O,
     "Count as failure with this text. Only inside the with-block of catch_response."},
    {"verdict", response_verdict, METH_NOARGS,
     "Return None (not said), True (success) or what failure() was given."},
    {"absorb", response_absorb, METH_O, "Count an earlier call as the beginning of this one."},
    {"leave_encoded", response_leave_encoded, METH_NOARGS,
     "Let the pieces of a streamed body be what comes over the wire, not decoded."},
    {"next_piece", response_next_piece, METH_NOARGS,
     "Wait for the next bytes of a streamed body, decoded; empty at its end."},
    {"close", response_close, METH_NOARGS,
     "close($self, /)\n--\n\nDrop what has not been read of a streamed body."},
    {"__enter__", response_enter, METH_NOARGS, nullptr},
    {"__exit__", as_method(response_exit), METH_FASTCALL, nullptr},
    {"header_list", response_header_list, METH_NOARGS,
     "Return the header fields of the reply in order, as (name, value)."},
    {"get_header", response_get_header, METH_O,
     "Return the first value of a header of the reply, or None."},
    {"request_header_list", response_request_header_list, METH_NOARGS,
     "Return the header fields that were sent, as (name, value)."},
    {"cookie_list", response_cookie_list, METH_NOARGS, nullptr},
    {"capture", response_capture, METH_NOARGS,
     "Return request and reply of the last exchange without secrets."},
    {"timings_ms", response_timings_ms, METH_NOARGS,
     "Return the phases of the call in milliseconds."},
    {"history_list", response_history_list, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot response_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(response_dealloc)},
    {Py_tp_methods, response_methods},
    {Py_tp_getset, response_attributes},
    {0, nullptr},
};

PyType_Spec response_spec = {
    "locust_like._core.Response", sizeof(ResponseObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, response_slots};

}  // namespace

PyTypeObject* response_type = nullptr;

bool add_response_type(PyObject* module) {
  response_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&response_spec));
  return response_type != nullptr &&
         PyModule_AddObjectRef(module, "Response", reinterpret_cast<PyObject*>(response_type)) == 0;
}

ResponseObject* make_response(PyTypeObject* type, engine::CallOperation* call,
                              SessionObject* session, PreparedObject* prepared) {
  auto* self = as_response(type->tp_alloc(type, 0));
  if (self == nullptr) {
    Bridge::get().recycle(call);
    return nullptr;
  }
  self->call = call;
  Py_INCREF(session);
  self->session = session;
  Py_INCREF(prepared);
  self->prepared = prepared;
  return self;
}

bool judge(ResponseObject* self) {
  stats::Sample sample = self->call->sample;
  std::string failure_text;
  if (!apply_verdict(self, sample, failure_text)) return false;
  const bool listened_to = recorder_of(self)->has_listeners();
  if (!submit(self, sample, std::move(failure_text))) return false;
  if (!listened_to) return true;
  static PyObject* const report = PyUnicode_InternFromString("_report");
  Ref told = Ref::steal(PyObject_CallMethodOneArg(reinterpret_cast<PyObject*>(self->session),
                                                  report, reinterpret_cast<PyObject*>(self)));
  return static_cast<bool>(told);
}

}  // namespace locust_like::bindings
