#include "base/masking.h"

#include <algorithm>
#include <array>

namespace locust_like {
namespace {

constexpr std::array kSecretParts = std::to_array<std::string_view>(
    {"token", "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey",
     "signature", "credential", "authorization", "sessionid", "jsessionid"});
constexpr std::array kSecretWords = std::to_array<std::string_view>(
    {"key", "sig", "code", "auth", "pass", "pwd", "jwt", "sid", "session", "otp", "pin"});
constexpr size_t kLongestName = 256;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char one, char other) { return lower(one) == lower(other); });
}

// Lower case without what separates words: "X-Api-Key" and "api_key" both hold "apikey".
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name.substr(0, kLongestName)) {
    if (c == '-' || c == '_' || c == '.') continue;
    plain.push_back(lower(c));
  }
  return plain;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// For names that are surely those of secrets, in whatever text they stand.
bool has_secret_part(std::string_view plain) {
  return std::any_of(kSecretParts.begin(), kSecretParts.end(),
                     [&](std::string_view part) { return contains(plain, part); });
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

size_t skip_blanks(std::string_view text, size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(skip_blanks(text, 0));
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// "name=value" members between separators; the value of each that `is_secret` names is masked.
template <typename IsSecret>
std::string masked_pairs(std::string_view text, std::string_view separators, IsSecret is_secret) {
  std::string masked;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view pair = text.substr(0, end);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && is_secret(trimmed(pair.substr(0, equals)))) {
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

bool is_quote(char c) { return c == '"' || c == '\''; }

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-' ||
         c == '.' || c == '[' || c == ']' || c == '%';
}

// Makes the masked form of a text. `at_` goes from one `:`, `=` or `,` to the next; each rule looks
// at the name before and the value behind it, and returns where the value ends, or 0.
class TextMasker {
 public:
  explicit TextMasker(std::string_view text) : text_(text) {}

  std::string masked() {
    for (at_ = text_.find_first_of(kSeparators); at_ < text_.size();
         at_ = text_.find_first_of(kSeparators, at_)) {
      const size_t end = text_[at_] == '=' ? parameter() : text_[at_] == ':' ? colon() : pair();
      at_ = std::max(end, at_ + 1);
    }
    return masked_.append(text_.substr(copied_));
  }

 private:
  static constexpr std::string_view kSeparators = ":=,";

  size_t replace(size_t begin, size_t end, std::string_view by = kMask) {
    if (begin == end) return 0;
    masked_.append(text_.substr(copied_, begin - copied_)).append(by);
    copied_ = end;
    return end;
  }

  // The name that ends at `end`, without quotes.
  std::string_view name_before(size_t end) const {
    size_t begin = end;
    while (begin > copied_ && end - begin < kLongestName && is_name_char(text_[begin - 1])) --begin;
    return text_.substr(begin, end - begin);
  }

  // name=value: of a query string, a form, or a call's arguments.
  size_t parameter() {
    const std::string_view name = name_before(at_);
    const size_t begin = at_ - name.size();
    const bool is_of_query = begin > 0 && contains("?&;", text_.substr(begin - 1, 1));
    const bool is_secret = is_of_query ? is_secret_name(name) : has_secret_part(plain_name(name));
    if (!is_secret) return 0;
    const size_t value = at_ + 1;
    if (value < text_.size() && is_quote(text_[value])) return quoted(value);
    const std::string_view ends = is_of_query ? "&;# \t\r\n'\"<>" : "&;,)]} \t\r\n'\"";
    return replace(value, std::min(text_.find_first_of(ends, value), text_.size()));
  }

  // The value in quotes that begins at `at`; those of a repr in a repr are escaped.
  size_t quoted(size_t at) {
    const char quote = text_[at];
    const bool is_escaped = at > 0 && text_[at - 1] == '\\';
    size_t end = at + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      if (text_[end] == '\\' && !is_escaped) ++end;
    }
    end = std::min(end, text_.size());
    while (is_escaped && end > at + 1 && text_[end - 1] == '\\') --end;
    return replace(at + 1, end);
  }

  // scheme://userinfo@host, a header field, a member of JSON or of a repr.
  size_t colon() {
    if (text_.substr(at_, 3) == "://") return userinfo();
    size_t end = at_;
    while (end > 0 && (is_quote(text_[end - 1]) || text_[end - 1] == '\\')) --end;
    const std::string_view name = name_before(end);
    if (is_credential_field(name)) return field(name, at_ + 1);
    if (!has_secret_part(plain_name(name))) return 0;
    if (end < at_) return member(at_ + 1);
    // Without a quote and a hyphen it is prose, "invalid token: abc", or the name of a file.
    const size_t begin = end - name.size();
    const bool is_path = begin > 0 && text_[begin - 1] == '/';
    return contains(name, "-") && !is_path ? field(name, at_ + 1) : 0;
  }

  // ("Authorization", "Basic abc")
  size_t pair() {
    const size_t quotes = at_ > 0 && is_quote(text_[at_ - 1]) ? 1 : 0;
    const std::string_view name = name_before(at_ - quotes);
    return quotes > 0 && is_credential_field(name) ? field(name, at_ + 1) : 0;
  }

  size_t userinfo() {
    const size_t authority = at_ + 3;
    const size_t end = std::min(text_.find_first_of("/?# \t\r\n'\"<>,", authority), text_.size());
    const size_t at_sign = text_.substr(authority, end - authority).rfind('@');
    return at_sign == std::string_view::npos ? authority : replace(authority, authority + at_sign);
  }

  static bool is_credential_field(std::string_view name) {
    return name.size() >= 6 &&
           (equals_ignoring_case(name, "authorization") ||
            equals_ignoring_case(name, "proxy-authorization") ||
            equals_ignoring_case(name, "cookie") || equals_ignoring_case(name, "set-cookie"));
  }

  // The value of a header field: to the end of its line, or of the quotes around it.
  size_t field(std::string_view name, size_t begin) {
    while (begin < text_.size() &&
           (is_blank(text_[begin]) || text_[begin] == '\\' || is_quote(text_[begin]))) {
      ++begin;
    }
    const size_t end = std::min(text_.find_first_of("'\"\\\r\n", begin), text_.size());
    return replace(begin, end, masked_field(name, text_.substr(begin, end - begin)));
  }

  size_t member(size_t begin) {
    begin = skip_blanks(text_, begin);
    if (begin < text_.size() && text_[begin] == 'b') ++begin;  // Python's bytes
    while (begin < text_.size() && text_[begin] == '\\') ++begin;
    if (begin == text_.size() || text_[begin] == '{' || text_[begin] == '[') return 0;
    if (is_quote(text_[begin])) return quoted(begin);
    const size_t end = std::min(text_.find_first_of(",}])'\" \t\r\n", begin), text_.size());
    return replace(begin, end);
  }

  std::string_view text_;
  std::string masked_;
  size_t at_ = 0;
  size_t copied_ = 0;  // up to here the text is in masked_
};

}  // namespace

bool is_secret_name(std::string_view name) {
  const std::string plain = plain_name(name);
  return has_secret_part(plain) ||
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
  // Texts inside of JSON may be JSON, or headers, themselves.
  const bool is_json = contains(type, "json") || looks_like_json;
  return is_json ? masked_text(masked_json(body)) : masked_text(body);
}

std::string masked_text(std::string_view text) { return TextMasker(text).masked(); }

}  // namespace locust_like
