// Address: an IPv4 or IPv6 socket address as a value (no foreign type in the interface).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr;

namespace locust_like::loop {

class Address {
 public:
  Address() = default;  // no address: to_string() is "unknown"
  // "127.0.0.1", "::1", "fe80::1%eth0"; not host names. Error: kInvalidArgument.
  static Result<Address> parse(std::string_view ip, uint16_t port);
  // Families other than IPv4 and IPv6 give an empty address.
  static Address from_sockaddr(const sockaddr* address);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(storage_); }
  uint16_t port() const;
  void set_port(uint16_t port);
  bool is_ipv6() const;
  // 4 or 16 bytes in network order, none without an address; the view lives as long as this.
  std::string_view ip_bytes() const;
  std::string to_string() const;  // "127.0.0.1:80", "[::1]:80"
  friend bool operator==(const Address&, const Address&) = default;

 private:
  // As large as sockaddr_in6, the larger of the two.
  static constexpr size_t kStorageBytes = 28;
  alignas(8) unsigned char storage_[kStorageBytes] = {};
};

}  // namespace locust_like::loop
