// One call of a session, from its keywords to its response.
#pragma once

#include "bindings/call_options.h"
#include "bindings/session_type.h"

namespace locust_like::bindings {

// Borrowed references, valid during the call.
struct RequestLine {
  SessionObject* session;
  ProfileObject* profile;  // null where Session.__init__() was not called
  PyObject* method;
  int verb;  // index into kVerbs, or kOtherVerb
};

// Sends it and waits. A new reference of the response, or null with an exception set.
PyObject* send_request(const RequestLine& line, PyObject* url, const CallOptions& options);

// A call has ended: close() may have waited for it.
void note_call_ended(SessionObject* session);

}  // namespace locust_like::bindings
