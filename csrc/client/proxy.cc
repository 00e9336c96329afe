#include "client/proxy.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/headers.h"
#include "http/host_name.h"
#include "tls/hash.h"

namespace locust_like::client {
namespace {

constexpr uint16_t kSocksPort = 1080;
constexpr std::string_view kSeparators = ", \t";

std::string_view scheme_of(Proxy::Kind kind) {
  switch (kind) {
    case Proxy::Kind::kHttp:
      return "http";
    case Proxy::Kind::kHttps:
      return "https";
    case Proxy::Kind::kSocks5:
      return "socks5";
    case Proxy::Kind::kSocks5h:
      return "socks5h";
  }
  return "";
}

std::optional<Proxy::Kind> kind_of(std::string_view scheme) {
  for (const auto kind :
       {Proxy::Kind::kHttp, Proxy::Kind::kHttps, Proxy::Kind::kSocks5, Proxy::Kind::kSocks5h}) {
    if (http::equals_ignoring_case(scheme, scheme_of(kind))) return kind;
  }
  return std::nullopt;
}

bool names_port(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view address = authority.substr(authority.rfind('@') + 1);
  const size_t host_end = address.starts_with('[') ? address.find(']') : 0;
  return address.find(':', host_end) != std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// "host:port" and "[::1]:port", but not the colons of a bare IPv6 address.
std::optional<uint16_t> take_port(std::string_view& host) {
  const size_t colon = host.rfind(':');
  const bool bracketed = host.starts_with('[');
  if (colon == std::string_view::npos || (!bracketed && host.find(':') != colon)) return {};
  uint16_t port = 0;
  const std::string_view digits = host.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  host = host.substr(0, colon);
  return port;
}

}  // namespace

std::string Proxy::label() const {
  std::string text(scheme_of(kind));
  const bool is_ipv6 = host.find(':') != std::string::npos;
  text.append("://").append(is_ipv6 ? "[" + host + "]" : host);
  return text.append(":").append(std::to_string(port));
}

std::string Proxy::authorization() const {
  return has_credentials() ? "Basic " + tls::base64(user + ":" + password) : "";
}

Result<Proxy> parse_proxy(std::string_view text) {
  const size_t mark = text.find("://");
  const std::string_view scheme = mark == std::string_view::npos ? "http" : text.substr(0, mark);
  const std::string_view rest = mark == std::string_view::npos ? text : text.substr(mark + 3);
  const auto kind = kind_of(scheme);
  if (!kind) {
    return Status(Code::kInvalidArgument,
                  "a proxy is http://, https://, socks5:// or socks5h://, not '" +
                      std::string(scheme) + "://'");
  }
  const std::string_view like = *kind == Proxy::Kind::kHttps ? "https://" : "http://";
  auto url = http::parse_url(std::string(like).append(rest));
  if (!url.ok()) {
    return Status(Code::kInvalidArgument,
                  "the URL of a proxy, '" + std::string(scheme) + "://...', cannot be read");
  }
  Proxy proxy;
  proxy.kind = *kind;
  proxy.host = url.value().host;
  proxy.port = !proxy.speaks_http() && !names_port(rest) ? kSocksPort : url.value().port;
  proxy.user = url.value().user;
  proxy.password = url.value().password;
  constexpr size_t kMostSocksBytes = 255;  // RFC 1929 section 2
  if (!proxy.speaks_http() && proxy.has_credentials() &&
      (proxy.user.empty() || proxy.user.size() > kMostSocksBytes ||
       proxy.password.size() > kMostSocksBytes)) {
    return Status(Code::kInvalidArgument,
                  "SOCKS5 takes a user of 1-255 bytes and a password of at most 255");
  }
  return proxy;
}

Status ProxyRules::add(std::string_view pattern, std::string_view proxy) {
  const size_t mark = std::min(pattern.find("://"), pattern.size());
  const std::string scheme = lower_case(pattern.substr(0, mark));
  if (scheme != "http" && scheme != "https" && scheme != "all") {
    return {Code::kInvalidArgument,
            "proxies has keys as 'http', 'https', 'all' or "
            "'https://host', not '" +
                std::string(pattern) + "'"};
  }
  auto parsed = parse_proxy(proxy);
  if (!parsed.ok()) return parsed.status();
  const std::string_view host = pattern.substr(std::min(mark + 3, pattern.size()));
  const std::string key = host.empty() ? scheme : scheme + "://" + http::canonical_host_name(host);
  proxies_[key] = std::make_shared<const Proxy>(std::move(parsed).value());
  return {};
}

void ProxyRules::set_exceptions(std::string_view no_proxy) {
  exceptions_.clear();
  while (true) {
    const size_t begin = no_proxy.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return;
    no_proxy.remove_prefix(begin);
    std::string_view word = no_proxy.substr(0, no_proxy.find_first_of(kSeparators));
    no_proxy.remove_prefix(word.size());
    Exception exception;
    exception.port = take_port(word);
    if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
    if (auto network = loop::Network::parse(word); network.ok())
      exception.network = network.value();
    if (word.starts_with("*.")) word.remove_prefix(1);
    if (word.starts_with('.')) word.remove_prefix(1);
    exception.domain = http::canonical_host_name(word);
    exceptions_.push_back(std::move(exception));
  }
}

bool ProxyRules::matches(const Exception& exception, const http::Url& url) {
  if (exception.port && *exception.port != url.port) return false;
  if (exception.domain == "*" || exception.domain == url.host) return true;
  const auto literal = loop::Address::parse(url.host, url.port);
  if (literal.ok()) return exception.network && exception.network->contains(literal.value());
  return !exception.domain.empty() && url.host.size() > exception.domain.size() &&
         url.host.ends_with(exception.domain) &&
         url.host[url.host.size() - exception.domain.size() - 1] == '.';
}

std::shared_ptr<const Proxy> ProxyRules::choose(const http::Url& url) const {
  for (const Exception& exception : exceptions_) {
    if (matches(exception, url)) return nullptr;
  }
  for (const std::string& pattern :
       {url.scheme + "://" + url.host, url.scheme, "all://" + url.host, std::string("all")}) {
    const auto found = proxies_.find(pattern);
    if (found != proxies_.end()) return found->second;
  }
  return nullptr;
}

}  // namespace locust_like::client
