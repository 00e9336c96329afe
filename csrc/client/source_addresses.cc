#include "client/source_addresses.h"

#include <algorithm>
#include <iterator>

namespace locust_like::client {

SourceAddresses::SourceAddresses(const std::vector<loop::Address>& addresses) {
  for (const loop::Address& address : addresses) {
    auto& family = address.is_ipv6() ? ipv6_ : ipv4_;
    family.push_back(address);
    family.back().set_port(0);  // the kernel chooses
  }
}

Result<loop::Addresses> SourceAddresses::reachable(const loop::Addresses& targets) const {
  loop::Addresses reached;
  std::copy_if(targets.begin(), targets.end(), std::back_inserter(reached),
               [this](const loop::Address& target) { return !of_family(target).empty(); });
  if (!reached.empty() || targets.empty()) return reached;
  return Status(Code::kConnect,
                "connect to " + targets.front().to_string() + ": no source address is " +
                    (targets.front().is_ipv6() ? "IPv6" : "IPv4") + ", add one to source_address");
}

const loop::Address& SourceAddresses::next(const loop::Address& target) const {
  const auto& addresses = of_family(target);
  return addresses[turn_.fetch_add(1, std::memory_order_relaxed) % addresses.size()];
}

const std::vector<loop::Address>& SourceAddresses::of_family(const loop::Address& target) const {
  return target.is_ipv6() ? ipv6_ : ipv4_;
}

}  // namespace locust_like::client
