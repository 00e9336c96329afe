#include "bindings/response_stream.h"

#include <memory>
#include <string>
#include <utility>

#include "bindings/response_attributes.h"
#include "bindings/session_request.h"

namespace locust_like::bindings {
namespace {

using Step = client::CallRequest::Step;

constexpr Py_ssize_t kPieceBytes = 131072;  // that the decoder gives at a time

ResponseObject* as_response(PyObject* self) { return reinterpret_cast<ResponseObject*>(self); }

bool is_running(const ResponseStream& stream) {
  Bridge& bridge = Bridge::get();
  return bridge.running() && stream.epoch == bridge.epoch();
}

// The call is the bridge's: what is known of it stays readable in another one.
void leave_call(ResponseObject* self) {
  const engine::CallOperation& left = *self->call;
  engine::CallOperation* kept = Bridge::get().new_call();
  kept->request = left.request;
  kept->reply.head = left.reply.head;
  kept->reply.history = left.reply.history;
  kept->reply.final_url = left.reply.final_url;
  kept->reply.remote_address = left.reply.remote_address;
  kept->reply.taken_up = left.reply.taken_up;
  kept->reply.status = {Code::kCancelled, "given up while its body was read"};
  kept->reply.complete = true;
  kept->sample.outcome = stats::Outcome::kCancelled;
  self->call = kept;
  self->stream->ended = true;
  self->judged = true;
  note_call_ended(self->session);
}

// The engine, or the process that had it, has ended.
void lose_call(ResponseObject* self) {
  self->call->reply.status = {Code::kCancelled, "the engine stopped while the body was read"};
  self->call->reply.complete = true;
  self->judged = true;
  note_call_ended(self->session);
}

// Waits until the call comes back. False: exception set.
bool advance(ResponseObject* self, Step step) {
  ResponseStream& stream = *self->stream;
  if (stream.waiting) {
    PyErr_SetString(PyExc_RuntimeError, "another greenlet reads the body of this response");
    return false;
  }
  stream.rest = {};
  stream.decoder_is_full = false;
  if (!is_running(stream)) {
    lose_call(self);
    return true;
  }
  self->call->request.step = step;
  const Ref alive = Ref::share(reinterpret_cast<PyObject*>(self));
  stream.waiting = true;
  const bool came_back = Bridge::get().wait(*self->call, stream.thread);
  stream.waiting = false;
  if (!came_back) {
    leave_call(self);
    return false;
  }
  stream.rest = self->call->reply.body;
  if (!self->call->reply.complete) return true;
  if (stream.response_time_ns >= 0) {
    self->call->sample.response_time_ns = stream.response_time_ns;
  }
  note_call_ended(self->session);
  return true;
}

// Nobody reads on: counts the call unless a with block does. False: exception set.
bool settle(ResponseObject* self) {
  self->stream->ended = true;
  return self->judged || self->catching || judge(self);
}

// What came cannot be used: that is how the call ended. False: exception set.
bool fail(ResponseObject* self, const Status& status) {
  if (!self->call->reply.complete) {
    if (!self->call->judged_by_script) {
      self->call->judged_by_script = true;  // the I/O thread would call it a success
      self->judged = false;
    }
    if (!advance(self, Step::kEnd)) return false;
  }
  fail_body(self, status);
  return settle(self);
}

// The next bytes of what came, perhaps none; null with or without an exception.
PyObject* decode_some(ResponseObject* self) {
  ResponseStream& stream = *self->stream;
  if (stream.decoder->changes_nothing()) {
    const std::string_view piece = std::exchange(stream.rest, {});
    return PyBytes_FromStringAndSize(piece.data(), static_cast<Py_ssize_t>(piece.size()));
  }
  PyObject* piece = PyBytes_FromStringAndSize(nullptr, kPieceBytes);
  if (piece == nullptr) return nullptr;
  const Result<size_t> size =
      stream.decoder->decode(stream.rest, PyBytes_AS_STRING(piece), kPieceBytes);
  if (!size.ok()) {
    Py_DECREF(piece);
    fail(self, size.status());
    return nullptr;
  }
  stream.decoder_is_full = size.value() == static_cast<size_t>(kPieceBytes);
  _PyBytes_Resize(&piece, static_cast<Py_ssize_t>(size.value()));
  return piece;
}

bool make_decoder(ResponseObject* self) {
  auto decoder = http::ContentDecoder::make(all_codings(self->call->reply.head.headers));
  if (!decoder.ok()) return fail(self, decoder.status());
  self->stream->decoder = std::move(decoder).value();
  return true;
}

bool reach_end(ResponseObject* self) {
  const Status& how = self->call->reply.status;
  const Status decoded = how.ok() && self->stream->decoder ? self->stream->decoder->finish() : how;
  return how.ok() && !decoded.ok() ? fail(self, decoded) : settle(self);
}

// Empty bytes at the end of the body; null: exception set.
PyObject* next_piece(ResponseObject* self) {
  ResponseStream& stream = *self->stream;
  while (!stream.ended) {
    if (!stream.rest.empty() || stream.decoder_is_full) {
      if (!stream.decoder) {
        if (!make_decoder(self)) return nullptr;
        continue;
      }
      Ref piece = Ref::steal(decode_some(self));
      if (!piece && PyErr_Occurred() != nullptr) return nullptr;
      if (piece && PyBytes_GET_SIZE(piece.get()) > 0) return piece.release();
      continue;
    }
    const bool went_on = self->call->reply.complete ? reach_end(self) : advance(self, Step::kNext);
    if (!went_on) return nullptr;
  }
  return PyBytes_FromStringAndSize(nullptr, 0);
}

}  // namespace

bool start_stream(ResponseObject* self) {
  self->stream = std::make_unique<ResponseStream>().release();
  self->stream->thread = self->session->thread;
  self->stream->epoch = Bridge::get().epoch();
  return true;
}

PyObject* read_stream(ResponseObject* self) {
  Ref pieces = Ref::steal(PyList_New(0));
  size_t size = 0;
  const size_t limit = self->call->request.profile->options.max_body_bytes;
  while (pieces) {
    Ref piece = Ref::steal(next_piece(self));
    if (!piece) return nullptr;
    if (PyBytes_GET_SIZE(piece.get()) == 0) break;
    size += static_cast<size_t>(PyBytes_GET_SIZE(piece.get()));
    if (size > limit) {
      const std::string text = "the body is larger than " + std::to_string(limit) + " bytes";
      if (!fail(self, {Code::kTooLarge, text})) return nullptr;
    } else if (PyList_Append(pieces.get(), piece.get()) < 0) {
      return nullptr;
    }
  }
  const Status& status = self->call->reply.status;
  const bool useless = status.code() == Code::kDecode || status.code() == Code::kTooLarge;
  if (!status.ok() && !useless) Py_RETURN_NONE;
  Ref empty = Ref::steal(PyBytes_FromStringAndSize(nullptr, 0));
  if (useless || !empty) return empty.release();
  return PyObject_CallMethod(empty.get(), "join", "O", pieces.get());
}

bool close_stream(ResponseObject* self) {
  if (self->stream->ended) return true;
  if (!self->call->reply.complete && !advance(self, Step::kEnd)) return false;
  self->stream->rest = {};
  self->stream->decoder_is_full = false;
  return settle(self);
}

void forget_stream(ResponseObject* self) {
  const std::unique_ptr<ResponseStream> stream(std::exchange(self->stream, nullptr));
  if (self->call->reply.complete) return;
  engine::CallOperation* call = std::exchange(self->call, nullptr);
  // Nobody is left who could judge it; in a child of fork() it stays the parent's.
  if (is_running(*stream)) {
    if (self->catching && !self->judged) call->request.cancelled = true;
    call->judged_by_script = false;
    call->request.step = Step::kEnd;
    Bridge::get().let_end(*call, stream->thread);
  } else if (!Bridge::was_forked()) {
    Bridge::get().recycle(call);
  }
  self->judged = true;
  note_call_ended(self->session);
}

PyObject* response_next_piece(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  if (self->stream != nullptr) return next_piece(self);
  PyErr_SetString(PyExc_RuntimeError, "the body is there already: this call was not streamed");
  return nullptr;
}

PyObject* response_leave_encoded(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  if (self->stream != nullptr) {
    auto nothing = http::ContentDecoder::make("");
    if (nothing.ok()) self->stream->decoder = std::move(nothing).value();
  }
  Py_RETURN_NONE;
}

PyObject* response_close(PyObject* object, PyObject* /*unused*/) {
  auto* self = as_response(object);
  if (self->stream != nullptr && !close_stream(self)) return nullptr;
  Py_RETURN_NONE;
}

}  // namespace locust_like::bindings
