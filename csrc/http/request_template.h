// make_request_template: the one place where what a script asks for becomes bytes on the wire.
//
// Everything that could smuggle a second header or request is refused here, so that nothing behind
// it needs to look again.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "http/url.h"

namespace locust_like::http {

// Validates and renders a request head.
// `headers` may hold a Host (then it replaces the one of the URL, RFC 9110 7.2 permitting virtual
// hosts); Content-Length and Transfer-Encoding are dropped, since the codec frames the body.
// Userinfo of the URL is not turned into Authorization here: that is the caller's choice.
// Errors: kInvalidArgument (bad method token; empty or non-token header name; CR, LF or NUL in a
// value), with a text that ends in "nothing was sent".
Result<RequestTemplate> make_request_template(std::string_view method, const Url& url,
                                              const Headers& headers);

// Makes of a head one for a proxy that forwards it (RFC 9112 3.2.2): the whole URL as its target,
// and `proxy_authorization` unless it is empty or the head has one already.
void use_absolute_form(const Url& url, std::string_view proxy_authorization,
                       RequestTemplate& request);

// Validates fields and appends them as "Name: value\r\n" lines: the form that
// Codec::open_stream takes as extra_head. Same errors; `out` is unchanged then.
Status render_header_lines(const Headers& headers, std::string& out);

}  // namespace locust_like::http
