// JSON text: the one thing that echoing arbitrary bytes as JSON needs, a quoted string.
// Pure. Source: RFC 8259 section 7, RFC 3629.
#pragma once

#include <string>
#include <string_view>

namespace locust_like::target {

// Appends `text` in quotes. Valid UTF-8 stays as it is; any other text is taken as Latin-1, so that
// no bytes, however odd, make the document invalid or get lost.
void append_json_string(std::string_view text, std::string& out);

}  // namespace locust_like::target
