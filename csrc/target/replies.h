// Replies: the bytes of each reply, and the streamed bodies of /bytes/N and /chunked/N.
//
// What never changes is rendered once; everything else is appended to a buffer that the caller
// reuses, so a reply allocates nothing in steady state. There is no Date field: replies stay
// constant, and nobody's clock is part of a load test.
// Pure: no sockets, no clock. Thread: any one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "target/router.h"

namespace locust_like::target {

// What the request line and fields say about the form of the reply.
struct ReplyForm {
  bool head_only = false;  // HEAD
  bool keep_alive = true;  // false: say so and close
  bool is_http10 = false;
};

// The part of a body that is still to be made. Byte i of it is fixed: body_pattern(i).
struct BodyStream {
  uint64_t left_bytes = 0;
  bool chunked = false;
  bool open = false;  // something is left: bytes, or the last chunk
};

char body_pattern(uint64_t index);

class Replies {
 public:
  Replies();

  // Appends the head and, unless it is streamed, the body. `text`: the body of /echo and /stats, or
  // details of a refusal; ignored elsewhere. `form.keep_alive` becomes false where the body ends
  // with the connection.
  BodyStream append(const Route& route, ReplyForm& form, std::string_view text,
                    std::string& out) const;

 private:
  std::string root_;  // the commonest reply, complete: GET / with keep-alive
  std::string gzip_;
};

// Appends at most about `most_bytes` of the body in its framing.
void append_body(BodyStream& stream, uint64_t most_bytes, std::string& out);

// The JSON document of /echo.
std::string describe_request(const http::RequestHead& head, std::string_view body);

}  // namespace locust_like::target
