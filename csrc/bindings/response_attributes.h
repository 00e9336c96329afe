// What scripts read from a response: made from the native buffers when asked for.
#pragma once

#include "bindings/python_ref.h"

namespace locust_like::bindings {

extern PyGetSetDef response_attributes[];

PyObject* response_header_list(PyObject* self, PyObject* unused);
PyObject* response_get_header(PyObject* self, PyObject* name);
PyObject* response_request_header_list(PyObject* self, PyObject* unused);
PyObject* response_timings_ms(PyObject* self, PyObject* unused);
PyObject* response_cookie_list(PyObject* self, PyObject* unused);
PyObject* response_history_list(PyObject* self, PyObject* unused);

}  // namespace locust_like::bindings
