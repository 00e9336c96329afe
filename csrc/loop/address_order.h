// AddressOrder: which addresses of a name are used, and which of them first; values and pure rules.
//
// Thread: any.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "loop/address.h"

namespace locust_like::loop {

using Addresses = std::vector<Address>;

struct AddressOrder {
  enum class Families : uint8_t {
    kAny,  // in the order of RFC 6724
    kPreferIpv4,
    kPreferIpv6,
    kOnlyIpv4,
    kOnlyIpv6
  };
  enum class Choice : uint8_t { kFirst, kRandom, kRoundRobin };
  Families families = Families::kAny;
  Choice choice = Choice::kFirst;  // which address of a family begins

  friend bool operator==(const AddressOrder&, const AddressOrder&) = default;

  // "preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any". Error of both: kInvalidArgument.
  static Result<Families> parse_families(std::string_view text);
  // "first", "random", "roundRobin".
  static Result<Choice> parse_choice(std::string_view text);

  // What of an answer is used, the preferred family first.
  Addresses arranged(const Addresses& found) const;
};

// The addresses with each family rotated by `turn`; the order of the families stays.
Addresses rotated(const Addresses& addresses, size_t turn);

}  // namespace locust_like::loop
