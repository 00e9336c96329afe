// BodyReader: cuts one message body out of a byte stream; the same for requests and replies.
//
// Design: framing is not left to llhttp, because what it accepts in chunked bodies differs from
// version to version (8.1 takes a bare LF and any two bytes after a chunk). This reader takes
// exactly RFC 9112 7.1: hex size, optional extensions, CRLF, data, CRLF, trailers (checked for form
// and dropped, 64 KiB at most). Owns nothing; pieces are views into the input.
// Thread: any one. Source: RFC 9112 sections 6 and 7.
#pragma once

#include <cstdint>
#include <string_view>

namespace locust_like::http {

inline constexpr uint32_t kMaxTrailerBytes = 64 * 1024;
inline constexpr uint32_t kMaxChunkLineBytes = 16 * 1024;

class BodyReader {
 public:
  enum class Step : uint8_t {
    kNeedMore,  // all bytes are used up, the body is not complete
    kPiece,     // `piece` holds body bytes, never empty
    kComplete,  // the body is complete; unused bytes stay in `bytes`
    kBad,       // see problem()
    kTooLarge,  // see problem()
  };

  void start_length(uint64_t length_bytes);
  void start_chunked();
  void start_until_close();

  // Takes bytes from the front of `bytes`. Call again until kNeedMore, kComplete or an error.
  Step next(std::string_view& bytes, std::string_view& piece);

  bool is_until_close() const { return state_ == State::kUntilClose; }
  bool is_chunked() const { return state_ > State::kUntilClose; }
  // Body bytes given out so far, and for Content-Length bodies those still missing.
  uint64_t received_bytes() const { return received_; }
  uint64_t missing_bytes() const { return left_; }
  // A static text: what is wrong. REQUIRES: next() returned kBad or kTooLarge.
  const char* problem() const { return problem_; }

 private:
  enum class State : uint8_t {
    kLength,
    kUntilClose,
    kSizeFirst,
    kSize,
    kExtension,
    kQuoted,
    kQuotedEscape,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
  };

  Step take_data(std::string_view& bytes, std::string_view& piece);
  Step step_byte(unsigned char c);
  Step step_size(unsigned char c);
  Step step_extension(unsigned char c);
  Step step_trailer(unsigned char c);
  Step refuse(Step step, const char* problem);

  const char* problem_ = "";
  uint64_t left_ = 0;
  uint64_t received_ = 0;
  uint32_t line_bytes_ = 0;
  State state_ = State::kLength;
};

}  // namespace locust_like::http
