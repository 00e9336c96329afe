#include "http/masking.h"

#include <algorithm>
#include <array>

#include "http/headers.h"

namespace locust_like::http {
namespace {

constexpr std::array kSecretParts = std::to_array<std::string_view>(
    {"token", "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey",
     "signature", "credential", "authorization", "sessionid", "jsessionid"});
constexpr std::array kSecretWords = std::to_array<std::string_view>(
    {"key", "sig", "code", "auth", "pass", "pwd", "jwt", "sid", "session", "otp", "pin"});
constexpr size_t kLongestName = 256;

// Lower case without what separates words: "X-Api-Key" and "api_key" both hold "apikey".
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name.substr(0, kLongestName)) {
    if (c == '-' || c == '_' || c == '.') continue;
    plain.push_back(static_cast<char>(tables::kLower[static_cast<unsigned char>(c)]));
  }
  return plain;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

size_t skip_blanks(std::string_view text, size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

// "name=value" members between separators; the value of each that `is_secret` names is masked.
template <typename IsSecret>
std::string masked_pairs(std::string_view text, std::string_view separators, IsSecret is_secret) {
  std::string masked;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view pair = text.substr(0, end);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && is_secret(trim_blanks(pair.substr(0, equals)))) {
      masked.append(pair.substr(0, equals + 1)).append(kMask);
    } else {
      masked.append(pair);
    }
    if (end < text.size()) masked.push_back(text[end]);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return masked;
}

std::string masked_query(std::string_view query) {
  return masked_pairs(query, "&;", is_secret_name);
}

// "Bearer abc" -> "Bearer ***".
std::string masked_credentials(std::string_view value) {
  const size_t blank = value.find(' ');
  std::string masked(blank == std::string_view::npos ? "" : value.substr(0, blank + 1));
  return masked.append(kMask);
}

// Every value of a Cookie, the first of a Set-Cookie: what follows there are its attributes.
std::string masked_cookie(std::string_view value, bool is_set_cookie) {
  const size_t end = is_set_cookie ? std::min(value.find(';'), value.size()) : value.size();
  const std::string_view pairs = value.substr(0, end);
  if (pairs.find('=') == std::string_view::npos) return std::string(kMask);
  return masked_pairs(pairs, ";", [](std::string_view) { return true; }).append(value.substr(end));
}

// One past the closing quote of the string that begins at `quote`, or the end of the text.
size_t end_of_string(std::string_view text, size_t quote) {
  for (size_t at = quote + 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

// Members are found by their names alone, so that the beginning of a document will do.
std::string masked_json(std::string_view text) {
  std::string masked;
  size_t copied = 0;
  for (size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const size_t end = end_of_string(text, at);
    size_t value = skip_blanks(text, end);
    const bool is_name = value < text.size() && text[value] == ':';
    const size_t name_size = std::max(end, at + 2) - at - 2;
    const bool is_secret = is_name && is_secret_name(text.substr(at + 1, name_size));
    at = end;
    if (!is_secret) continue;
    value = skip_blanks(text, value + 1);
    if (value == text.size() || text[value] == '{' || text[value] == '[') continue;
    const bool is_string = text[value] == '"';
    at = is_string ? end_of_string(text, value)
                   : std::min(text.find_first_of(",}] \t\r\n", value), text.size());
    masked.append(text.substr(copied, value - copied)).append("\"").append(kMask).append("\"");
    copied = at;
  }
  return masked.append(text.substr(copied));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  const std::string plain = plain_name(name);
  return std::any_of(kSecretParts.begin(), kSecretParts.end(),
                     [&](std::string_view part) { return contains(plain, part); }) ||
         std::find(kSecretWords.begin(), kSecretWords.end(), plain) != kSecretWords.end();
}

std::string masked_field(std::string_view name, std::string_view value) {
  const auto is = [&](std::string_view other) { return equals_ignoring_case(name, other); };
  if (is("Authorization") || is("Proxy-Authorization")) return masked_credentials(value);
  if (is("Cookie") || is("Set-Cookie")) return masked_cookie(value, is("Set-Cookie"));
  if (is_secret_name(name)) return std::string(kMask);
  if (is("Location") || is("Content-Location") || is("Referer")) return masked_url(value);
  return std::string(value);
}

std::string masked_url(std::string_view url) {
  std::string masked;
  const size_t scheme = url.find("://");
  const size_t authority = scheme == std::string_view::npos ? 0 : scheme + 3;
  size_t path = std::min(url.find_first_of("/?#", authority), url.size());
  const size_t at_sign = url.substr(0, path).rfind('@');
  if (scheme != std::string_view::npos && at_sign != std::string_view::npos) {
    masked.append(url.substr(0, authority)).append(kMask);
    url.remove_prefix(at_sign);
    path -= at_sign;
  }
  const size_t query = std::min(url.find_first_of("?#", path), url.size());
  masked.append(url.substr(0, query));
  if (query == url.size()) return masked;
  masked.push_back(url[query]);
  const std::string_view rest = url.substr(query + 1);
  const size_t fragment = std::min(rest.find('#'), rest.size());
  masked.append(masked_query(rest.substr(0, fragment)));
  if (fragment == rest.size()) return masked;
  return masked.append("#").append(masked_query(rest.substr(fragment + 1)));
}

std::string masked_body(std::string_view content_type, std::string_view body) {
  const std::string type = plain_name(content_type);
  if (contains(type, "xwwwformurlencoded")) return masked_query(body);
  const size_t first = skip_blanks(body, 0);
  const bool looks_like_json = first < body.size() && (body[first] == '{' || body[first] == '[');
  if (contains(type, "json") || looks_like_json) return masked_json(body);
  return std::string(body);
}

}  // namespace locust_like::http
