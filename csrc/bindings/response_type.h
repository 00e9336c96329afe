// Response: one object around the native reply; Python objects come into being when read.
//
// Plain CPython and not GC-tracked: a load test makes and drops millions. It owns the call
// operation whose buffers hold the reply and gives it back to the bridge when it dies.
#pragma once

#include "bindings/bridge.h"
#include "bindings/profile_type.h"
#include "bindings/python_ref.h"

namespace locust_like::bindings {

struct ResponseStream;
struct SessionObject;

struct ResponseObject {
  PyObject_HEAD engine::CallOperation* call;  // owned
  ResponseStream* stream;                     // owned; null: the whole body came with the call
  SessionObject* session;                     // strong
  PreparedObject* prepared;                   // strong
  PyObject* name;                             // str; null: the default name
  PyObject* row_method;                       // str; null: the method that was sent
  PyObject* context;                          // dict or null
  PyObject* extra;                            // dict, made on first use
  PyObject* content;                          // bytes, made when read
  PyObject* verdict;  // null: none said; True: success; else what failure() got
  bool catching;      // made with catch_response=True
  bool entered;       // inside the with block
  bool judged;        // its row is on the way to the table
};

extern PyTypeObject* response_type;
bool add_response_type(PyObject* module);  // false: exception set

// Takes over `call`; a new reference of `type` (response_type or a subclass), or null.
ResponseObject* make_response(PyTypeObject* type, engine::CallOperation* call,
                              SessionObject* session, PreparedObject* prepared);
// Hands the row over as the native outcome or the script's verdict says, then tells listeners
// through session._report(response). False: a listener steers the task (exception set).
bool judge(ResponseObject* response);

}  // namespace locust_like::bindings
