#include "bindings/session_request.h"

#include <memory>
#include <utility>

#include "bindings/bridge.h"
#include "bindings/request_body.h"
#include "bindings/response_stream.h"
#include "bindings/response_type.h"
#include "bindings/session_cookies.h"
#include "bindings/session_pool.h"

namespace locust_like::bindings {
namespace {

// One call from its keywords to its response. What it holds while the greenlet waits are plain C++
// references, no pybind11 frame.
class Request {
 public:
  explicit Request(const RequestLine& line)
      : session_(line.session), profile_(line.profile), method_(line.method), verb_(line.verb) {}

  PyObject* run(PyObject* url, const CallOptions& options) {
    if (profile_ == nullptr) {
      PyErr_SetString(PyExc_RuntimeError, "Session.__init__() was not called");
      return nullptr;
    }
    if (!find_response_type() || !ensure_pool(session_)) return nullptr;
    Bridge& bridge = Bridge::get();
    engine::CallOperation* call = bridge.new_call();
    if (!fill(*call, url, options)) {
      bridge.recycle(call);
      return nullptr;
    }
    ++session_->in_flight;
    bool finished = bridge.wait(*call, session_->thread);
    Uploaded uploaded = Uploaded::kDone;
    if (finished && call->reply.wants != client::CallReply::Wants::kNothing) {
      uploaded = upload(*call, session_->thread, options.body);
      finished = uploaded != Uploaded::kGone;
    }
    if (!finished || call->reply.complete) note_call_ended(session_);
    if (!finished) return nullptr;
    adopt_jar(session_, call->request.jar);
    return uploaded == Uploaded::kRaised ? fail(call, options) : finish(call, options);
  }

 private:
  bool find_response_type() {
    static PyObject* const response_class = PyUnicode_InternFromString("response_class");
    PyObject* found = _PyType_Lookup(Py_TYPE(session_), response_class);
    if (found == nullptr) found = reinterpret_cast<PyObject*>(response_type);
    if (!PyType_Check(found) ||
        PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(found), response_type) == 0) {
      PyErr_Format(PyExc_TypeError, "response_class must be a subclass of Response, not %R", found);
      return false;
    }
    type_ = Ref::share(found);
    return true;
  }

  bool fill(engine::CallOperation& call, PyObject* url, const CallOptions& options) {
    ProfileObject* profile = profile_;
    client::CallRequest& request = call.request;
    // Shared pointers are only touched when they change: a steady state has no atomics here.
    if (request.profile != profile->native) request.profile = profile->native;
    if (request.jar != session_->jar) request.jar = session_->jar;
    if (!apply_options(options, request)) return false;
    http::Headers replaced;
    bool must_prepare = false;
    if (options.fields != nullptr && options.fields != Py_None &&
        !apply_fields(options.fields, profile->headers, request, replaced, must_prepare)) {
      return false;
    }
    PreparedObject* prepared = must_prepare ? prepare_with(profile, method_, url, replaced)
                                            : prepare(profile, method_, verb_, url);
    prepared_ = Ref::steal(reinterpret_cast<PyObject*>(prepared));
    if (!prepared_) return false;
    if (request.prepared != prepared->native) request.prepared = prepared->native;
    if (call.recorder != profile->recorder->native) call.recorder = profile->recorder->native;
    request.name = prepared->name_id;
    const bool named = options.name != nullptr && options.name != Py_None;
    PyObject* name = named ? options.name : session_->request_name;
    if (name != nullptr && name != Py_None) {
      name_ = Ref::share(name);
      if (!name_id(profile->recorder, method_, name, request.name)) return false;
    }
    call.pool = session_->pool;
    call.judged_by_script =
        options.catch_response || options.hooks != nullptr || profile->recorder->has_listeners();
    return true;
  }

  // The script gets what making the body raised (it is set); the row says so, too.
  PyObject* fail(engine::CallOperation* call, const CallOptions& options) {
    PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
    PyErr_Fetch(&type, &value, &traceback);
    Ref owned[] = {Ref::steal(type), Ref::steal(value), Ref::steal(traceback)};
    ResponseObject* response = make(call, options);
    if (response == nullptr) return nullptr;
    const Ref dropped = Ref::steal(reinterpret_cast<PyObject*>(response));
    if (!response->judged && !judge(response)) return nullptr;
    PyErr_Restore(owned[0].release(), owned[1].release(), owned[2].release());
    return nullptr;
  }

  PyObject* finish(engine::CallOperation* call, const CallOptions& options) {
    ResponseObject* response = make(call, options);
    if (response == nullptr) return nullptr;
    Ref owned = Ref::steal(reinterpret_cast<PyObject*>(response));
    Ref result = Ref::share(owned.get());
    if (!call->reply.complete && !start_stream(response)) return nullptr;
    if (options.hooks != nullptr && !run_hooks(response, options.hooks, result)) return nullptr;
    if (response->stream != nullptr) return result.release();
    if (!response->judged && !response->catching && !judge(response)) return nullptr;
    return result.release();
  }

  ResponseObject* make(engine::CallOperation* call, const CallOptions& options) {
    ResponseObject* response =
        make_response(reinterpret_cast<PyTypeObject*>(type_.get()), call, session_,
                      reinterpret_cast<PreparedObject*>(prepared_.get()));
    if (response == nullptr) return nullptr;
    response->name = name_.release();
    if (options.context != nullptr && options.context != Py_None) {
      response->context = Py_NewRef(options.context);
    }
    response->catching = options.catch_response;
    response->judged = !call->judged_by_script;
    return response;
  }

  // Hooks may judge the call, and return what the caller gets in place of the response.
  bool run_hooks(ResponseObject* response, PyObject* hooks, Ref& result) {
    Ref ended = Ref::steal(PyObject_CallMethod(reinterpret_cast<PyObject*>(session_), "_run_hooks",
                                               "OO", response, hooks));
    PyObject *verdict = nullptr, *returned = nullptr;
    if (!ended || !PyArg_ParseTuple(ended.get(), "OO", &verdict, &returned)) return false;
    if (verdict != Py_None) Py_XSETREF(response->verdict, Py_NewRef(verdict));
    result = Ref::share(returned);
    return true;
  }

  SessionObject* session_;
  ProfileObject* profile_;
  PyObject* method_;
  int verb_;
  Ref type_;
  Ref prepared_;
  Ref name_;  // null: the default name
};

}  // namespace

PyObject* send_request(const RequestLine& line, PyObject* url, const CallOptions& options) {
  return Request(line).run(url, options);
}

void note_call_ended(SessionObject* session) {
  if (--session->in_flight == 0 && session->closing) close_connections(session);
}

}  // namespace locust_like::bindings
