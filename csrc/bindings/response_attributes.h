// What scripts read from a response: made from the native buffers when asked for.
#pragma once

#include <string>

#include "base/status.h"
#include "bindings/python_ref.h"
#include "http/headers.h"

namespace locust_like::bindings {

struct ResponseObject;

extern PyGetSetDef response_attributes[];

PyObject* response_header_list(PyObject* self, PyObject* unused);
PyObject* response_get_header(PyObject* self, PyObject* name);
PyObject* response_request_header_list(PyObject* self, PyObject* unused);
PyObject* response_capture(PyObject* self, PyObject* unused);
PyObject* response_timings_ms(PyObject* self, PyObject* unused);
PyObject* response_cookie_list(PyObject* self, PyObject* unused);
PyObject* response_history_list(PyObject* self, PyObject* unused);

// The value of Content-Encoding; several fields are one list (RFC 9110 5.3).
std::string all_codings(const http::Headers& headers);
// The body cannot be used: turns the call into a failure, unless the script has judged it already.
// REQUIRES: the reply is complete.
void fail_body(ResponseObject* response, const Status& status);

}  // namespace locust_like::bindings
