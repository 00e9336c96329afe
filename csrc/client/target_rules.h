// TargetRules: which servers may be reached, and where names lead besides what DNS says.
//
// Asked for each connection of each hop: with the host before it is looked up, and with the
// addresses that were found, so no redirect and no DNS answer leads where the operator did not want
// the load. Addresses from which clouds hand out credentials are refused unless they are named:
// 169.254.169.254, fd00:ec2::254 and fe80::/10. Through a proxy that looks names up, only hosts are
// known. Immutable once a profile uses it. Thread: any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "loop/address.h"
#include "loop/network.h"
#include "loop/resolver.h"

namespace locust_like::client {

class TargetRules {
 public:
  // "HOST:PORT:ADDRESS[,ADDRESS...]", IPv6 with or without brackets; the host "*" is every other.
  // Error of all three: kInvalidArgument.
  Status add_addresses(std::string_view text);
  // An address, a network ("10.0.0.0/8"), a host, or "*.example.com" for the hosts of a domain.
  Status block(std::string_view text);
  // The same; wins over block() and over what is refused without being told.
  Status allow(std::string_view text);

  // Null: ask DNS.
  const loop::Addresses* addresses_of(const std::string& host, uint16_t port) const;
  // Of a host, or of an address that stands in its place. Error: kBlockedTarget.
  Status check_host(const std::string& host) const;
  // Takes out what must not be reached. Error: kBlockedTarget, when nothing is left.
  Result<loop::Addresses> allowed(const std::string& host, const loop::Addresses& found) const;

 private:
  struct Targets {
    std::vector<std::string> hosts;  // lower case; "*.example.com" as ".example.com"
    std::vector<loop::Network> networks;
    Status add(std::string_view text);
    bool has(std::string_view host) const;
    bool has(const loop::Address& address) const;
  };

  Targets blocked_;
  Targets allowed_;
  std::map<std::pair<std::string, uint16_t>, loop::Addresses> addresses_;
};

}  // namespace locust_like::client
