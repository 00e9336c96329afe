// Request and response values that the client, the codecs and the target exchange.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/headers.h"

namespace locust_like::http {

// A request head that is sent many times: built once, shared read-only by all users and threads.
// Immutable after make(); http/1 bytes are rendered once, structured fields stay for HTTP/2.
struct RequestTemplate {
  std::string method;     // token, for example "GET"
  std::string scheme;     // "http" or "https"
  std::string authority;  // host[:port] as sent in Host / :authority
  std::string target;     // origin-form: path and query, never empty
  Headers headers;        // without Host, Content-Length, Transfer-Encoding
  std::string h1_head;    // request line, Host and headers, without the final blank line
};

// Head of one reply, filled by a codec in place.
struct ResponseHead {
  int status = 0;           // 100-599
  int version_major = 1;    // 1, or 2 for HTTP/2
  int version_minor = 1;    // HTTP/1.x; 0 or 1
  bool keep_alive = false;  // may the connection take another request after this message
  std::string reason;       // may be empty
  Headers headers;

  void clear() {
    status = 0;
    version_major = 1;
    version_minor = 1;
    keep_alive = false;
    reason.clear();
    headers.clear();
  }
};

// Head of one request as a server reads it (target/, tests).
struct RequestHead {
  std::string method;
  std::string target;
  int version_minor = 1;
  bool keep_alive = false;
  Headers headers;

  void clear() {
    method.clear();
    target.clear();
    version_minor = 1;
    keep_alive = false;
    headers.clear();
  }
};

}  // namespace locust_like::http
