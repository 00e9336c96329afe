// The body of a call that the script makes piece by piece.
//
// The core asks for one piece at a time, when there is room for it; it is made here, in the
// greenlet or thread that made the call, and never on an I/O thread. What makes the pieces is a
// `client/uploads.py` Upload. REQUIRES: the GIL.
#pragma once

#include "bindings/python_ref.h"
#include "engine/submission.h"

namespace locust_like::bindings {

// Tells an Upload from bytes, and fills what `request` says of it. False: exception set, when it is
// not one either.
bool read_upload(PyObject* upload, client::CallRequest& request);

// How a call that wanted pieces went on.
enum class Uploaded {
  kDone,    // the call is the caller's: its reply, or its head, is there
  kRaised,  // likewise, and it has failed because making the body raised (exception set)
  kGone,    // exception set; the call is the bridge's
};

// Makes pieces until none is wanted any more. REQUIRES: call.reply.wants something; nothing of a
// call is pending.
Uploaded upload(engine::CallOperation& call, ThreadId thread, PyObject* source);

}  // namespace locust_like::bindings
