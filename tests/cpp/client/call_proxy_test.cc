// Calls through proxies: what reaches them, what reaches the server, and how it fails.
#include <catch2/catch.hpp>

#include "client/call.h"
#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

void use_proxy(ClientHarness& client, const std::string& proxy, std::string_view no_proxy = "") {
  client.change_profile([&](Profile& profile) {
    auto rules = std::make_shared<ProxyRules>();
    REQUIRE(rules->add("all", proxy).ok());
    rules->set_exceptions(no_proxy);
    profile.proxies = std::move(rules);
  });
}

std::string at(const ScriptedServer& server, std::string_view credentials = "") {
  return "http://" + std::string(credentials) + "127.0.0.1:" + std::to_string(server.port());
}

TEST_CASE("a proxy gets plain requests with the whole URL and its credentials") {
  ScriptedServer proxy({accept_one(), read_request(), send_bytes(reply_of("one")), read_request(),
                        send_bytes(reply_of("two"))});
  ClientHarness client;
  use_proxy(client, at(proxy, "me:secret@"));
  const Call& call = client.get("http://server.test:8080/path?x=1");
  REQUIRE(call.reply.status.ok());
  CHECK(call.reply.body == "one");
  CHECK(call.reply.remote_address.port() == proxy.port());
  CHECK(client.get("http://server.test:8080/").reply.body == "two");
  const std::string request = proxy.requests().at(0);
  CHECK(request.starts_with("GET http://server.test:8080/path?x=1 HTTP/1.1\r\n"));
  CHECK(request.find("\r\nHost: server.test:8080\r\n") != std::string::npos);
  CHECK(request.find("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n") != std::string::npos);
}

TEST_CASE("a redirect leaves the proxy where the rules say so, and its credentials behind") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("straight"))});
  ScriptedServer proxy(
      {accept_one(), read_request(),
       send_bytes(reply_of("", "Location: " + server.url("/home") + "\r\n", "302 Found"))});
  ClientHarness client;
  use_proxy(client, at(proxy, "me:secret@"), "127.0.0.1");
  CHECK(client.get("http://server.test/").reply.body == "straight");
  const std::string request = server.requests().at(0);
  CHECK(request.starts_with("GET /home HTTP/1.1\r\n"));
  CHECK(request.find("Proxy-") == std::string::npos);
}

TEST_CASE("a proxy that cannot be reached fails the call in class proxy") {
  ClientHarness client;
  use_proxy(client, "http://me:secret@127.0.0.1:1");
  const Call& call = client.get("http://server.test/");
  CHECK(call.sample.failure == Code::kProxy);
  CHECK(call.reply.status.message() ==
        "http://server.test:80 through proxy http://127.0.0.1:1: connect to 127.0.0.1:1: "
        "Connection refused");
}

TEST_CASE("CONNECT leads to HTTP/2 by prior knowledge; a server that speaks at once is heard") {
  const std::string settings("\x00\x00\x00\x04\x00\x00\x00\x00\x00", 9);
  const std::string reply("\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88", 10);
  ScriptedServer proxy({accept_one(), read_request(),
                        send_bytes("HTTP/1.1 200 Fine\r\n\r\n" + settings), read_some(),
                        send_bytes(reply)});
  ClientHarness client({.http_version = HttpVersion::kPriorKnowledge});
  use_proxy(client, at(proxy, "me:secret@"));
  http::Headers headers;
  headers.add("Proxy-Authorization", "Bearer by-hand");
  const Call& call = client.run(client.make("http://server.test/", "GET", headers));
  INFO(call.reply.status.message());
  CHECK(call.reply.head.status == 200);
  CHECK(call.reply.head.version_major == 2);
  CHECK(proxy.requests().at(0) ==
        "CONNECT server.test:80 HTTP/1.1\r\nHost: server.test:80\r\n"
        "Proxy-Authorization: Bearer by-hand\r\n\r\n");
  CHECK_FALSE(call.request.prepared->request.headers.get("Proxy-Authorization"));
}

TEST_CASE("a proxy that does not lead on fails the call in class proxy") {
  const auto [steps, reason] = GENERATE(table<std::vector<Step>, std::string>({
      {{accept_one(), read_request(),
        send_bytes("HTTP/1.1 407 Who?\r\nContent-Length: 3\r\n\r\nwho")},
       "proxy refuses CONNECT server.test:443: 407 Who?"},
      {{accept_one(), read_request(), send_bytes("HTTP/1.1 502 Bad\r\n\r\n", 1)}, "502 Bad"},
      {{accept_one(), read_request(), end()}, "closed before the way was open"},
      {{accept_one(), read_request(), send_bytes("HTTP/1.1 2"), end()},
       "closed before the way was open"},
      {{accept_one(), read_request(), reset()}, "proxy"},
      {{accept_one(), send_bytes("220 smtp\r\n")}, "proxy"},
  }));
  ScriptedServer proxy(steps);
  ClientHarness client;
  use_proxy(client, at(proxy));
  const Call& call = client.get("https://server.test/");
  INFO(call.reply.status.message());
  CHECK(call.sample.failure == Code::kProxy);
  CHECK(call.sample.never_sent == 1);
  CHECK(call.reply.status.message().find(reason) != std::string::npos);
  CHECK(phase_ns(call, stats::Phase::kConnect) > 0);
  CHECK(phase_ns(call, stats::Phase::kTls) == 0);
}

TEST_CASE("a proxy that never answers CONNECT is a timeout of connecting") {
  ScriptedServer proxy({accept_one(), read_request(), await_end()});
  ClientHarness client;
  use_proxy(client, at(proxy));
  Call& call = client.make("https://server.test/");
  call.request.connect_timeout = std::chrono::milliseconds(50);
  CHECK(client.run(call).sample.failure == Code::kTimeoutConnect);
  CHECK(call.reply.status.message().find("through proxy") != std::string::npos);
}

TEST_CASE("a call may be cancelled at every step through a proxy") {
  ScriptedServer proxy({accept_one(), read_request(), await_end()});
  ClientHarness client;
  use_proxy(client, at(proxy));
  Call& call = client.make("https://server.test/");
  client.start(call);
  client.spin_until([&] { return proxy.requests().size() == 1; });
  call.cancel();
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
}

TEST_CASE("SOCKS5 leads to the server, by address or by name") {
  const bool by_name = GENERATE(false, true);
  const std::string greeting("\x05\x00", 2);
  const std::string granted("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10);
  ScriptedServer proxy({accept_one(), read_some(), send_bytes(greeting), read_some(),
                        send_bytes(granted), read_request(), send_bytes(reply_of("through"))});
  ClientHarness client;
  use_proxy(client, (by_name ? "socks5h" : "socks5") + at(proxy).substr(4));
  const Call& call = client.get(by_name ? "http://server.test/" : "http://127.0.0.1/");
  INFO(call.reply.status.message());
  REQUIRE(call.reply.status.ok());
  CHECK(call.reply.body == "through");
}

TEST_CASE("connections through different proxies are apart") {
  ScriptedServer one({accept_one(), read_request(), send_bytes(reply_of("one"))});
  ScriptedServer two({accept_one(), read_request(), send_bytes(reply_of("two"))});
  ClientHarness client;
  use_proxy(client, at(one));
  CHECK(client.get("http://server.test/").reply.body == "one");
  use_proxy(client, at(two));
  CHECK(client.get("http://server.test/").reply.body == "two");
  CHECK(client.pool().connection_count() == 2);
}

}  // namespace
}  // namespace locust_like::client
