// Network: the addresses that share a prefix ("10.0.0.0/8"), as a value.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "loop/address.h"

namespace locust_like::loop {

class Network {
 public:
  // "10.0.0.0/8", "fe80::/10", or one address. Error: kInvalidArgument.
  static Result<Network> parse(std::string_view text);
  // An IPv4 address that comes mapped into IPv6 ("::ffff:10.0.0.1") counts as what it is.
  bool contains(const Address& address) const;

 private:
  std::string prefix_;  // address bytes in network order
  int bits_ = 0;
};

}  // namespace locust_like::loop
