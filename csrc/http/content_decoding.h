// Content codings: undo what Content-Encoding says (gzip, deflate, br, zstd, identity).
//
// Whole bodies only: decoding happens when a script reads the body, not on the request path.
// Thread: any. Errors: kDecode (truncated, damaged, unknown coding, more than five codings),
// kTooLarge (the decoded body, or a layer of it, would exceed max_bytes; memory stays bounded).
// Source: RFC 9110 8.4, RFC 1950-1952, RFC 7932, RFC 8878.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace locust_like::http {

inline constexpr int kMaxContentCodings = 5;

// `content_encoding` is the header's value ("gzip", "gzip, br", ""; several fields joined by ", ").
// An empty body is fine under any known coding.
Result<std::string> decode_content(std::string_view content_encoding, std::string_view body,
                                   size_t max_bytes);

// One gzip member at zlib's default level. For servers and tests.
std::string encode_gzip(std::string_view body);

}  // namespace locust_like::http
