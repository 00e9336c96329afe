// H1ServerCodec: the server side of one HTTP/1.1 connection; requests in, events out.
//
// Design: the same head parser and body reader as the client, so both obey the same limits and the
// same strictness. Requests may be pipelined: events of one request are complete before the first
// event of the next; the owner answers in that order. The owner writes replies itself.
// Thread: the loop's. Nothing throws. A sink must not destroy the codec inside a callback; it may
// call stop().
// Source: RFC 9112, RFC 9110 10.1.1 (Expect).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "http/body_reader.h"
#include "http/head_parser.h"
#include "http/message.h"

namespace locust_like::http {

class RequestSink {
 public:
  virtual ~RequestSink() = default;
  // A request's head. `head` lives until the next on_head or on_failed; keep_alive in it says
  // whether the connection may go on afterwards. `expects_continue`: the peer waits for
  // "100 Continue" (or a final reply) before it sends the body.
  virtual void on_head(const RequestHead& head, bool expects_continue) = 0;
  // A piece of the body. The view dies with the call.
  virtual void on_body(std::string_view piece) = 0;
  virtual void on_complete() = 0;
  // The bytes are no HTTP (kProtocol), too many (kTooLarge), or ended in a request (kClosedEarly).
  // Answer with 400, 431 or nothing and close; no event follows.
  virtual void on_failed(Status status) = 0;
};

class H1ServerCodec {
 public:
  // `sink` must outlive the codec.
  explicit H1ServerCodec(RequestSink& sink) : sink_(sink) {}
  H1ServerCodec(const H1ServerCodec&) = delete;
  H1ServerCodec& operator=(const H1ServerCodec&) = delete;

  // Bytes from the peer. The Status returned is the one that on_failed was told. Bytes after a
  // request that ends the connection, after stop() or after a failure are ignored (ok).
  Status receive(std::string_view bytes);
  // The peer closed its side: on_failed(kClosedEarly) if a request had begun, else nothing.
  void receive_end();
  // No more events; later bytes are ignored.
  void stop() { stopped_ = true; }
  // False between requests.
  bool in_request() const { return phase_ == Phase::kBody || parser_.has_begun(); }

 private:
  enum class Phase : uint8_t { kHead, kBody };

  Status receive_head(std::string_view& bytes);
  Status receive_body(std::string_view& bytes);
  Status begin_body();
  void complete();
  Status fail(Status status);

  RequestSink& sink_;
  RequestHead head_;
  HeadParser parser_{HeadParser::Kind::kRequest};
  BodyReader body_;
  Phase phase_ = Phase::kHead;
  bool stopped_ = false;
};

}  // namespace locust_like::http
