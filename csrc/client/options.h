// Options and Profile: the settings that many calls share.
//
// A Profile is immutable once a call uses it, shared by all sessions with equal settings and read
// by I/O threads without locks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "client/proxy.h"
#include "client/source_addresses.h"
#include "client/target_rules.h"
#include "http/message.h"
#include "http/url.h"
#include "tls/context.h"

namespace locust_like::client {

// Which versions of HTTP a profile speaks.
enum class HttpVersion : uint8_t {
  kAgreed,          // over TLS what the server prefers of HTTP/2 and HTTP/1.1 (ALPN), else HTTP/1.1
  k11,              // HTTP/1.1
  k2,               // HTTP/2 over TLS or a failed call
  kPriorKnowledge,  // HTTP/2: without TLS at once ("h2c"), over TLS as k2
};

// "1.1", "2", "h2c". Error: kInvalidArgument.
Result<HttpVersion> parse_http_version(std::string_view text);
// What TLS offers to the server, best first.
std::vector<std::string> alpn_protocols(HttpVersion version);

// Every connection of such a profile carries many streams at a time.
bool must_multiplex(HttpVersion version);

// Zero durations mean "no limit".
struct Options {
  HttpVersion http_version = HttpVersion::kAgreed;
  Nanos connect_timeout{0};  // of one exchange: waiting in the pool, name look-up, TCP and TLS
  Nanos read_timeout{0};     // gap between bytes once connected, in either direction
  Nanos total_timeout{0};    // the whole call, redirects included
  int max_redirects = 30;
  bool follow_redirects = true;
  int max_connections = 10;  // per pool and origin; more exchanges wait ("blocked")
  Nanos idle_expiry = std::chrono::seconds(118);  // older idle connections are not reused
  // The pool is one for many users, so HTTP/2 may take all connections that it can have.
  bool shared_connections = false;
  bool reuse_connections = true;  // false: each exchange has a connection of its own, and says so
  // A request that a kept connection lost is sent again; see Call::may_retry().
  bool retry_stale = true;
  bool discard_body = false;
  bool keeps_cookies = true;                      // false: the caller has a jar of its own
  uint64_t max_body_bytes = uint64_t{256} << 20;  // on the wire, per reply
};

// Makes the TLS context of one setting on first use: a context with a CA bundle costs 21 ms.
// Thread: any; the first caller pays.
class TlsProvider {
 public:
  explicit TlsProvider(tls::Settings settings) : settings_(std::move(settings)) {}
  Result<std::shared_ptr<tls::Context>> context();

 private:
  const tls::Settings settings_;
  Mutex mutex_;
  std::shared_ptr<tls::Context> context_ LL_GUARDED_BY(mutex_);
};

// REQUIRES: tls is set wherever an https URL or a redirect to one is possible.
struct Profile {
  Options options;
  std::shared_ptr<TlsProvider> tls;
  std::shared_ptr<const ProxyRules> proxies;             // null: straight to every origin
  std::shared_ptr<TlsProvider> proxy_tls;                // for proxies over TLS
  std::shared_ptr<const TargetRules> targets;            // null: any
  std::shared_ptr<const SourceAddresses> sources;        // null: the kernel chooses
  std::shared_ptr<const loop::Resolver::Options> names;  // null: as the system asks
  std::string tls_server_name;  // SNI and verified name; empty: the URL's host
};

// Where a connection leads and how it gets there.
struct Origin {
  bool tls = false;
  std::string host;  // as resolved; IPv6 without brackets
  uint16_t port = 0;
  std::string key;                            // "scheme://host:port[ through proxy ...]"
  std::shared_ptr<TlsProvider> tls_provider;  // null without TLS
  std::string server_name;                    // the certificate's; empty without TLS
  std::shared_ptr<const Proxy> proxy;         // null: none
  std::shared_ptr<TlsProvider> proxy_tls;     // null: the proxy is spoken to in the clear
  bool tunnels = false;                       // the proxy is asked for a way to the origin
  std::string proxy_authorization;            // said to an HTTP proxy that tunnels
};

// Whether one connection may serve both.
bool share_connections(const Origin& a, const Origin& b);

// A request head with everything that follows from its URL, made once and sent many times.
struct PreparedRequest {
  http::RequestTemplate request;
  http::Url url;
  std::shared_ptr<const Origin> origin;
};

// Validates, chooses the proxy and renders; a Proxy-Authorization among `headers` never goes
// through a tunnel, but to the proxy. Error: kInvalidArgument; nothing was sent.
Result<std::shared_ptr<const PreparedRequest>> prepare_request(std::string_view method,
                                                               const http::Url& url,
                                                               const http::Headers& headers,
                                                               const Profile& profile = {});

}  // namespace locust_like::client
