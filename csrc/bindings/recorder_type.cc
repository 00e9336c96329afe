#include "bindings/recorder_type.h"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "bindings/bind_stats.h"
#include "bindings/bridge.h"
#include "bindings/errors.h"
#include "bindings/fired_request.h"
#include "bindings/network_options.h"
#include "bindings/profile_type.h"

namespace locust_like::bindings {
namespace {

RecorderObject* as_recorder(PyObject* self) { return reinterpret_cast<RecorderObject*>(self); }

PyObject* recorder_new(PyTypeObject* type, PyObject* /*args*/, PyObject* /*kwargs*/) {
  auto* self = as_recorder(type->tp_alloc(type, 0));
  if (self == nullptr) return nullptr;
  new (&self->native) std::shared_ptr<engine::Recorder>(
      std::make_shared<engine::Recorder>(Bridge::get().io_threads()));
  new (&self->targets)
      std::shared_ptr<const client::TargetRules>(std::make_shared<const client::TargetRules>());
  new (&self->sources) std::shared_ptr<const client::SourceAddresses>();
  new (&self->dns) std::shared_ptr<const loop::Resolver::Options>();
  new (&self->shared_pools) std::map<std::string, std::weak_ptr<SharedPool>>();
  self->epoch = 0;
  self->pid = getpid();
  self->names = PyDict_New();
  self->profiles = PyDict_New();
  if (self->names == nullptr || self->profiles == nullptr) {
    Py_DECREF(self);
    return nullptr;
  }
  return reinterpret_cast<PyObject*>(self);
}

int recorder_traverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = as_recorder(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->names);
  Py_VISIT(self->profiles);
  Py_VISIT(self->listeners);
  return 0;
}

int recorder_clear(PyObject* object) {
  auto* self = as_recorder(object);
  Py_CLEAR(self->names);
  Py_CLEAR(self->profiles);
  Py_CLEAR(self->listeners);
  return 0;
}

void recorder_dealloc(PyObject* object) {
  PyObject_GC_UnTrack(object);
  auto* self = as_recorder(object);
  Bridge& bridge = Bridge::get();
  if (bridge.running() && self->epoch == bridge.epoch()) {
    bridge.flush();
    bridge.engine()->remove_recorder(self->native);
  }
  recorder_clear(object);
  self->native.~shared_ptr();
  self->targets.~shared_ptr();
  self->sources.~shared_ptr();
  self->dns.~shared_ptr();
  self->shared_pools.~map();
  PyTypeObject* type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* recorder_set_listeners(PyObject* object, PyObject* args) {
  PyObject* listeners = nullptr;
  if (!PyArg_ParseTuple(args, "O!:set_listeners", &PyList_Type, &listeners)) return nullptr;
  auto* self = as_recorder(object);
  Py_INCREF(listeners);
  Py_XSETREF(self->listeners, listeners);
  Py_RETURN_NONE;
}

PyObject* recorder_fire(PyObject* object, PyObject* const* args, Py_ssize_t nargs,
                        PyObject* kwnames) {
  if (nargs != 0) {
    PyErr_SetString(PyExc_TypeError, "request.fire() takes keywords only");
    return nullptr;
  }
  auto* self = as_recorder(object);
  const Fired fired = fired_of(args, kwnames);
  stats::Sample sample;
  std::string failure_text;
  if (!read_fired(fired, sample, failure_text) || !ensure_registered(self) ||
      !name_id(self, fired.request_type, fired.name, sample.name)) {
    return nullptr;
  }
  submit_sample(self, sample, std::move(failure_text), ThreadId{0});
  // A listener may change the list while it runs.
  for (Py_ssize_t i = 0; self->listeners != nullptr && i < PyList_GET_SIZE(self->listeners); ++i) {
    Ref listener = Ref::share(PyList_GET_ITEM(self->listeners, i));
    Ref result = Ref::steal(PyObject_Vectorcall(listener.get(), args, 0, kwnames));
    if (!result) return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* recorder_profile(PyObject* object, PyObject* args, PyObject* kwargs) {
  auto* self = as_recorder(object);
  PyObject *base_url = nullptr, *headers = nullptr;
  if (!PyArg_ParseTuple(args, "UO:profile", &base_url, &headers)) return nullptr;
  Ref items = Ref::steal(PySequence_Tuple(headers));
  Ref options = Ref::steal(kwargs == nullptr ? PyDict_New() : PyDict_Copy(kwargs));
  if (!items || !options) return nullptr;
  Ref pairs = Ref::steal(PyDict_Items(options.get()));
  if (!pairs || PyList_Sort(pairs.get()) < 0) return nullptr;
  Ref frozen = Ref::steal(PyList_AsTuple(pairs.get()));
  Ref key = Ref::steal(PyTuple_Pack(3, base_url, items.get(), frozen.get()));
  if (!key) return nullptr;
  PyObject* known = PyDict_GetItemWithError(self->profiles, key.get());
  if (known != nullptr) return Py_NewRef(known);
  if (PyErr_Occurred() != nullptr) return nullptr;
  PyObject* made = make_profile(self, base_url, items.get(), options.get());
  if (made == nullptr) return nullptr;
  constexpr Py_ssize_t kMaxProfiles = 10000;  // a script that changes headers all the time
  if (PyDict_GET_SIZE(self->profiles) >= kMaxProfiles) PyDict_Clear(self->profiles);
  if (PyDict_SetItem(self->profiles, key.get(), made) < 0) Py_CLEAR(made);
  return made;
}

// In a forked child: the parent counts what was counted before.
void forget_parent(RecorderObject* self) {
  if (self->pid == getpid()) return;
  self->native->restart();
  self->pid = getpid();
}

// Flushes, waits (without the GIL) until every I/O thread has handed its counts over.
void collect_all(RecorderObject* self) {
  forget_parent(self);
  Bridge& bridge = Bridge::get();
  if (!bridge.running() || self->epoch != bridge.epoch()) return self->native->merge_closed();
  bridge.flush();
  const std::shared_ptr<engine::Engine> engine = bridge.engine();
  Py_BEGIN_ALLOW_THREADS;
  engine->collect(*self->native);
  Py_END_ALLOW_THREADS;
}

PyObject* recorder_collect(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_recorder(object);
  // Before the threads are asked: of what comes meanwhile some is in it and some is not.
  const TimePoint now = steady_now();
  collect_all(self);
  auto snapshot = std::make_shared<const stats::Snapshot>(self->native->collector().snapshot(now));
  return to_python(std::move(snapshot)).release().ptr();
}

template <typename... Out>
bool parse(PyObject* args, PyObject* kwargs, const char* format, const char** keywords,
           Out*... out) {
  return PyArg_ParseTupleAndKeywords(args, kwargs, format, const_cast<char**>(keywords), out...) !=
         0;
}

PyObject* recorder_window(PyObject* object, PyObject* args, PyObject* kwargs) {
  double seconds = 10;
  static const char* keywords[] = {"seconds", nullptr};
  if (!parse(args, kwargs, "|d:window", keywords, &seconds)) return nullptr;
  auto* self = as_recorder(object);
  const TimePoint now = steady_now();
  collect_all(self);
  const auto span = std::chrono::seconds(static_cast<int64_t>(std::max(seconds, 1.0)));
  auto snapshot =
      std::make_shared<const stats::Snapshot>(self->native->collector().window(span, now));
  return to_python(std::move(snapshot)).release().ptr();
}

// Python's monotonic seconds as a moment of the steady clock (the same clock on Linux).
TimePoint moment(double seconds) {
  return TimePoint(std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds)));
}

PyObject* recorder_timeline(PyObject* object, PyObject* args, PyObject* kwargs) {
  double since_s = 0;
  static const char* keywords[] = {"since_s", nullptr};
  if (!parse(args, kwargs, "|d:timeline", keywords, &since_s)) return nullptr;
  auto* self = as_recorder(object);
  collect_all(self);
  return to_python(self->native->collector().timeline(moment(since_s))).release().ptr();
}

PyObject* recorder_endpoint_timeline(PyObject* object, PyObject* args, PyObject* kwargs) {
  const char *method = nullptr, *name = nullptr;
  double since_s = 0;
  static const char* keywords[] = {"method", "name", "since_s", nullptr};
  if (!parse(args, kwargs, "ss|d:endpoint_timeline", keywords, &method, &name, &since_s)) {
    return nullptr;
  }
  auto* self = as_recorder(object);
  collect_all(self);
  auto points = self->native->collector().timeline(method, name, moment(since_s));
  return to_python(std::move(points)).release().ptr();
}

PyObject* recorder_reset(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_recorder(object);
  Bridge& bridge = Bridge::get();
  if (!bridge.running() || self->epoch != bridge.epoch()) {
    self->native->reset();
    Py_RETURN_NONE;
  }
  bridge.flush();
  const std::shared_ptr<engine::Engine> engine = bridge.engine();
  Py_BEGIN_ALLOW_THREADS;
  engine->reset(*self->native);
  Py_END_ALLOW_THREADS;
  Py_RETURN_NONE;
}

PyMethodDef recorder_methods[] = {
    {"set_listeners", recorder_set_listeners, METH_VARARGS,
     "Share the list of callables that fire() calls after counting."},
    {"fire", as_method(recorder_fire), METH_FASTCALL | METH_KEYWORDS,
     "Count one finished request that a script reports, then call the listeners."},
    {"profile", as_method(recorder_profile), METH_VARARGS | METH_KEYWORDS,
     "Return the profile of these arguments; equal arguments give the same object."},
    {"set_targets", as_method(recorder_set_targets), METH_VARARGS | METH_KEYWORDS,
     "Say which servers the profiles made from now on may reach, and where names lead."},
    {"set_network", as_method(recorder_set_network), METH_VARARGS | METH_KEYWORDS,
     "Say where connections of profiles made from now on start, and who knows names."},
    {"collect", recorder_collect, METH_NOARGS,
     "Take over what every I/O thread counted until now and return the sum."},
    {"window", as_method(recorder_window), METH_VARARGS | METH_KEYWORDS,
     "Return only what finished in the last whole seconds."},
    {"timeline", as_method(recorder_timeline), METH_VARARGS | METH_KEYWORDS,
     "Return totals per interval, oldest first."},
    {"endpoint_timeline", as_method(recorder_endpoint_timeline), METH_VARARGS | METH_KEYWORDS,
     "Return the intervals of one method and name, oldest first."},
    {"reset", recorder_reset, METH_NOARGS,
     "Forget all counts; calls in flight are counted afterwards."},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot recorder_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(recorder_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(recorder_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(recorder_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(recorder_clear)},
    {Py_tp_methods, recorder_methods},
    {0, nullptr},
};

PyType_Spec recorder_spec = {"locust_like._core.Recorder", sizeof(RecorderObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, recorder_slots};

}  // namespace

PyTypeObject* recorder_type = nullptr;

bool ensure_registered(RecorderObject* recorder) {
  Bridge& bridge = Bridge::get();
  const std::shared_ptr<engine::Engine> engine = bridge.engine();
  if (engine == nullptr) return false;
  if (recorder->epoch == bridge.epoch()) return true;
  forget_parent(recorder);
  Py_BEGIN_ALLOW_THREADS;
  engine->add_recorder(recorder->native);
  Py_END_ALLOW_THREADS;
  recorder->epoch = bridge.epoch();
  return true;
}

bool name_id(RecorderObject* recorder, PyObject* method, PyObject* name, NameId& id) {
  PyObject* of_method = PyDict_GetItemWithError(recorder->names, method);
  if (of_method == nullptr) {
    if (PyErr_Occurred() != nullptr) return false;
    Ref made = Ref::steal(PyDict_New());
    if (!made || PyDict_SetItem(recorder->names, method, made.get()) < 0) return false;
    of_method = made.get();
  }
  PyObject* known = PyDict_GetItemWithError(of_method, name);
  if (known != nullptr) {
    id.value = static_cast<uint32_t>(PyLong_AsUnsignedLong(known));
    return true;
  }
  if (PyErr_Occurred() != nullptr) return false;
  Ref method_text = Ref::steal(PyObject_Str(method));
  Ref name_text = Ref::steal(PyObject_Str(name));
  if (!method_text || !name_text) return false;
  const char* method_utf8 = PyUnicode_AsUTF8(method_text.get());
  const char* name_utf8 = PyUnicode_AsUTF8(name_text.get());
  if (method_utf8 == nullptr || name_utf8 == nullptr) return false;
  id = recorder->native->intern(method_utf8, name_utf8);
  constexpr Py_ssize_t kMaxCached = 20000;  // names beyond the cap all lead to "(other)"
  if (PyDict_GET_SIZE(of_method) >= kMaxCached) PyDict_Clear(of_method);
  Ref number = Ref::steal(PyLong_FromUnsignedLong(id.value));
  return number && PyDict_SetItem(of_method, name, number.get()) == 0;
}

void submit_sample(RecorderObject* recorder, const stats::Sample& sample, std::string failure_text,
                   ThreadId thread, const client::Call* call) {
  std::shared_ptr<const stats::Capture> capture;
  if (call != nullptr && recorder->native->wants_capture(sample, failure_text)) {
    capture = call->capture();
  }
  Bridge::get().add_sample(
      {recorder->native.get(), sample, std::move(failure_text), std::move(capture)}, thread);
}

bool failure_text_of(PyObject* exception, std::string& text) {
  Ref repr = Ref::steal(PyObject_Repr(exception));
  if (!repr) return false;
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(repr.get(), &size);
  if (utf8 == nullptr) return false;
  text.assign(utf8, static_cast<size_t>(size));
  if (PyUnicode_Check(exception)) text = "CatchResponseError(" + text + ")";
  return true;
}

bool add_recorder_types(PyObject* module) {
  recorder_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&recorder_spec));
  return recorder_type != nullptr && add_profile_types() &&
         PyModule_AddObjectRef(module, "Recorder", reinterpret_cast<PyObject*>(recorder_type)) ==
             0 &&
         PyModule_AddObjectRef(module, "Profile", reinterpret_cast<PyObject*>(profile_type)) == 0;
}

}  // namespace locust_like::bindings
