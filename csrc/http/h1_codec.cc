#include "http/h1_codec.h"

#include <array>
#include <cassert>
#include <charconv>
#include <utility>

#include "http/framing.h"

namespace locust_like::http {

void H1Codec::open_stream(const RequestTemplate& request, std::string_view extra_head,
                          const std::optional<RequestBody>& body, StreamSink& sink,
                          std::string& out) {
  assert(free_streams() > 0);
  sink_ = &sink;
  sink.head().clear();
  parser_.reset();
  phase_ = Phase::kHead;
  interim_replies_ = 0;
  is_head_request_ = request.method == "HEAD";
  out.append(request.h1_head).append(extra_head);
  const auto length_bytes = body ? body->length_bytes() : std::nullopt;
  body_open_ = body && body->in_pieces;
  body_chunked_ = body && !length_bytes;
  if (length_bytes) {
    out.append("Content-Length: ").append(std::to_string(*length_bytes)).append("\r\n");
  } else if (body_chunked_) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  out.append("\r\n");
}

void H1Codec::add_body(StreamSink& sink, std::string_view piece, bool last, std::string& out) {
  if (sink_ != &sink) return;
  body_open_ = !last;
  if (!body_chunked_) {
    out.append(piece);
    return;
  }
  if (!piece.empty()) {
    constexpr int kHex = 16;
    std::array<char, 2 * sizeof(size_t)> digits;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), kHex).ptr;
    out.append(digits.data(), end).append("\r\n").append(piece).append("\r\n");
  }
  if (last) out.append("0\r\n\r\n");
}

void H1Codec::abandon_stream(StreamSink& sink) {
  if (sink_ != &sink) return;
  sink_ = nullptr;
  reusable_ = false;
}

Status H1Codec::receive(std::string_view bytes) {
  while (!bytes.empty()) {
    if (sink_ == nullptr) {
      reusable_ = false;
      return {Code::kProtocol,
              std::to_string(bytes.size()) + " bytes came that no request waits for"};
    }
    Status status = phase_ == Phase::kHead ? receive_head(bytes) : receive_body(bytes);
    if (!status.ok()) return status;
  }
  return {};
}

Status H1Codec::receive_head(std::string_view& bytes) {
  ResponseHead& head = sink_->head();
  const Result<bool> complete = parser_.parse(bytes, head);
  if (!complete.ok()) return fail(complete.status());
  if (!complete.value()) return {};
  if (head.status >= 200) return begin_body(!bytes.empty());
  if (head.status == 101) {
    return fail({Code::kProtocol, "status 101 (switching protocols) that was not asked for"});
  }
  if (++interim_replies_ > kMaxInterimReplies) {
    return fail({Code::kProtocol, "more than 32 interim (1xx) replies before the final one"});
  }
  head.clear();
  parser_.reset();
  return {};
}

Status H1Codec::begin_body(bool bytes_follow) {
  ResponseHead& head = sink_->head();
  const Result<Framing> framing = read_framing(head.headers, head.version_minor);
  if (!framing.ok()) return fail(framing.status());
  const Framing& f = framing.value();
  // RFC 9112 6.3: these have no body, whatever their fields say.
  const bool has_no_body = is_head_request_ || head.status == 204 || head.status == 304 ||
                           (f.kind == Framing::Kind::kLength && f.length_bytes == 0);
  head.keep_alive = f.keep_alive && (has_no_body || f.kind != Framing::Kind::kNone);
  phase_ = Phase::kBody;
  if (f.kind == Framing::Kind::kLength || has_no_body) {
    body_.start_length(has_no_body ? 0 : f.length_bytes);
  } else if (f.kind == Framing::Kind::kChunked) {
    body_.start_chunked();
  } else {
    body_.start_until_close();
  }
  sink_->on_head();
  if (has_no_body && sink_ != nullptr) complete(bytes_follow);
  return {};
}

Status H1Codec::receive_body(std::string_view& bytes) {
  while (sink_ != nullptr) {
    std::string_view piece;
    switch (body_.next(bytes, piece)) {
      case BodyReader::Step::kNeedMore:
        return {};
      case BodyReader::Step::kComplete:
        complete(!bytes.empty());
        return {};
      case BodyReader::Step::kPiece:
        if (sink_->on_body(piece) == StreamSink::Take::kRefused && sink_ != nullptr) {
          return fail({Code::kTooLarge, "the body is larger than allowed: refused after " +
                                            std::to_string(body_.received_bytes()) + " bytes"});
        }
        break;
      case BodyReader::Step::kBad:
        return fail({Code::kProtocol, std::string("malformed chunked body: ") + body_.problem()});
      case BodyReader::Step::kTooLarge:
        return fail({Code::kTooLarge, std::string("chunked body: ") + body_.problem()});
    }
  }
  return {};
}

void H1Codec::receive_end(bool clean) {
  if (sink_ != nullptr && clean && phase_ == Phase::kBody && body_.is_until_close()) {
    complete(false);
    return;
  }
  reusable_ = false;
  if (sink_ != nullptr) (void)fail({Code::kClosedEarly, describe_missing()});
}

void H1Codec::break_off(const Status& status) {
  reusable_ = false;
  if (sink_ != nullptr) (void)fail(status);
}

// Ends the stream with success. Bytes behind the reply were sent before the next request: they
// must not become its answer, so the connection is then finished. So it is where the rest of the
// request's body will never come.
void H1Codec::complete(bool bytes_follow) {
  StreamSink* sink = std::exchange(sink_, nullptr);
  reusable_ = reusable_ && sink->head().keep_alive && !bytes_follow && !body_open_;
  sink->on_complete();
}

Status H1Codec::fail(Status status) {
  reusable_ = false;
  StreamSink* sink = std::exchange(sink_, nullptr);
  if (phase_ == Phase::kHead) sink->head().clear();  // half a head is nobody's reply
  sink->on_failed(status);
  return status;
}

std::string H1Codec::describe_missing() const {
  if (phase_ == Phase::kHead) {
    if (!parser_.has_begun()) return "connection closed before any byte of the reply";
    return "connection closed inside the reply's header, after " +
           std::to_string(parser_.head_bytes()) + " bytes";
  }
  const std::string got = std::to_string(body_.received_bytes());
  if (body_.is_until_close()) {
    return "TLS ended without close_notify after " + got + " body bytes: the reply may be cut";
  }
  if (body_.is_chunked()) {
    return "connection closed inside a chunked body, after " + got + " bytes";
  }
  return "connection closed inside the body: expected " +
         std::to_string(body_.received_bytes() + body_.missing_bytes()) + " bytes, got " + got;
}

}  // namespace locust_like::http
