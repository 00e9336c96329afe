// Tunnel: what is said to a proxy until the connection leads to its origin; bytes in, bytes out.
//
// Two of them: CONNECT of an HTTP proxy (RFC 9110 9.3.6) and SOCKS5 (RFC 1928, RFC 1929). Used once
// and destroyed when the way is open. Thread: the loop's. Errors: kProxy, which the connection
// fails with; what the proxy says in a body is not read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/proxy.h"
#include "loop/address.h"

namespace locust_like::client {

// Where a tunnel ends.
struct TunnelEnd {
  std::string host;  // IPv6 without brackets
  uint16_t port = 0;
  std::optional<loop::Address> address;  // in place of the name; SOCKS5 only
};

class Tunnel {
 public:
  virtual ~Tunnel() = default;
  // Appends what the client says first.
  virtual void start(std::string& out) = 0;
  // Takes bytes of the proxy from the front of `bytes` and appends answers to `out`. True once the
  // way is open; what is left of `bytes` came from the origin.
  virtual Result<bool> receive(std::string_view& bytes, std::string& out) = 0;
};

// `authorization` becomes Proxy-Authorization; may be empty.
std::unique_ptr<Tunnel> make_connect_tunnel(const TunnelEnd& end, std::string_view authorization);
// `proxy` must outlive the tunnel.
std::unique_ptr<Tunnel> make_socks5_tunnel(const TunnelEnd& end, const Proxy& proxy);

}  // namespace locust_like::client
