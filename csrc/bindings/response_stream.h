// ResponseStream: the body of a response that is still on its way (stream=True).
//
// The call goes to the I/O thread for each piece and comes back with it, so its buffers have one
// owner at a time and a script that reads slowly slows the server down. Decoding happens here, a
// piece at a time. The call is counted when the body has ended, or was closed.
// REQUIRES: the GIL. Functions that take the next piece wait in their greenlet.
#pragma once

#include <optional>
#include <string_view>

#include "bindings/response_type.h"
#include "http/content_decoding.h"

namespace locust_like::bindings {

struct ResponseStream {
  ThreadId thread;
  uint32_t epoch = 0;  // of the bridge that has the call
  std::optional<http::ContentDecoder> decoder;
  std::string_view rest;  // of reply.body, not decoded yet
  bool decoder_is_full = false;
  bool waiting = false;           // a greenlet does
  bool ended = false;             // the script has had all it gets
  int64_t response_time_ns = -1;  // what the script said, which stands
};

// The reply's head is there, the call goes on. False: exception set.
bool start_stream(ResponseObject* response);
// What has not been read yet, as Response.content gives it.
PyObject* read_stream(ResponseObject* response);
// Ends the call and drops the rest of the body. False: exception set.
bool close_stream(ResponseObject* response);
// The response dies: ends the call without waiting. The call may be the bridge's afterwards (null).
void forget_stream(ResponseObject* response);

PyObject* response_next_piece(PyObject* self, PyObject* unused);
// The pieces are what came over the wire.
PyObject* response_leave_encoded(PyObject* self, PyObject* unused);
PyObject* response_close(PyObject* self, PyObject* unused);

}  // namespace locust_like::bindings
