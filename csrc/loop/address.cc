#include "loop/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <uv.h>

#include <array>
#include <cstring>

namespace locust_like::loop {
namespace {

// Both families keep the port at the same place.
constexpr size_t kPortOffset = offsetof(sockaddr_in, sin_port);
static_assert(kPortOffset == offsetof(sockaddr_in6, sin6_port));

}  // namespace

Result<Address> Address::parse(std::string_view ip, uint16_t port) {
  static_assert(sizeof(sockaddr_in6) == kStorageBytes);
  const std::string text(ip);
  sockaddr_in v4 = {};
  if (uv_ip4_addr(text.c_str(), port, &v4) == 0) {
    return from_sockaddr(reinterpret_cast<const sockaddr*>(&v4));
  }
  sockaddr_in6 v6 = {};
  if (uv_ip6_addr(text.c_str(), port, &v6) == 0) {
    return from_sockaddr(reinterpret_cast<const sockaddr*>(&v6));
  }
  return Status(Code::kInvalidArgument, "'" + text + "' is not an IP address");
}

Address Address::from_sockaddr(const sockaddr* address) {
  Address result;
  const size_t bytes = address->sa_family == AF_INET    ? sizeof(sockaddr_in)
                       : address->sa_family == AF_INET6 ? sizeof(sockaddr_in6)
                                                        : 0;
  std::memcpy(result.storage_, address, bytes);
  return result;
}

uint16_t Address::port() const {
  uint16_t port = 0;
  std::memcpy(&port, storage_ + kPortOffset, sizeof(port));
  return ntohs(port);
}

void Address::set_port(uint16_t port) {
  const uint16_t network_order = htons(port);
  std::memcpy(storage_ + kPortOffset, &network_order, sizeof(network_order));
}

bool Address::is_ipv6() const { return get()->sa_family == AF_INET6; }

std::string_view Address::ip_bytes() const {
  const auto* bytes = reinterpret_cast<const char*>(storage_);
  if (is_ipv6()) return {bytes + offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr)};
  if (get()->sa_family != AF_INET) return {};
  return {bytes + offsetof(sockaddr_in, sin_addr), sizeof(in_addr)};
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  if (uv_ip_name(get(), text.data(), text.size()) != 0) return "unknown";
  const std::string port_text = std::to_string(port());
  if (!is_ipv6()) return std::string(text.data()) + ":" + port_text;
  return "[" + std::string(text.data()) + "]:" + port_text;
}

}  // namespace locust_like::loop
