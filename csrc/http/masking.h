// Masking: requests and replies as people may see them, without credentials.
//
// What is masked: the values of header fields that carry credentials or are named like secrets,
// userinfo of URLs, and members of query strings, forms and JSON that are named like secrets.
// Other bodies stay as they are. Who only looks still sees which scheme, which cookie and which
// member was sent. Thread: any. Errors: none; what cannot be parsed is masked too far, not too
// little.
#pragma once

#include <string>
#include <string_view>

namespace locust_like::http {

inline constexpr std::string_view kMask = "***";

// Whether a field, member or parameter of this name holds a secret: password, access_token,
// X-Api-Key ...
bool is_secret_name(std::string_view name);

std::string masked_field(std::string_view name, std::string_view value);
std::string masked_url(std::string_view url);
// The beginning of a body will do.
std::string masked_body(std::string_view content_type, std::string_view body);

}  // namespace locust_like::http
