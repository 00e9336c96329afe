#include "client/target_rules.h"

#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

loop::Addresses addresses(std::initializer_list<const char*> ips) {
  loop::Addresses found;
  for (const char* ip : ips) found.push_back(loop::Address::parse(ip, 80).value());
  return found;
}

bool reaches(const TargetRules& rules, const std::string& host, const char* ip) {
  return rules.check_host(host).ok() && rules.allowed(host, addresses({ip})).ok();
}

TEST_CASE("addresses that hand out credentials are refused unless they are named") {
  TargetRules rules;
  for (const char* ip : {"169.254.169.254", "fd00:ec2::254", "fe80::1", "::ffff:169.254.169.254"}) {
    INFO(ip);
    CHECK_FALSE(reaches(rules, "innocent.test", ip));
    CHECK(rules.check_host(ip).code() == Code::kBlockedTarget);
  }
  CHECK(reaches(rules, "app.test", "169.254.169.253"));
  CHECK(reaches(rules, "app.test", "127.0.0.1"));
  CHECK(rules.allow("169.254.169.254").ok());
  CHECK(rules.allow("named.test").ok());
  CHECK(reaches(rules, "any.test", "169.254.169.254"));
  CHECK_FALSE(reaches(rules, "any.test", "fe80::1"));
  CHECK(reaches(rules, "named.test", "fe80::1"));
}

TEST_CASE("hosts, domains, addresses and networks are blocked; what is allowed wins") {
  TargetRules rules;
  for (const char* text :
       {"Host.test", "*.domain.test", "10.0.0.0/8", "[::1]", "192.0.2.1", "\xc3\xbc.test"}) {
    CHECK(rules.block(text).ok());
  }
  CHECK_FALSE(reaches(rules, "xn--tda.test", "127.0.0.1"));
  CHECK_FALSE(reaches(rules, "host.test", "127.0.0.1"));
  CHECK_FALSE(reaches(rules, "host.test.", "127.0.0.1"));
  CHECK(reaches(rules, "sub.host.test", "127.0.0.1"));
  CHECK_FALSE(reaches(rules, "a.b.domain.test", "127.0.0.1"));
  CHECK(reaches(rules, "domain.test", "127.0.0.1"));
  CHECK_FALSE(reaches(rules, "any.test", "10.9.9.9"));
  CHECK_FALSE(reaches(rules, "::1", "::1"));
  CHECK(rules.allow("10.1.0.0/16").ok());
  CHECK(rules.allow("ours.domain.test").ok());
  CHECK(reaches(rules, "any.test", "10.1.9.9"));
  CHECK(reaches(rules, "ours.domain.test", "127.0.0.1"));
}

TEST_CASE("of several addresses those that may be reached are left") {
  TargetRules rules;
  const auto found = addresses({"169.254.169.254", "127.0.0.1"});
  CHECK(rules.allowed("app.test", found).value() == addresses({"127.0.0.1"}));
}

TEST_CASE("names lead where they were told to") {
  TargetRules rules;
  CHECK(rules.add_addresses("App.test:443:127.0.0.1,[::1]").ok());
  CHECK(rules.add_addresses("*:80:127.0.0.9").ok());
  REQUIRE(rules.addresses_of("app.test", 443) != nullptr);
  CHECK(rules.addresses_of("app.test", 443)->at(1).to_string() == "[::1]:443");
  CHECK(rules.addresses_of("any.test", 80)->front().to_string() == "127.0.0.9:80");
  CHECK(rules.addresses_of("app.test", 8443) == nullptr);
}

TEST_CASE("rules that mean nothing are refused") {
  TargetRules rules;
  for (const char* text :
       {"", "app.test", "app.test:443", "app.test:x:127.0.0.1", ":443:127.0.0.1",
        "app.test:443:", "app.test:443:name", "app.test:0:127.0.0.1", "app.test:443:127.0.0.1,"}) {
    INFO(text);
    CHECK(rules.add_addresses(text).code() == Code::kInvalidArgument);
  }
  for (const char* text : {"", "10.0.0.0/33", "http://x", "a b", "x:80", "*."}) {
    INFO(text);
    CHECK(rules.block(text).code() == Code::kInvalidArgument);
  }
}

void rule(ClientHarness& client, const std::function<Status(TargetRules&)>& add) {
  client.change_profile([&](Profile& profile) {
    auto rules = std::make_shared<TargetRules>();
    REQUIRE(add(*rules).ok());
    profile.targets = std::move(rules);
  });
}

TEST_CASE("a call goes to the address that its name was told to have") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("here"))});
  const std::string port = std::to_string(server.port());
  ClientHarness client;
  rule(client, [&](TargetRules& rules) {
    return rules.add_addresses("nowhere.invalid:" + port + ":127.0.0.1");
  });
  CHECK(client.get("http://nowhere.invalid:" + port + "/").reply.body == "here");
  CHECK(server.requests().at(0).find("\r\nHost: nowhere.invalid:") != std::string::npos);
}

TEST_CASE("a redirect to a blocked target is not followed there, and says so") {
  ScriptedServer server(
      {accept_one(), read_request(),
       send_bytes(reply_of("", "Location: http://169.254.169.254/latest/\r\n", "302 Found"))});
  ClientHarness client;
  rule(client, [](TargetRules&) { return Status(); });
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kBlockedTarget);
  CHECK(call.sample.hops == 1);
  CHECK(call.sample.never_sent == 1);
  CHECK(call.reply.status.message().find("169.254.169.254") != std::string::npos);
}

TEST_CASE("a name that resolves to a blocked address is not connected to") {
  ScriptedServer server({accept_one()});
  ClientHarness client;
  rule(client, [](TargetRules& rules) {
    const Status status = rules.block("127.0.0.0/8");
    return status.ok() ? rules.block("::1") : status;
  });
  const Call& call = client.get("http://localhost:" + std::to_string(server.port()) + "/");
  CHECK(call.sample.failure == Code::kBlockedTarget);
  CHECK(server.done() == 0);
}

TEST_CASE("a proxy does not lead to a blocked address") {
  ScriptedServer proxy({accept_one()});
  ClientHarness client;
  rule(client, [](TargetRules&) { return Status(); });
  client.change_profile([&](Profile& profile) {
    auto rules = std::make_shared<ProxyRules>();
    REQUIRE(rules->add("all", "http://127.0.0.1:" + std::to_string(proxy.port())).ok());
    profile.proxies = std::move(rules);
  });
  CHECK(client.get("http://169.254.169.254/").sample.failure == Code::kBlockedTarget);
  CHECK(proxy.done() == 0);
}

}  // namespace
}  // namespace locust_like::client
