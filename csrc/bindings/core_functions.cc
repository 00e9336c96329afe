#include "bindings/core_functions.h"

#include "bindings/bridge.h"

namespace locust_like::bindings {
namespace {

PyObject* core_sleep(PyObject* /*module*/, PyObject* seconds_object) {
  const double seconds = PyFloat_AsDouble(seconds_object);
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) return nullptr;
  if (!(seconds >= 0) || seconds > 1e9) {
    PyErr_Format(PyExc_ValueError, "sleep needs a number of seconds >= 0, not %R", seconds_object);
    return nullptr;
  }
  Bridge& bridge = Bridge::get();
  if (bridge.engine() == nullptr) return nullptr;
  engine::SleepOperation* sleep = bridge.new_sleep();
  sleep->due =
      steady_now() + std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
  if (!bridge.wait(*sleep, ThreadId{0})) return nullptr;
  bridge.recycle(sleep);
  Py_RETURN_NONE;
}

PyObject* core_hub_is_waiting(PyObject* /*module*/, PyObject* /*unused*/) {
  return PyLong_FromLong(Bridge::get().waiting());
}

PyObject* core_flush(PyObject* /*module*/, PyObject* /*unused*/) {
  Bridge::get().flush();
  Py_RETURN_NONE;
}

PyObject* core_shutdown(PyObject* /*module*/, PyObject* /*unused*/) {
  Bridge::get().shutdown();
  Py_RETURN_NONE;
}

PyMethodDef core_methods[] = {
    {"sleep", core_sleep, METH_O,
     "Let this greenlet wait on the timing wheel of the engine; others run meanwhile."},
    {"hub_is_waiting", core_hub_is_waiting, METH_NOARGS,
     "Return how many greenlets are in a call or a sleep now."},
    {"flush", core_flush, METH_NOARGS, "Hand the pending batch of submissions to the I/O threads."},
    {"shutdown", core_shutdown, METH_NOARGS,
     "Stop the I/O threads; running calls end as cancelled."},
    {nullptr, nullptr, 0, nullptr},
};

// Threads must not run into a finalised interpreter.
bool stop_at_exit(PyObject* module) {
  Ref atexit = Ref::steal(PyImport_ImportModule("atexit"));
  Ref stop = Ref::steal(PyObject_GetAttrString(module, "shutdown"));
  if (!atexit || !stop) return false;
  return static_cast<bool>(
      Ref::steal(PyObject_CallMethod(atexit.get(), "register", "O", stop.get())));
}

}  // namespace

bool add_core_functions(PyObject* module) {
  Bridge::get();  // remembers the thread that imports us as the main one
  return PyModule_AddFunctions(module, core_methods) == 0 && stop_at_exit(module);
}

}  // namespace locust_like::bindings
