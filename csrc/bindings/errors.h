// Status -> Python exception, one table.
#pragma once

#include "base/status.h"
#include "bindings/python_ref.h"

namespace locust_like::bindings {

// Sets the exception and returns null, so `return raise_status(s);` works everywhere.
PyObject* raise_status(const Status& status);
// gevent.exceptions.BlockingSwitchOutError: somebody waits in the event loop's own callback.
void raise_blocking_switch_out();

}  // namespace locust_like::bindings
