// URLs: parse, join, and render the parts that a request needs.
//
// A Url is absolute, http or https, already percent-encoded where it must be (RFC 3986), so its
// parts may be written to the wire as they are. Encoding follows what `requests` does: spaces,
// non-ASCII and other unsafe bytes become %XX; existing %XX and reserved characters stay. One
// difference: "%2e%2e" counts as "..", as in browsers.
// Host names outside ASCII (UTF-8, also percent-encoded) become their IDNA form.
// Refused: CR, LF, NUL, a backslash before the query, and names that have no such form.
// Errors: kInvalidArgument, with the URL and the reason. Thread: any. No I/O.
// Source: RFC 3986 (5.2, 5.3 for join), RFC 6874 (zone ids).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace locust_like::http {

struct Url {
  std::string scheme;    // "http" or "https"
  std::string user;      // percent-decoded; empty when absent
  std::string password;  // percent-decoded
  bool has_userinfo = false;
  std::string host;  // lower case; IPv6 without brackets, with "%zone" where given
  uint16_t port = 0;
  std::string path;   // begins with '/'
  std::string query;  // without '?'; an empty one is as good as none

  bool is_ipv6() const { return host.find(':') != std::string::npos; }
  bool is_default_port() const { return port == (scheme == "https" ? 443 : 80); }
  // host[:port] as sent in Host: brackets around IPv6 (zone left out), no default port.
  std::string authority() const;
  // "scheme://host:port", always with the port: the key of a connection pool.
  std::string origin() const;
  // Path and query, the request's target in origin-form.
  std::string target() const;
  // The whole URL without userinfo; parse_url(to_string()) gives the same Url.
  std::string to_string() const;
};

// Parses an absolute URL; a fragment is dropped.
Result<Url> parse_url(std::string_view text);

// Resolves `reference` (absolute, "//host", "/path", "path", "?query", "") against `base`.
// Userinfo is never inherited from the base by a reference that names a host.
Result<Url> join_url(const Url& base, std::string_view reference);

}  // namespace locust_like::http
