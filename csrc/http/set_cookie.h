// Set-Cookie: one line of a reply read as a user agent reads it; pure.
//
// What a line asks for and what its sender may ask for are judged here, once; the jar
// (http/cookies.h) only stores, replaces and matches. SameSite and Partitioned are ignored: every
// call of a script is a first-party one.
// Thread: any. Source: RFC 6265 5.1-5.3; RFC 6265bis 4.1.3, 5.6, 5.7 (prefixes, secure origins,
// control characters, limits of size and age).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "http/url.h"

namespace locust_like::http {

inline constexpr int64_t kNeverExpires = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kMaxCookieAge_s = int64_t{400} * 24 * 3600;
inline constexpr size_t kMaxCookieBytes = 4096;  // name and value together

struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  // lower case, no leading dot; empty: any host (set by a script)
  std::string path = "/";
  int64_t expires_s = kNeverExpires;  // seconds since the epoch; kNeverExpires: with the session
  bool host_only = true;              // goes to `domain` itself, not to what lies below it
  bool secure = false;                // goes over TLS (or to the loopback) only
  bool http_only = false;
};

// The cookie that `line` (the value of Set-Cookie) stores when `url` sent it, or none: no name,
// control characters, too large, a domain that does not cover the host or is a public suffix,
// Secure or a __Secure-/__Host- prefix without the right to it. An expiry in the past makes a
// cookie that deletes.
std::optional<Cookie> parse_set_cookie(std::string_view line, const Url& url, int64_t now_s);

// RFC 6265 5.1.1: the tolerant date of Expires, as seconds since the epoch.
std::optional<int64_t> parse_cookie_date(std::string_view text);

// RFC 6265 5.1.3. REQUIRES: both lower case.
bool domain_matches(std::string_view host, std::string_view domain);
// RFC 6265 5.1.4; `request_path` without query.
bool path_matches(std::string_view request_path, std::string_view cookie_path);

// https, and the loopback: what curl and browsers treat as a secure origin.
bool is_secure_origin(const Url& url);

}  // namespace locust_like::http
