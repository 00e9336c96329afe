#include "bindings/request_body.h"

#include <string>
#include <utility>

#include "bindings/bridge.h"

namespace locust_like::bindings {
namespace {

using Step = client::CallRequest::Step;
using Wants = client::CallReply::Wants;

// Puts the next piece into the call; an empty one is the end. False: exception set.
bool make_piece(engine::CallOperation& call, PyObject* source) {
  if (call.reply.wants == Wants::kFirstPiece) {
    Ref rewound = Ref::steal(PyObject_CallMethod(source, "rewind", nullptr));
    if (!rewound) return false;
  }
  Ref piece = Ref::steal(PyObject_CallMethod(source, "next_piece", nullptr));
  Py_buffer view;
  if (!piece || PyObject_GetBuffer(piece.get(), &view, PyBUF_SIMPLE) < 0) return false;
  call.request.body.assign(static_cast<const char*>(view.buf), static_cast<size_t>(view.len));
  call.request.step = view.len > 0 ? Step::kPiece : Step::kLastPiece;
  PyBuffer_Release(&view);
  return true;
}

// The engine, or the process that had it, ended while a piece was made.
void lose(engine::CallOperation& call) {
  call.reply.status = {Code::kCancelled, "the engine stopped while the body was sent"};
  call.reply.wants = Wants::kNothing;
  call.reply.complete = true;
  call.judged_by_script = false;
}

// What is raised, for the row of the call.
std::string describe_raised() {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  Ref text = Ref::steal(
      PyUnicode_FromFormat("making the body raised %s: %S", Py_TYPE(value)->tp_name, value));
  const char* utf8 = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
  std::string described = utf8 != nullptr ? utf8 : "making the body raised an exception";
  PyErr_Clear();
  PyErr_Restore(type, value, traceback);
  return described;
}

// Waits with the exception that is set put aside; one of the waiting goes before it.
bool wait_apart(engine::CallOperation& call, ThreadId thread) {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  if (Bridge::get().wait(call, thread)) {
    PyErr_Restore(type, value, traceback);
    return true;
  }
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
  return false;
}

}  // namespace

bool read_upload(PyObject* upload, client::CallRequest& request) {
  Ref length = Ref::steal(PyObject_GetAttrString(upload, "length_bytes"));
  Ref rewinds = Ref::steal(length ? PyObject_GetAttrString(upload, "rewinds") : nullptr);
  if (!rewinds) {
    PyErr_Format(PyExc_TypeError, "a body is bytes or an Upload, not %s", Py_TYPE(upload)->tp_name);
    return false;
  }
  if (length.get() != Py_None) {
    request.upload_bytes = PyLong_AsUnsignedLongLong(length.get());
    if (PyErr_Occurred() != nullptr) return false;
  }
  request.rewinds = rewinds.get() == Py_True;
  request.uploads = request.has_body = true;
  return true;
}

Uploaded upload(engine::CallOperation& call, ThreadId thread, PyObject* source) {
  const uint32_t epoch = Bridge::get().epoch();
  while (call.reply.wants != Wants::kNothing) {
    const bool made = make_piece(call, source);
    Bridge& bridge = Bridge::get();  // another one in a child of fork()
    if (!bridge.running() || bridge.epoch() != epoch) {
      lose(call);
      return made ? Uploaded::kDone : Uploaded::kRaised;
    }
    if (made) {
      if (!bridge.wait(call, thread)) return Uploaded::kGone;
    } else if (PyErr_ExceptionMatches(PyExc_Exception) != 0) {
      call.request.step = Step::kFail;
      call.request.body = describe_raised();
      return wait_apart(call, thread) ? Uploaded::kRaised : Uploaded::kGone;
    } else {  // killed, or out of time
      call.request.step = Step::kFail;
      call.request.cancelled = true;
      bridge.let_end(call, thread);
      return Uploaded::kGone;
    }
  }
  return Uploaded::kDone;
}

}  // namespace locust_like::bindings
