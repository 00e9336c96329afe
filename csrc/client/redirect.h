// What a redirect does to a request: pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/options.h"
#include "http/message.h"

namespace locust_like::client {

// True for statuses that redirect when a Location is there: 301, 302, 303, 307, 308.
bool is_redirect_status(int status);

struct Redirected {
  std::shared_ptr<const PreparedRequest> prepared;
  bool keeps_body = false;
  bool same_origin = false;
};

// Makes the next request of a chain as browsers do: 303 turns all but HEAD into GET, 301 and 302
// turn POST into GET, 307 and 308 keep method and body; Authorization set by hand goes only to the
// same origin. Cookie is left out: the call composes it for each exchange. Errors: kRedirect (no or
// bad Location, scheme, port, host). Source: RFC 9110 section 15.4, WHATWG Fetch section 4.4.
Result<Redirected> redirect(const PreparedRequest& from, const http::ResponseHead& reply,
                            const Profile& profile = {});

// The same for fields that are rendered already ("Name: value\r\n" lines): those that describe a
// body go with it, credentials stay with their origin.
std::string redirected_lines(std::string_view lines, bool keeps_body, bool same_origin);

}  // namespace locust_like::client
