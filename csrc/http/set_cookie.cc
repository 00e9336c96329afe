#include "http/set_cookie.h"

#include <libpsl.h>

#include <algorithm>

#include "http/headers.h"
#include "http/host_name.h"

namespace locust_like::http {
namespace {

constexpr size_t kMaxAttributeBytes = 1024;

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && u != '\t') || u == 0x7f;
  });
}

bool is_ip_address(std::string_view host) {
  if (host.find(':') != std::string_view::npos) return true;
  // A host that ends in a number is an IPv4 address or nothing (WHATWG URL).
  const size_t dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_public_suffix(const std::string& domain) {
  return psl_is_public_suffix(psl_builtin(), domain.c_str()) != 0;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() &&
         equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

// RFC 6265 5.1.4: up to, but not including, the last slash.
std::string default_path(const Url& url) {
  const size_t slash = url.path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : url.path.substr(0, slash);
}

// RFC 6265 5.2.2; a number that is too long is as good as its limit.
std::optional<int64_t> parse_max_age(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  int64_t seconds = 0;
  for (const char c : text) seconds = std::min(seconds * 10 + (c - '0'), kMaxCookieAge_s);
  return negative ? 0 : seconds;
}

std::string_view take_until(std::string_view& text, char mark) {
  const size_t at = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

// The attributes of one line; of several with one name the last counts.
struct Attributes {
  std::string domain;
  std::string path;
  std::optional<int64_t> max_age_s;
  std::optional<int64_t> expires_s;
  bool secure = false;
  bool http_only = false;

  void read(std::string_view text) {
    while (!text.empty()) {
      std::string_view value = take_until(text, ';');
      const std::string_view name = trim_blanks(take_until(value, '='));
      value = trim_blanks(value);
      if (value.size() <= kMaxAttributeBytes) take(name, value);
    }
  }

  int64_t expiry(int64_t now_s) const {
    if (max_age_s) return *max_age_s <= 0 ? 0 : now_s + *max_age_s;
    if (expires_s) return std::min(*expires_s, now_s + kMaxCookieAge_s);
    return kNeverExpires;
  }

 private:
  void take(std::string_view name, std::string_view value) {
    if (equals_ignoring_case(name, "Domain")) {
      if (value.starts_with('.')) value.remove_prefix(1);
      domain = canonical_host_name(value);
    } else if (equals_ignoring_case(name, "Path")) {
      path = value.starts_with('/') ? value : std::string_view();
    } else if (equals_ignoring_case(name, "Max-Age")) {
      if (const auto seconds = parse_max_age(value)) max_age_s = seconds;
    } else if (equals_ignoring_case(name, "Expires")) {
      if (const auto seconds = parse_cookie_date(value)) expires_s = seconds;
    } else if (equals_ignoring_case(name, "Secure")) {
      secure = true;
    } else if (equals_ignoring_case(name, "HttpOnly")) {
      http_only = true;
    }
  }
};

// RFC 6265 5.3 steps 5 and 6. False: the host may not set a cookie for that domain.
bool apply_domain(const std::string& host, const std::string& domain, Cookie& cookie) {
  if (!domain.empty() && domain != host && is_public_suffix(domain)) return false;
  cookie.host_only = domain.empty() || (domain == host && is_public_suffix(domain));
  if (!cookie.host_only && !domain_matches(host, domain)) return false;
  cookie.domain = cookie.host_only ? host : domain;
  return true;
}

// RFC 6265bis 5.7 steps 8 and 20-21.
bool may_be_set(const Cookie& cookie, const Url& url, bool names_path) {
  if (cookie.secure && !is_secure_origin(url)) return false;
  if (has_prefix(cookie.name, "__Secure-")) return cookie.secure;
  if (!has_prefix(cookie.name, "__Host-")) return true;
  return cookie.secure && cookie.host_only && names_path && cookie.path == "/";
}

}  // namespace

bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !is_ip_address(host);
}

bool path_matches(std::string_view request_path, std::string_view cookie_path) {
  if (!request_path.starts_with(cookie_path)) return false;
  return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
         request_path[cookie_path.size()] == '/';
}

bool is_secure_origin(const Url& url) {
  return url.scheme == "https" || url.host == "localhost" || url.host.ends_with(".localhost") ||
         url.host == "::1" || (url.host.starts_with("127.") && is_ip_address(url.host));
}

std::optional<Cookie> parse_set_cookie(std::string_view line, const Url& url, int64_t now_s) {
  if (has_control_character(line)) return std::nullopt;
  std::string_view value = take_until(line, ';');
  if (value.find('=') == std::string_view::npos) return std::nullopt;
  Cookie cookie;
  cookie.name = trim_blanks(take_until(value, '='));
  cookie.value = trim_blanks(value);
  if (cookie.name.empty() || cookie.name.size() + cookie.value.size() > kMaxCookieBytes) {
    return std::nullopt;
  }
  Attributes attributes;
  attributes.read(line);
  cookie.secure = attributes.secure;
  cookie.http_only = attributes.http_only;
  cookie.expires_s = attributes.expiry(now_s);
  cookie.path = attributes.path.empty() ? default_path(url) : attributes.path;
  if (!apply_domain(url.host, attributes.domain, cookie)) return std::nullopt;
  if (!may_be_set(cookie, url, !attributes.path.empty())) return std::nullopt;
  return cookie;
}

}  // namespace locust_like::http
