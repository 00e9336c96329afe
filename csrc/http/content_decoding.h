// Content codings: undo what Content-Encoding says (gzip, deflate, br, zstd, identity).
//
// Decoding happens when a script reads the body, not on the request path: whole bodies through
// decode_content(), streamed ones piece by piece through a ContentDecoder.
// Thread: any. Errors: kDecode (truncated, damaged, unknown coding, more than five codings),
// kTooLarge (the decoded body would exceed max_bytes; memory stays bounded, also that of inner
// layers).
// Source: RFC 9110 8.4, RFC 1950-1952, RFC 7932, RFC 8878.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace locust_like::http {

inline constexpr int kMaxContentCodings = 5;

class DecodingLayer;

// One body, undone as it comes. Each layer of coding costs its library's state and 64 KiB.
class ContentDecoder {
 public:
  // `content_encoding` is the header's value ("gzip", "gzip, br", ""; several fields joined by
  // ", ").
  static Result<ContentDecoder> make(std::string_view content_encoding);
  ~ContentDecoder();
  ContentDecoder(ContentDecoder&& other) noexcept;
  ContentDecoder& operator=(ContentDecoder&& other) noexcept;

  // Takes from the front of `in`, which is a piece of the body, and writes at most `room` bytes to
  // `out`; returns how many. Less than `room` means that `in` is used up. REQUIRES: no earlier
  // error.
  Result<size_t> decode(std::string_view& in, char* out, size_t room);
  // The body ends here: kDecode when it is cut. An empty body is fine under any coding.
  Status finish() const;
  bool changes_nothing() const { return stages_.empty(); }

 private:
  struct Stage;
  ContentDecoder();
  Result<size_t> decode_stage(size_t index, std::string_view& in, char* out, size_t room);

  std::vector<std::unique_ptr<Stage>> stages_;  // the outermost coding first
};

// The whole of `body`. `content_encoding` as above. What is larger than 16 MiB is decoded twice,
// first without keeping it, so a body that is refused has taken no more memory than that.
Result<std::string> decode_content(std::string_view content_encoding, std::string_view body,
                                   size_t max_bytes);

// One gzip member at zlib's default level. For servers and tests.
std::string encode_gzip(std::string_view body);

}  // namespace locust_like::http
