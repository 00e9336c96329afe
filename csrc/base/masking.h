// Masking: what people may see of requests, replies and texts, without credentials.
//
// What is masked: the values of header fields that carry credentials or are named like secrets,
// userinfo of URLs, and members of query strings, forms and JSON that are named like secrets. Who
// only looks still sees which scheme, which cookie and which member was sent. Whoever makes a text
// that is kept (a failure, a request's name made of its URL, a captured call, a line of the log)
// masks it then, and nothing behind masks again, so no output can forget.
// Thread: any. Errors: none; what cannot be parsed is masked too far, not too little.
#pragma once

#include <string>
#include <string_view>

namespace locust_like {

inline constexpr std::string_view kMask = "***";

// Whether a field, member or parameter of this name holds a secret: password, access_token,
// X-Api-Key ...
bool is_secret_name(std::string_view name);

std::string masked_field(std::string_view name, std::string_view value);
std::string masked_url(std::string_view url);
// The beginning of a body will do.
std::string masked_body(std::string_view content_type, std::string_view body);

// Any text with URLs, header fields, JSON, Python's reprs or keyword arguments somewhere in it.
// Words that are names of secrets only sometimes (code, key, pin) count in query strings, and
// nowhere else: "code=404" in a failure stays. O(size); a text without `:` and `=` costs a scan.
std::string masked_text(std::string_view text);

}  // namespace locust_like
