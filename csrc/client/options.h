// Options and Profile: the settings that many calls share.
//
// A Profile is immutable once a call uses it, shared by all sessions with equal settings and read
// by I/O threads without locks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/message.h"
#include "http/url.h"
#include "tls/context.h"

namespace locust_like::client {

// Zero durations mean "no limit".
struct Options {
  Nanos connect_timeout{0};  // of one exchange: waiting in the pool, name look-up, TCP and TLS
  Nanos read_timeout{0};     // gap between bytes once connected, in either direction
  Nanos total_timeout{0};    // the whole call, redirects included
  int max_redirects = 30;
  bool follow_redirects = true;
  int max_connections = 10;  // per pool and origin; more exchanges wait ("blocked")
  Nanos idle_expiry = std::chrono::seconds(118);  // older idle connections are not reused
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
};

// Where a connection leads; equal keys may share one.
struct Origin {
  bool tls = false;
  std::string host;  // as resolved and verified; IPv6 without brackets
  uint16_t port = 0;
  std::string key;  // "scheme://host:port"
};

// A request head with everything that follows from its URL, made once and sent many times.
struct PreparedRequest {
  http::RequestTemplate request;
  http::Url url;
  std::shared_ptr<const Origin> origin;
};

// Validates and renders. Error: kInvalidArgument; nothing was sent.
Result<std::shared_ptr<const PreparedRequest>> prepare_request(std::string_view method,
                                                               const http::Url& url,
                                                               const http::Headers& headers);

}  // namespace locust_like::client
