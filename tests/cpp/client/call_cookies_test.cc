// Cookies of a call over sockets; the rules of the jar are in http/cookies_test.cc.
#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

std::string moved_to(const std::string& location, const std::string& cookie) {
  return reply_of("", "Location: " + location + "\r\nSet-Cookie: " + cookie + "\r\n", "302 Found");
}

bool sends(const std::string& request, const std::string& cookies) {
  return request.find("\r\nCookie: " + cookies + "\r\n") != std::string::npos;
}

TEST_CASE("a reply without cookies makes no jar") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("x"))});
  ClientHarness client;
  CHECK(client.get(server.url()).request.jar == nullptr);
  CHECK(server.requests().at(0).find("Cookie") == std::string::npos);
}

TEST_CASE("what a hop sets goes with the next exchange and stays for the next call") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(moved_to("/b", "id=1; Path=/")),
                         read_request(), send_bytes(reply_of("x", "Set-Cookie: id=2\r\n"))});
  ClientHarness client;
  Call& call = client.make(server.url("/login"));
  call.request.extra_head = "X-Trace: 7\r\n";
  client.run(call);
  CHECK(server.requests().at(0).find("Cookie:") == std::string::npos);
  CHECK(sends(server.requests().at(1), "id=1"));
  CHECK(server.requests().at(1).find("X-Trace: 7\r\n") != std::string::npos);
  REQUIRE(call.request.jar);
  const auto stored = call.request.jar->list(0);
  REQUIRE(stored.size() == 1);
  CHECK(stored.front().value == "2");
}

TEST_CASE("cookies of one call and by hand go along a chain, but not to another origin") {
  const bool by_hand = GENERATE(true, false);
  ScriptedServer other({accept_one(), read_request(), send_bytes(reply_of("")), await_end()});
  ScriptedServer server({accept_one(), read_request(), send_bytes(moved_to("/same", "id=1")),
                         read_request(), send_bytes(moved_to(other.url("/far"), "id=2"))});
  ClientHarness client;
  Call& call = client.make(server.url());
  if (by_hand) {
    http::Headers headers;
    headers.add("Cookie", "mine=1");
    call.request.prepared =
        prepare_request("GET", http::parse_url(server.url()).value(), headers).value();
  } else {
    call.request.cookies = "mine=1";
  }
  client.run(call);
  CHECK(call.sample.hops == 2);
  CHECK(sends(server.requests().at(0), "mine=1"));
  CHECK(sends(server.requests().at(1), "mine=1; id=1"));
  CHECK(sends(other.requests().at(0), "id=2"));  // a cookie knows no port (RFC 6265 8.5)
}

TEST_CASE("a cookie set by a script for any host does not follow a redirect to another origin") {
  ScriptedServer other({accept_one(), read_request(), send_bytes(reply_of("")), await_end()});
  ScriptedServer server(
      {accept_one(), read_request(),
       send_bytes(reply_of("", "Location: " + other.url() + "\r\n", "302 Found"))});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.jar = std::make_shared<http::CookieJar>();
  http::Cookie token;
  token.name = "token";
  token.value = "t";
  call.request.jar->put(token, 0);
  client.run(call);
  CHECK(sends(server.requests().at(0), "token=t"));
  CHECK(other.requests().at(0).find("token") == std::string::npos);
}

}  // namespace
}  // namespace locust_like::client
