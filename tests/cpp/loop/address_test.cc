#include "loop/address.h"

#include <catch2/catch.hpp>

using locust_like::Code;
using locust_like::loop::Address;

TEST_CASE("IP addresses are parsed and written back") {
  const auto [text, expected, v6] = GENERATE(table<std::string, std::string, bool>({
      {"127.0.0.1", "127.0.0.1:8080", false},
      {"::1", "[::1]:8080", true},
      {"2001:DB8::0:1", "[2001:db8::1]:8080", true},
  }));
  const auto address = Address::parse(text, 8080);
  REQUIRE(address.ok());
  CHECK(address.value().to_string() == expected);
  CHECK(address.value().is_ipv6() == v6);
  CHECK(address.value().port() == 8080);
  CHECK(Address::from_sockaddr(address.value().get()) == address.value());
}

TEST_CASE("what is not an IP address is refused") {
  for (const auto* text : {"localhost", "", "127.0.0", "127.0.0.1 ", "1.2.3.4.5", "[::1]", ":::"}) {
    CAPTURE(text);
    const auto address = Address::parse(text, 80);
    REQUIRE_FALSE(address.ok());
    CHECK(address.status().code() == Code::kInvalidArgument);
  }
}

TEST_CASE("the port can be changed afterwards and takes part in equality") {
  auto one = Address::parse("::1", 1).value();
  const auto two = Address::parse("::1", 65535).value();
  CHECK_FALSE(one == two);
  one.set_port(65535);
  CHECK(one == two);
}

TEST_CASE("an empty address is printable") { CHECK(Address().to_string() == "unknown"); }
