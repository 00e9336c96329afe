#include "http/h1_server_codec.h"

#include <string>

#include "http/framing.h"

namespace locust_like::http {

Status H1ServerCodec::receive(std::string_view bytes) {
  while (!bytes.empty() && !stopped_) {
    Status status = phase_ == Phase::kHead ? receive_head(bytes) : receive_body(bytes);
    if (!status.ok()) return status;
  }
  return {};
}

void H1ServerCodec::receive_end() {
  if (stopped_ || !in_request()) return;
  (void)fail({Code::kClosedEarly, "connection closed inside a request"});
}

Status H1ServerCodec::receive_head(std::string_view& bytes) {
  if (!parser_.has_begun()) head_.clear();
  const Result<bool> complete = parser_.parse(bytes, head_);
  if (!complete.ok()) return fail(complete.status());
  if (!complete.value()) return {};
  return begin_body();
}

Status H1ServerCodec::begin_body() {
  const Result<Framing> framing = read_framing(head_.headers, head_.version_minor);
  if (!framing.ok()) return fail(framing.status());
  const Framing& f = framing.value();
  head_.keep_alive = f.keep_alive;
  const bool has_body = f.kind == Framing::Kind::kChunked || f.length_bytes > 0;
  if (f.kind == Framing::Kind::kChunked) {
    body_.start_chunked();
  } else {
    body_.start_length(f.length_bytes);
  }
  phase_ = Phase::kBody;
  const bool expects_continue =
      has_body && head_.version_minor > 0 && head_.headers.has_token("expect", "100-continue");
  sink_.on_head(head_, expects_continue);
  if (!has_body && !stopped_) complete();
  return {};
}

Status H1ServerCodec::receive_body(std::string_view& bytes) {
  while (!stopped_) {
    std::string_view piece;
    switch (body_.next(bytes, piece)) {
      case BodyReader::Step::kNeedMore:
        return {};
      case BodyReader::Step::kPiece:
        sink_.on_body(piece);
        break;
      case BodyReader::Step::kComplete:
        complete();
        return {};
      case BodyReader::Step::kBad:
        return fail({Code::kProtocol, std::string("malformed chunked body: ") + body_.problem()});
      case BodyReader::Step::kTooLarge:
        return fail({Code::kTooLarge, std::string("chunked body: ") + body_.problem()});
    }
  }
  return {};
}

void H1ServerCodec::complete() {
  stopped_ = !head_.keep_alive;
  phase_ = Phase::kHead;
  parser_.reset();
  sink_.on_complete();
}

Status H1ServerCodec::fail(Status status) {
  stopped_ = true;
  sink_.on_failed(status);
  return status;
}

}  // namespace locust_like::http
