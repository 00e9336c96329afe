// Redirect chains over sockets; what one redirect does to a request is in redirect_test.cc.
#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

std::string redirect_to(const std::string& location, const std::string& status = "302 Found") {
  return reply_of("moved", "Location: " + location + "\r\n", status);
}

TEST_CASE("a chain is one call with its hops on one connection") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(redirect_to("/b")),
                         read_request(), send_bytes(redirect_to("/c", "301 Moved")), read_request(),
                         send_bytes(reply_of("there"))});
  ClientHarness client;
  const Call& call = client.get(server.url("/a"));
  CHECK(call.reply.status.ok());
  CHECK(call.reply.body == "there");
  CHECK(call.sample.hops == 2);
  CHECK(call.sample.exchanges == 3);
  REQUIRE(call.reply.history.size() == 2);
  CHECK(call.reply.history[0].status == 302);
  CHECK(call.reply.history[0].url == server.url("/a"));
  CHECK(call.reply.history[1].url == server.url("/b"));
  CHECK(call.reply.final_url == server.url("/c"));
  CHECK(call.sample.content_bytes == 5);
}

TEST_CASE("redirects are results when they are not followed or name no place") {
  const bool follow = GENERATE(true, false);
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(follow ? reply_of("", "", "302 Found") : redirect_to("/b"))});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.follow_redirects = follow;
  client.run(call);
  CHECK(call.reply.status.ok());
  CHECK(call.sample.status == 302);
  CHECK(call.sample.outcome == stats::Outcome::kSuccess);
}

TEST_CASE("a loop ends at the limit as class redirect") {
  std::vector<Step> steps = {accept_one()};
  for (int i = 0; i < 4; ++i) {
    steps.push_back(read_request());
    steps.push_back(send_bytes(redirect_to("/round")));
  }
  ScriptedServer server(steps);
  ClientHarness client({.max_redirects = 3});
  const Call& call = client.get(server.url("/round"));
  CHECK(call.sample.failure == Code::kRedirect);
  CHECK(call.sample.hops == 3);
  CHECK(call.sample.exchanges == 4);
}

TEST_CASE("a bad place is class redirect, not a crash") {
  const std::string location = GENERATE("ftp://x/", "http://", "http://h:99999/", "http://[::1/");
  ScriptedServer server({accept_one(), read_request(), send_bytes(redirect_to(location))});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kRedirect);
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("a POST that becomes a GET keeps its own fields except those of the body") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(redirect_to("/b", "303 See")),
                         read_request(), send_bytes(reply_of(""))});
  ClientHarness client;
  Call& call = client.make(server.url("/a"), "POST");
  call.request.extra_head = "X-Trace: 7\r\ncontent-type: text/plain\r\n";
  call.request.body = "data";
  call.request.has_body = true;
  client.run(call);
  CHECK(call.reply.status.ok());
  const std::string second = server.requests().at(1);
  CHECK(second.starts_with("GET /b "));
  CHECK(second.find("X-Trace: 7\r\n") != std::string::npos);
  CHECK(second.find("text/plain") == std::string::npos);
  CHECK(second.ends_with("\r\n\r\n"));
}

TEST_CASE("307 sends the body again") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(redirect_to("/b", "307 Temp")),
                         read_request(), send_bytes(reply_of(""))});
  ClientHarness client;
  client.post(server.url("/a"), "data");
  CHECK(server.requests().at(1).starts_with("POST /b "));
  CHECK(server.requests().at(1).ends_with("\r\n\r\ndata"));
}

TEST_CASE("a call's own credentials do not follow it to another origin") {
  ScriptedServer other({accept_one(), read_request(), send_bytes(reply_of("")), await_end()});
  ScriptedServer server({accept_one(), read_request(), send_bytes(redirect_to("/same")),
                         read_request(), send_bytes(redirect_to(other.url("/far")))});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.extra_head = "Authorization: secret\r\nX-Trace: 7\r\n";
  client.run(call);
  CHECK(call.sample.hops == 2);
  CHECK(server.requests().at(1).find("secret") != std::string::npos);
  CHECK(other.requests().at(0).find("secret") == std::string::npos);
  CHECK(other.requests().at(0).find("X-Trace: 7") != std::string::npos);
}

}  // namespace
}  // namespace locust_like::client
