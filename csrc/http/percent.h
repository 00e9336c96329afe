// Percent-encoding of single bytes, of which URLs and forms are made.
// Source: RFC 3986 sections 2.1 and 2.3. Thread: any. Errors: none.
#pragma once

#include <string>
#include <string_view>

namespace locust_like::http {

// Stands for itself wherever it is.
constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// Appends "%2F" for '/'.
inline void append_percent_encoded(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
}

}  // namespace locust_like::http
