// Proxy: through whom a connection leads, and which origins go through one.
//
// Chosen for each hop of a call from its URL, so a redirect may leave the proxy or come to it.
// Values; immutable once a profile uses them. Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/url.h"
#include "loop/network.h"

namespace locust_like::client {

struct Proxy {
  enum class Kind : uint8_t {
    kHttp,    // absolute-form for http, CONNECT for https and HTTP/2
    kHttps,   // the same, said to the proxy through TLS
    kSocks5,  // names are looked up here
    kSocks5h  // names are looked up by the proxy
  };
  Kind kind = Kind::kHttp;
  std::string host;  // IPv6 without brackets
  uint16_t port = 0;
  std::string user;  // empty, as the password: no credentials
  std::string password;

  std::string label() const;          // "socks5://host:port", without credentials
  std::string authorization() const;  // "Basic ..." of the credentials; empty without
  bool speaks_http() const { return kind == Kind::kHttp || kind == Kind::kHttps; }
  bool has_credentials() const { return !user.empty() || !password.empty(); }
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

// "http://user:password@host:port", "https://", "socks5://", "socks5h://"; without a scheme it is
// HTTP. Default ports 80, 443 and 1080. Error: kInvalidArgument, without the credentials.
Result<Proxy> parse_proxy(std::string_view text);

class ProxyRules {
 public:
  // `pattern` is "http", "https" or "all", alone or with a host ("https://example.com"). What is
  // told last of one pattern holds. Error: kInvalidArgument.
  Status add(std::string_view pattern, std::string_view proxy);
  // NO_PROXY: hosts, domains (with or without a dot in front), addresses and networks, each perhaps
  // with ":port", separated by commas or blanks; "*" is every host. A name is not looked up for it.
  void set_exceptions(std::string_view no_proxy);
  // The most special pattern wins, as in requests: scheme and host, scheme, all and host, all.
  // Null: straight to the origin.
  std::shared_ptr<const Proxy> choose(const http::Url& url) const;

 private:
  struct Exception {
    std::string domain;  // lower case, without the dot in front; "*" is all
    std::optional<loop::Network> network;
    std::optional<uint16_t> port;
  };
  static bool matches(const Exception& exception, const http::Url& url);

  std::map<std::string, std::shared_ptr<const Proxy>, std::less<>> proxies_;
  std::vector<Exception> exceptions_;
};

}  // namespace locust_like::client
