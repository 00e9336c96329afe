// The keywords of one call, read from a vectorcall or from what Session._prepare() returned.
#pragma once

#include "bindings/profile_type.h"
#include "bindings/python_ref.h"
#include "client/call.h"

namespace locust_like::bindings {

// Borrowed references, valid as long as the arguments they were read from.
struct CallOptions {
  PyObject* name = nullptr;
  PyObject* context = nullptr;
  PyObject* timeout = nullptr;
  PyObject* total_timeout = nullptr;
  PyObject* body = nullptr;
  PyObject* fields = nullptr;
  PyObject* cookie_line = nullptr;
  PyObject* digest = nullptr;
  PyObject* hooks = nullptr;
  PyObject* allow_redirects = nullptr;
  PyObject* discard_body = nullptr;
  PyObject* stream = nullptr;
  bool catch_response = false;

  // kOther: not a native keyword, Session._prepare() has to translate. kError: exception set.
  enum class Read { kTaken, kOther, kError };
  Read read(PyObject* keyword, PyObject* value);
};

// Reads a time limit in seconds, None = none (0). False: exception set, which calls it `what`.
bool read_duration(PyObject* value, const char* what, Nanos& out);

// Fills what the options say into `request`, whose profile is set. False: exception set.
bool apply_options(const CallOptions& options, client::CallRequest& request);

// Header fields of one call. Rendered into `request.extra_head` when they only add to the
// profile's; otherwise `replaced` becomes the whole list and `must_prepare` true (also for
// credentials, which redirects must be able to drop). False: exception set.
bool apply_fields(PyObject* fields, const http::Headers& defaults, client::CallRequest& request,
                  http::Headers& replaced, bool& must_prepare);

}  // namespace locust_like::bindings
