// Session: the waiting calls of one user, plain CPython (greenlets switch inside them).
#pragma once

#include <memory>

#include "bindings/profile_type.h"
#include "bindings/python_ref.h"
#include "engine/submission.h"
#include "http/cookies.h"

namespace locust_like::bindings {

class SharedPool;

struct SessionObject {
  PyObject_HEAD ProfileObject* profile;  // strong
  PyObject* user;                        // strong, or null
  PyObject* request_name;                // name of calls that give none; null or None: from the URL
  PyObject* weak_references;
  std::shared_ptr<http::CookieJar> jar;  // null until a reply or the script sets a cookie
  int prepares_always;                   // every call goes through _prepare()
  engine::PoolHandle* pool;              // used and destroyed by its I/O thread
  std::shared_ptr<SharedPool> shared;    // whose `pool` is; null: the session's own
  ThreadId thread;
  uint32_t epoch;  // of the bridge that the pool and the thread belong to
  int in_flight;   // calls
  bool closing;    // close() was called while some were
};

extern PyTypeObject* session_type;
bool add_session_type(PyObject* module);  // false: exception set

}  // namespace locust_like::bindings
