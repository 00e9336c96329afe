// HeadParser: reads one message head (start line and header fields) with llhttp.
//
// Design: llhttp versions differ in what they let pass. 8.1 takes bare LF, blanks in names, an
// empty name, any status up to 999; 9 refuses obs-fold that RFC 9112 5.2 wants replaced. A small
// scan in front of llhttp (scan()) enforces line ends and turns obs-fold into spaces, so
// that every version gives the same answers; framing.h decides about the body from the finished
// fields, never from llhttp's flags. llhttp is paused after each head and reset.
// Rejected: turning on llhttp's strict build or its leniency flags, which exist per version.
// Ownership: fields go straight into the caller's head; nothing is owned.
// Thread: any one. Errors: kProtocol, kTooLarge. Source: RFC 9112 2-5, RFC 9110 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace locust_like::http {

inline constexpr uint32_t kMaxHeadBytes = 256 * 1024;
inline constexpr uint32_t kMaxHeadFields = 1000;

class HeadParser {
 public:
  enum class Kind : uint8_t { kRequest, kResponse };

  explicit HeadParser(Kind kind);
  HeadParser(const HeadParser&) = delete;
  HeadParser& operator=(const HeadParser&) = delete;

  // Forgets what was read and begins a new head.
  void reset();
  // Any byte of the head has been read (empty lines before a request do not count).
  bool has_begun() const { return at_ > At::kBeginLf; }
  uint32_t head_bytes() const { return head_bytes_; }

  // Takes bytes from the front of `bytes`; true once the head is complete, and then unused bytes
  // stay in `bytes`. `head` is the same object for all calls of one head.
  // REQUIRES: the kind matches.
  Result<bool> parse(std::string_view& bytes, ResponseHead& head);
  Result<bool> parse(std::string_view& bytes, RequestHead& head);

 private:
  friend struct HeadCallbacks;

  enum class At : uint8_t {
    kBegin,  // before the first byte; requests may have empty lines here (RFC 9112 2.2)
    kBeginLf,
    kStartLine,
    kStartLineLf,
    kLineStart,  // the beginning of a line that cannot be a fold
    kLine,
    kLineLf,
    kNextLine,  // the beginning of a line: field, fold, or the end
    kFold,      // at the blank that makes this line a continuation
    kEndLf,
    kEnd,
  };

  Result<bool> run(std::string_view& bytes);
  // All of these return false after an error.
  bool release_held(std::string_view bytes, size_t& at);
  // Advances `at` to the end of `bytes`, to a fold, or behind the head.
  bool scan(std::string_view bytes, size_t& at);
  bool scan_start_line(std::string_view bytes, size_t& at);
  bool scan_line_begin(char c, size_t& at);
  bool expect_lf(char c, At next, size_t& at);
  bool feed(std::string_view bytes);
  bool refuse(const char* problem);

  Status refuse_after(std::string_view unfed);
  Status refused() const;
  Status wrong(std::string_view what) const;

  // llhttp_t, kept opaque because only csrc/http may see llhttp.h.
  alignas(8) std::byte parser_[104];
  Headers* headers_ = nullptr;
  std::string* line_text_ = nullptr;  // reason or target
  const char* problem_ = nullptr;
  uint32_t head_bytes_ = 0;
  uint32_t fields_ = 0;
  Kind kind_;
  At at_ = At::kBegin;
  // Of a CR LF behind a field, seen but not yet fed: the next byte tells whether it is a fold.
  uint8_t held_bytes_ = 0;
  bool too_large_ = false;
  bool in_field_ = false;
};

}  // namespace locust_like::http
