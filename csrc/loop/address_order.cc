#include "loop/address_order.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace locust_like::loop {

Result<AddressOrder::Families> AddressOrder::parse_families(std::string_view text) {
  if (text == "any") return Families::kAny;
  if (text == "preferIPv4") return Families::kPreferIpv4;
  if (text == "preferIPv6") return Families::kPreferIpv6;
  if (text == "onlyIPv4") return Families::kOnlyIpv4;
  if (text == "onlyIPv6") return Families::kOnlyIpv6;
  return Status(Code::kInvalidArgument,
                "policy is any, preferIPv4, preferIPv6, onlyIPv4 or onlyIPv6, not '" +
                    std::string(text) + "'");
}

Result<AddressOrder::Choice> AddressOrder::parse_choice(std::string_view text) {
  if (text == "first") return Choice::kFirst;
  if (text == "random") return Choice::kRandom;
  if (text == "roundRobin") return Choice::kRoundRobin;
  return Status(Code::kInvalidArgument,
                "select is first, random or roundRobin, not '" + std::string(text) + "'");
}

Addresses AddressOrder::arranged(const Addresses& found) const {
  Addresses used = found;
  const bool wants_ipv6 = families == Families::kPreferIpv6 || families == Families::kOnlyIpv6;
  const auto wanted = [=](const Address& address) { return address.is_ipv6() == wants_ipv6; };
  if (families == Families::kOnlyIpv4 || families == Families::kOnlyIpv6) {
    std::erase_if(used, [&](const Address& address) { return !wanted(address); });
  } else if (families != Families::kAny) {
    std::stable_partition(used.begin(), used.end(), wanted);
  }
  return used;
}

Addresses rotated(const Addresses& addresses, size_t turn) {
  Addresses order = addresses;
  if (order.size() < 2) return order;
  const bool first_is_ipv6 = order.front().is_ipv6();
  const auto second = std::stable_partition(
      order.begin(), order.end(), [=](const Address& a) { return a.is_ipv6() == first_is_ipv6; });
  const auto rotate = [turn](auto begin, auto end) {
    if (begin != end) std::rotate(begin, begin + static_cast<long>(turn % (end - begin)), end);
  };
  rotate(order.begin(), second);
  rotate(second, order.end());
  return order;
}

}  // namespace locust_like::loop
