#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "http/headers.h"
#include "http/host_name.h"
#include "http/percent.h"

namespace locust_like::http {
namespace {

Status invalid(std::string_view url, std::string_view why) {
  constexpr size_t kMaxQuoted = 200;
  std::string text = "invalid URL \"";
  text.append(url.substr(0, kMaxQuoted)).append(url.size() > kMaxQuoted ? "...\": " : "\": ");
  return {Code::kInvalidArgument, text.append(why)};
}

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_percent_triplet(std::string_view text, size_t at) {
  return at + 2 < text.size() && text[at] == '%' && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_percent_triplet(text, i)) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool is_all_percent_encoded(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && !is_percent_triplet(text, i)) return false;
  }
  return true;
}

// Encodes what may not stand in a path or query as `requests` does, so that a script's URL gives
// the same bytes here and there: triplets are normalised (unreserved ones decoded, hex in upper
// case); where one '%' begins no triplet, all of them stand for themselves and become %25.
std::string requote(std::string_view text, std::string_view also_allowed) {
  constexpr std::string_view kAllowed = "!$&'()*+,;=:@/";
  const bool keeps_triplets = is_all_percent_encoded(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool allowed = is_unreserved(c) || kAllowed.find(c) != std::string_view::npos ||
                   also_allowed.find(c) != std::string_view::npos;
    if (c == '%' && keeps_triplets) {
      c = static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      allowed = is_unreserved(c);
      i += 2;
    }
    if (allowed) {
      out.push_back(c);
    } else {
      append_percent_encoded(out, c);
    }
  }
  return out;
}

// RFC 3986 5.2.4 on an absolute path, segment by segment. Empty segments stay.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_slash = false;
  size_t at = 1;
  while (at <= path.size()) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    ends_in_slash = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!ends_in_slash) kept.push_back(segment);
    at = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (ends_in_slash || out.empty()) out.push_back('/');
  return out;
}

// "scheme" in "scheme:..."; empty when the text has none (RFC 3986 3.1).
std::string_view scheme_of(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0])) return {};
  const std::string_view scheme = text.substr(0, colon);
  const bool valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  return valid ? scheme : std::string_view();
}

// Null or why no URL may look like this: bytes that would end a request line, and backslashes
// before the query, which some programs read as slashes.
const char* find_forbidden(std::string_view text) {
  for (const char c : text) {
    if (c == '\r' || c == '\n') return "it contains a line break";
    if (c == '\0') return "it contains a NUL byte";
  }
  const bool has_backslash = text.substr(0, text.find('?')).find('\\') != std::string_view::npos;
  return has_backslash ? "it contains a backslash" : nullptr;
}

std::string_view trim_left(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// The host as it stands in a URL; a zone is written as RFC 6874 wants it.
std::string url_host(const Url& url) {
  if (!url.is_ipv6()) return url.host;
  const size_t zone_at = std::min(url.host.find('%'), url.host.size());
  std::string text = "[";
  text.append(url.host, 0, zone_at);
  if (zone_at < url.host.size()) text.append("%25").append(url.host, zone_at + 1);
  return text.append("]");
}

const char* parse_port(std::string_view text, Url& url) {
  if (text.empty()) return nullptr;
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end || port > 65535) return "the port is not 0-65535";
  url.port = static_cast<uint16_t>(port);
  return nullptr;
}

const char* parse_ipv6(std::string_view text, Url& url) {
  const size_t zone_at = text.find('%');
  const std::string_view address = text.substr(0, zone_at);
  const bool valid = std::all_of(address.begin(), address.end(),
                                 [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
  if (!valid || address.find(':') == std::string_view::npos) {
    return "the brackets do not hold an IPv6 address";
  }
  url.host = address;
  if (zone_at == std::string_view::npos) return nullptr;
  // RFC 6874 writes the zone behind "%25"; a bare "%" is common, so both are taken.
  std::string_view zone = text.substr(zone_at + 1);
  if (zone.size() > 2 && zone.substr(0, 2) == "25") zone.remove_prefix(2);
  if (!is_token(zone)) return "the IPv6 zone is empty or has bad characters";
  url.host.append("%").append(zone);
  return nullptr;
}

// Empty or why not, as for the next two.
std::string parse_name(std::string_view text, Url& url) {
  if (text.empty()) return "it has no host";
  url.host = percent_decode(text);
  if (!is_ascii(url.host)) {
    auto ascii = ascii_host_name(url.host);
    if (!ascii.ok()) return ascii.status().message();
    url.host = std::move(ascii).value();
  }
  for (char& c : url.host) {
    if (!is_alpha(c) && !is_digit(c) &&
        std::string_view("-._~!$&'()*+,;=").find(c) == std::string_view::npos) {
      return "the host has a character that no host name may have";
    }
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return {};
}

std::string parse_host_port(std::string_view text, Url& url) {
  std::string_view port;
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return "\"[\" without \"]\"";
    port = text.substr(close + 1);
    if (!port.empty() && port[0] != ':') return "something other than a port follows \"]\"";
    if (const char* why = parse_ipv6(text.substr(1, close - 1), url)) return why;
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    port = text.substr(colon);
    if (std::string why = parse_name(text.substr(0, colon), url); !why.empty()) return why;
  }
  const char* why = port.empty() ? nullptr : parse_port(port.substr(1), url);
  return why == nullptr ? "" : why;
}

// `text` begins behind "//". Reads the authority and leaves path, query and fragment.
std::string parse_authority(std::string_view& text, Url& url) {
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, end);
  text.remove_prefix(end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view userinfo = authority.substr(0, at);
    const size_t colon = std::min(userinfo.find(':'), userinfo.size());
    url.has_userinfo = true;
    url.user = percent_decode(userinfo.substr(0, colon));
    url.password = percent_decode(userinfo.substr(std::min(colon + 1, userinfo.size())));
    authority.remove_prefix(at + 1);
  }
  url.port = url.scheme == "https" ? 443 : 80;
  return parse_host_port(authority, url);
}

// `text` is path, query and fragment; `base_path` is merged before a relative path (RFC
// 3986 5.2.3).
void parse_target(std::string_view text, std::string_view base_path, Url& url) {
  text = text.substr(0, text.find('#'));
  const size_t question = text.find('?');
  std::string path(text.substr(0, question));
  if (path.empty() || path[0] != '/') {
    path.insert(0, base_path.substr(0, base_path.rfind('/') + 1));
  }
  url.path = remove_dot_segments(requote(path, ""));
  url.query.clear();
  if (question != std::string_view::npos) url.query = requote(text.substr(question + 1), "?");
}

}  // namespace

std::string Url::authority() const {
  std::string text;
  if (is_ipv6()) {
    text.append("[").append(host, 0, host.find('%')).append("]");
  } else {
    text = host;
  }
  if (!is_default_port()) text.append(":").append(std::to_string(port));
  return text;
}

std::string Url::origin() const {
  std::string text = scheme;
  return text.append("://").append(url_host(*this)).append(":").append(std::to_string(port));
}

std::string Url::target() const {
  std::string text = path;
  if (!query.empty()) text.append("?").append(query);
  return text;
}

std::string Url::to_string() const {
  std::string text = scheme;
  text.append("://").append(url_host(*this));
  if (!is_default_port()) text.append(":").append(std::to_string(port));
  return text.append(target());
}

Result<Url> parse_url(std::string_view text) {
  const std::string_view trimmed = trim_left(text);
  if (const char* why = find_forbidden(trimmed)) return invalid(trimmed, why);
  const std::string_view scheme = scheme_of(trimmed);
  if (scheme.empty())
    return invalid(trimmed, "it has no scheme; begin it with http:// or https://");
  Url url;
  url.scheme = equals_ignoring_case(scheme, "https") ? "https" : "http";
  if (!equals_ignoring_case(scheme, url.scheme)) {
    return invalid(trimmed, "the scheme is neither http nor https");
  }
  std::string_view rest = trimmed.substr(scheme.size() + 1);
  if (rest.substr(0, 2) != "//") return invalid(trimmed, "\"//\" must follow the scheme");
  rest.remove_prefix(2);
  if (const std::string why = parse_authority(rest, url); !why.empty()) {
    return invalid(trimmed, why);
  }
  parse_target(rest, "/", url);
  return url;
}

Result<Url> join_url(const Url& base, std::string_view reference) {
  const std::string_view trimmed = trim_left(reference);
  if (!scheme_of(trimmed).empty()) return parse_url(trimmed);
  if (const char* why = find_forbidden(trimmed)) return invalid(trimmed, why);
  if (trimmed.substr(0, 2) == "//") return parse_url(base.scheme + ":" + std::string(trimmed));
  Url url = base;
  if (trimmed.empty() || trimmed[0] == '#') return url;
  parse_target(trimmed, base.path, url);
  if (trimmed[0] == '?') url.path = base.path;
  return url;
}

}  // namespace locust_like::http
