// Codec: the client side of one HTTP connection as bytes in, events out; no sockets, no clock.
//
// Design: requests are *streams* on a connection. HTTP/1.1 has at most one open stream, HTTP/2
// many; pool and exchange only ask free_streams(). A codec parses a reply straight into the
// ResponseHead of the stream's owner, so an idle connection owns no buffers. Thread: the loop's.
// Nothing here throws; a sink may close its own stream inside a callback, but must not destroy the
// codec there (defer it to the loop).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace locust_like::http {

// The owner of one request on a connection. Exactly one of on_complete and on_failed ends a stream,
// after which the codec has forgotten the sink.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Where the codec writes the reply's head; stays valid until the stream ends.
  virtual ResponseHead& head() = 0;
  // The final head (never 1xx) is complete in head().
  virtual void on_head() = 0;
  // A piece of the body as it came, still content-encoded. The view dies with the call.
  // Return false to refuse more (too large): the stream then fails with kTooLarge.
  virtual bool on_body(std::string_view piece) = 0;
  virtual void on_complete() = 0;
  virtual void on_failed(Status status) = 0;
};

class Codec {
 public:
  virtual ~Codec() = default;
  // Opens a stream and appends to `out` the bytes to write: head of `request` with `extra_head`
  // (rendered "Name: value\r\n" lines that differ from call to call, may be empty) and
  // Content-Length when body_size >= 0 (-1 = no body and no Content-Length). The caller writes
  // `out` and then the body. REQUIRES: free_streams() > 0; request and sink outlive the stream.
  virtual void open_stream(const RequestTemplate& request, std::string_view extra_head,
                           int64_t body_size, StreamSink& sink, std::string& out) = 0;
  // Forgets the sink; its owner gets no more events. HTTP/1.1: the connection is no longer
  // reusable.
  virtual void abandon_stream(StreamSink& sink) = 0;
  // Bytes from the peer. Calls sinks. An error (also told to the open sinks) ends the connection.
  virtual Status receive(std::string_view bytes) = 0;
  // The peer closed its side. `clean` is false for TLS without close_notify. Ends the open streams:
  // complete where framing says "until close" (and clean), else kClosedEarly.
  virtual void receive_end(bool clean) = 0;
  // How many more streams may be opened now; 0 also when the connection must not be reused.
  virtual int free_streams() const = 0;
  virtual bool has_open_streams() const = 0;
};

}  // namespace locust_like::http
