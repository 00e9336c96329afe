// SourceAddresses: the addresses of this machine that connections start from, in turn.
//
// One address has about 28,000 ports towards one target; each more adds as many. Shared by all
// users of a profile and immutable but for whose turn it is. Thread: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "loop/address.h"
#include "loop/resolver.h"

namespace locust_like::client {

class SourceAddresses {
 public:
  explicit SourceAddresses(const std::vector<loop::Address>& addresses);

  // Takes out what cannot be reached from here, as IPv6 from an IPv4 address. Error: kConnect, when
  // nothing is left.
  Result<loop::Addresses> reachable(const loop::Addresses& targets) const;
  // Whose turn it is for a target. REQUIRES: reachable() left the target in.
  const loop::Address& next(const loop::Address& target) const;

 private:
  const std::vector<loop::Address>& of_family(const loop::Address& target) const;

  std::vector<loop::Address> ipv4_;
  std::vector<loop::Address> ipv6_;
  mutable std::atomic<uint32_t> turn_{0};
};

}  // namespace locust_like::client
