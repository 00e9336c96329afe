#include "bindings/errors.h"

namespace locust_like::bindings {

PyObject* raise_status(const Status& status) {
  PyObject* type = PyExc_RuntimeError;
  switch (status.code()) {
    case Code::kInvalidArgument:
    case Code::kDecode:
      type = PyExc_ValueError;
      break;
    case Code::kTls:
    case Code::kResources:
      type = PyExc_OSError;
      break;
    default:
      break;
  }
  PyErr_SetString(type, status.message().c_str());
  return nullptr;
}

void raise_blocking_switch_out() {
  Ref exceptions = Ref::steal(PyImport_ImportModule("gevent.exceptions"));
  if (!exceptions) return;
  Ref type = Ref::steal(PyObject_GetAttrString(exceptions.get(), "BlockingSwitchOutError"));
  if (!type) return;
  PyErr_SetString(type.get(),
                  "a request or sleep was made in the event loop's own callback; "
                  "do it in a greenlet (gevent.spawn)");
}

}  // namespace locust_like::bindings
