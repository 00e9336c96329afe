#include "loop/network.h"

#include <charconv>

namespace locust_like::loop {
namespace {

constexpr size_t kIpv4Bytes = 4;
constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

std::string_view plain(std::string_view bytes) {
  return bytes.starts_with(kMapped) ? bytes.substr(kMapped.size()) : bytes;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const Status refused(Code::kInvalidArgument,
                       "'" + std::string(text) + "' is neither an IP address nor a network");
  const size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash), 0);
  if (!address.ok()) return refused;
  Network network;
  network.prefix_ = address.value().ip_bytes();
  const int most = static_cast<int>(network.prefix_.size()) * 8;
  network.bits_ = most;
  if (slash == std::string_view::npos) return network;
  const std::string_view length = text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(length.data(), length.data() + length.size(), network.bits_);
  const bool whole = error == std::errc() && end == length.data() + length.size();
  if (!whole || network.bits_ < 0 || network.bits_ > most) return refused;
  return network;
}

bool Network::contains(const Address& address) const {
  const std::string_view bytes =
      prefix_.size() == kIpv4Bytes ? plain(address.ip_bytes()) : address.ip_bytes();
  if (bytes.size() != prefix_.size()) return false;
  const auto whole = static_cast<size_t>(bits_ / 8);
  const int rest = bits_ % 8;
  if (bytes.substr(0, whole) != std::string_view(prefix_).substr(0, whole)) return false;
  if (rest == 0) return true;
  const auto differing = static_cast<unsigned char>(bytes[whole] ^ prefix_[whole]);
  return differing >> (8 - rest) == 0;
}

}  // namespace locust_like::loop
