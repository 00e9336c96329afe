// Codec: the client side of one HTTP connection as bytes in, events out; no sockets, no clock.
//
// Design: requests are *streams* on a connection. HTTP/1.1 has at most one open stream, HTTP/2
// many; pool and exchange only ask free_streams(). A codec parses a reply straight into the
// ResponseHead of the stream's owner, so an idle connection owns no buffers. HTTP/1.1 speaks only
// when a stream is opened; HTTP/2 also by itself (windows, acknowledgements, the rest of a body),
// which is what take_output() is for. Thread: the loop's.
// Nothing here throws; a sink may close its own stream inside a callback, but must not destroy the
// codec there (defer it to the loop).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace locust_like::http {

// The body of a request as it is when its stream is opened.
struct RequestBody {
  std::string_view bytes = {};                          // all of it, unless it comes in pieces
  bool in_pieces = false;                               // Codec::add_body() brings them
  std::optional<uint64_t> pieces_bytes = std::nullopt;  // all of them; absent: nobody knows
  std::optional<uint64_t> length_bytes() const { return in_pieces ? pieces_bytes : bytes.size(); }
};

// The owner of one request on a connection. Exactly one of on_complete, on_failed and on_refused
// ends a stream, after which the codec has forgotten the sink.
class StreamSink {
 public:
  // What becomes of a piece of a body.
  enum class Take : uint8_t {
    kTaken,
    kKept,     // HTTP/2: the peer may send as much more only after MultiplexingCodec::consume()
    kRefused,  // too large: the stream fails with kTooLarge
  };

  virtual ~StreamSink() = default;
  // Where the codec writes the reply's head; stays valid until the stream ends.
  virtual ResponseHead& head() = 0;
  // The final head (never 1xx) is complete in head().
  virtual void on_head() = 0;
  // A piece of the body as it came, still content-encoded. The view dies with the call.
  virtual Take on_body(std::string_view piece) = 0;
  virtual void on_complete() = 0;
  virtual void on_failed(Status status) = 0;
  // HTTP/2: the peer says that it has not processed the request, so sending it again does no harm
  // (RFC 9113 8.7). `status` is what to report if that does not help.
  virtual void on_refused(Status status) = 0;
  // HTTP/2: so many bytes of the stream's frames came, or went into take_output()'s `out`. The
  // connection knows by itself what an HTTP/1.1 exchange moves.
  virtual void on_traffic(size_t received_bytes, size_t sent_bytes) = 0;
  // HTTP/2: the next piece of the body may be added; those before are no longer looked at. Who
  // writes for an HTTP/1.1 codec knows by itself when there is room.
  virtual void on_piece_wanted() = 0;
};

class Codec {
 public:
  virtual ~Codec() = default;
  // Opens a stream for `request` with `extra_head` (rendered "Name: value\r\n" lines that differ
  // from call to call, may be empty) and, unless it is absent, `body` with its Content-Length; one
  // that comes in pieces and whose length nobody knows is sent in chunks over HTTP/1.1.
  // HTTP/1.1 appends the head to `out`; the caller writes it and then the body, which is never
  // copied here. HTTP/2 leaves `out` alone: everything comes from take_output().
  // REQUIRES: free_streams() > 0; request, body and sink outlive the stream.
  virtual void open_stream(const RequestTemplate& request, std::string_view extra_head,
                           const std::optional<RequestBody>& body, StreamSink& sink,
                           std::string& out) = 0;
  // The next piece of a body that comes in pieces; `last`: with it the body ends. HTTP/1.1 appends
  // what is to be written to `out`. HTTP/2 sends the piece by and by, it must stay until
  // on_piece_wanted() or the end of the stream. No-op for a stream that has ended.
  virtual void add_body(StreamSink& sink, std::string_view piece, bool last, std::string& out) = 0;
  // Forgets the sink; its owner gets no more events. HTTP/1.1: the connection is no longer
  // reusable. HTTP/2: the stream is reset, the others go on.
  virtual void abandon_stream(StreamSink& sink) = 0;
  // Bytes from the peer. Calls sinks. An error (also told to the open sinks) ends the connection.
  virtual Status receive(std::string_view bytes) = 0;
  // The peer closed its side. `clean` is false for TLS without close_notify. Ends the open streams:
  // complete where framing says "until close" (and clean), else kClosedEarly.
  virtual void receive_end(bool clean) = 0;
  // The connection broke below the codec: ends the open streams with `status`.
  virtual void break_off(const Status& status) = 0;
  // How many more streams may be opened now; 0 also when the connection must not be reused.
  virtual int free_streams() const = 0;
  virtual bool has_open_streams() const = 0;
};

// A codec whose connection carries many streams at a time.
class MultiplexingCodec : public Codec {
 public:
  // Appends what has to be sent: frames of the protocol always, pieces of bodies while `out` is
  // shorter than `room_bytes`. Does nothing inside a sink's callback: whoever called the codec asks
  // afterwards. An error (told to the open sinks) ends the connection once `out` is written.
  virtual Status take_output(size_t room_bytes, std::string& out) = 0;
  // The connection is about to be closed by us: appends what the peer is told then. No stream can
  // be opened afterwards.
  virtual void end(std::string& out) = 0;
  // The sink has used up so much of what it kept. No-op for a stream that has ended.
  virtual void consume(StreamSink& sink, size_t bytes) = 0;
  // No stream can be opened any more; the open ones go on to their ends.
  virtual bool exhausted() const = 0;
};

}  // namespace locust_like::http
