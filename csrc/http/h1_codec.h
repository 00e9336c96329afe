// H1Codec: the client side of one HTTP/1.1 connection.
//
// Design: llhttp reads the head (through HeadParser, which enforces what llhttp leaves open),
// BodyReader frames the body. Bytes that nobody asked for are never taken for a reply: they end the
// connection silently (Status kProtocol from receive(), no sink told, free_streams() == 0).
// Owns no heap memory; the reply is parsed into the sink's head.
// Thread: the loop's. Errors: kProtocol, kTooLarge, kClosedEarly, told to the open sink once and
// returned. A sink may call open_stream or abandon_stream inside any callback.
// Source: RFC 9112; limits as in head_parser.h and below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_reader.h"
#include "http/codec.h"
#include "http/head_parser.h"

namespace locust_like::http {

// More interim (1xx) replies than this before the final one are kProtocol.
inline constexpr int kMaxInterimReplies = 32;

class H1Codec final : public Codec {
 public:
  H1Codec() = default;
  H1Codec(const H1Codec&) = delete;
  H1Codec& operator=(const H1Codec&) = delete;

  void open_stream(const RequestTemplate& request, std::string_view extra_head,
                   const std::optional<RequestBody>& body, StreamSink& sink,
                   std::string& out) override;
  void add_body(StreamSink& sink, std::string_view piece, bool last, std::string& out) override;
  void abandon_stream(StreamSink& sink) override;
  Status receive(std::string_view bytes) override;
  void receive_end(bool clean) override;
  void break_off(const Status& status) override;
  int free_streams() const override { return sink_ == nullptr && reusable_ ? 1 : 0; }
  bool has_open_streams() const override { return sink_ != nullptr; }

 private:
  enum class Phase : uint8_t { kHead, kBody };

  Status receive_head(std::string_view& bytes);
  Status receive_body(std::string_view& bytes);
  Status begin_body(bool bytes_follow);
  void complete(bool bytes_follow);
  Status fail(Status status);
  std::string describe_missing() const;

  StreamSink* sink_ = nullptr;
  HeadParser parser_{HeadParser::Kind::kResponse};
  BodyReader body_;
  Phase phase_ = Phase::kHead;
  uint8_t interim_replies_ = 0;
  bool reusable_ = true;
  bool is_head_request_ = false;
  bool body_open_ = false;  // of the request: pieces are to come
  bool body_chunked_ = false;
};

}  // namespace locust_like::http
