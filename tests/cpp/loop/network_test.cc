#include "loop/network.h"

#include <catch2/catch.hpp>

namespace locust_like::loop {
namespace {

bool contains(std::string_view network, std::string_view ip) {
  return Network::parse(network).value().contains(Address::parse(ip, 80).value());
}

TEST_CASE("a network contains the addresses that share its prefix") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  CHECK(contains("192.168.16.0/20", "192.168.31.255"));
  CHECK_FALSE(contains("192.168.16.0/20", "192.168.32.0"));
  CHECK(contains("127.0.0.1", "127.0.0.1"));
  CHECK_FALSE(contains("127.0.0.1", "127.0.0.2"));
  CHECK(contains("0.0.0.0/0", "8.8.8.8"));
  CHECK(contains("fe80::/10", "febf::1"));
  CHECK_FALSE(contains("fe80::/10", "fec0::1"));
  CHECK(contains("fd00:ec2::254", "fd00:ec2::254"));
}

TEST_CASE("families are apart, but a mapped IPv4 address is one") {
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK_FALSE(contains("::/0", "127.0.0.1"));
  CHECK(contains("169.254.169.254", "::ffff:169.254.169.254"));
}

TEST_CASE("what is no network is refused") {
  for (const char* text :
       {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "::/129", "10.0.0"}) {
    INFO(text);
    CHECK(Network::parse(text).status().code() == Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace locust_like::loop
