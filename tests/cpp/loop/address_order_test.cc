#include "loop/address_order.h"

#include <catch2/catch.hpp>
#include <string>

namespace locust_like::loop {
namespace {

Addresses parsed(const std::vector<std::string>& texts) {
  Addresses addresses;
  for (const std::string& text : texts) addresses.push_back(Address::parse(text, 0).value());
  return addresses;
}

TEST_CASE("a policy puts a family first, or leaves the other out") {
  using Families = AddressOrder::Families;
  const Addresses found = parsed({"::1", "127.0.0.1", "::2", "127.0.0.2"});
  const auto arranged = [&](Families families) {
    return AddressOrder{.families = families}.arranged(found);
  };
  CHECK(arranged(Families::kAny) == found);
  CHECK(arranged(Families::kPreferIpv4) == parsed({"127.0.0.1", "127.0.0.2", "::1", "::2"}));
  CHECK(arranged(Families::kPreferIpv6) == parsed({"::1", "::2", "127.0.0.1", "127.0.0.2"}));
  CHECK(arranged(Families::kOnlyIpv4) == parsed({"127.0.0.1", "127.0.0.2"}));
  CHECK(arranged(Families::kOnlyIpv6) == parsed({"::1", "::2"}));
}

TEST_CASE("each family is rotated by itself") {
  const Addresses found = parsed({"127.0.0.1", "127.0.0.2", "127.0.0.3", "::1"});
  CHECK(rotated(found, 0) == found);
  CHECK(rotated(found, 1) == parsed({"127.0.0.2", "127.0.0.3", "127.0.0.1", "::1"}));
  CHECK(rotated(found, 5) == parsed({"127.0.0.3", "127.0.0.1", "127.0.0.2", "::1"}));
  CHECK(rotated({}, 3).empty());
}

TEST_CASE("words that mean no order are refused") {
  CHECK(AddressOrder::parse_choice("roundRobin").value() == AddressOrder::Choice::kRoundRobin);
  CHECK(AddressOrder::parse_choice("best").status().code() == Code::kInvalidArgument);
  CHECK(AddressOrder::parse_families("any").value() == AddressOrder::Families::kAny);
  CHECK(AddressOrder::parse_families("ipv4").status().code() == Code::kInvalidArgument);
}

}  // namespace
}  // namespace locust_like::loop
