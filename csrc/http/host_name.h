// Host names outside ASCII: their form on the wire and in DNS (IDNA 2008, "xn--...").
//
// As browsers and requests do it: UTS 46 without its transitional mappings, so that "faß.de" is
// xn--fa-hia.de and not fass.de. Names in ASCII are none of its business: they stay what they are.
// Errors: kInvalidArgument, with the reason of libidn2. Thread: any. No I/O.
// Source: RFC 5891 section 5, UTS 46.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace locust_like::http {

bool is_ascii(std::string_view text);

// The ASCII form, in lower case, of a name in UTF-8.
// REQUIRES: not is_ascii(name).
Result<std::string> ascii_host_name(const std::string& name);

// As names are compared (RFC 6265 section 5.1.2): lower case, in the ASCII form; a name that has no
// such form stays, and equals no host.
std::string canonical_host_name(std::string_view name);

}  // namespace locust_like::http
