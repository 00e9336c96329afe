// Framing: how the body behind a message head is delimited, decided from the finished fields.
//
// Separate from HeadParser because the rules are ours (RFC 9112 6.3 read strictly), whatever the
// llhttp version thinks.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "http/headers.h"

namespace locust_like::http {

struct Framing {
  enum class Kind : uint8_t { kNone, kLength, kChunked };
  Kind kind = Kind::kNone;  // kNone: no field says so; a reply then goes on until close
  uint64_t length_bytes = 0;
  bool keep_alive = false;  // what Connection and the version say
};

// Errors (kProtocol): Content-Length that is not a plain number, two different ones,
// Content-Length with Transfer-Encoding, more than one Transfer-Encoding, or any transfer coding
// but "chunked". Equal Content-Lengths are accepted. Does not know about HEAD, 204 and 304.
Result<Framing> read_framing(const Headers& headers, int version_minor);

}  // namespace locust_like::http
