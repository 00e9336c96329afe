// Module functions that wait or steer the engine; plain CPython like everything that waits.
#pragma once

#include "bindings/python_ref.h"

namespace locust_like::bindings {

bool add_core_functions(PyObject* module);  // false: exception set

}  // namespace locust_like::bindings
