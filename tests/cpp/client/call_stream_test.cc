// Streamed calls: what comes back when, what the sample says, and that a connection is kept or not.
#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words
using Next = CallRequest::Step;

// Takes pieces until the call has ended.
std::string read_all(ClientHarness& client, Call& call) {
  std::string body;
  while (!client.ended(call)) {
    client.go_on(call, Next::kNext);
    client.run_until([&] { return client.paused(call) || client.ended(call); });
    body += call.reply.body;
  }
  return body;
}

Call& start_stream(ClientHarness& client, const ScriptedServer& server) {
  Call& call = client.make("http://127.0.0.1:" + std::to_string(server.port()) + "/");
  call.request.streams = true;
  client.start(call);
  client.run_until([&] { return client.paused(call) || client.ended(call); });
  return call;
}

}  // namespace

TEST_CASE("a streamed call comes back at the head, with each piece, and at the end") {
  ScriptedServer server({accept_one(), read_some(),
                         send_bytes("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"),
                         send_bytes("def"), await_end()});
  ClientHarness client;
  Call& call = start_stream(client, server);
  REQUIRE(client.paused(call));
  CHECK(call.reply.head.status == 200);
  CHECK_FALSE(call.reply.complete);
  CHECK(read_all(client, call) == "abcdef");
  CHECK(call.reply.complete);
  CHECK(call.sample.content_bytes == 6);
  CHECK(client.pool().connection_count() == 1);
}

TEST_CASE("a streamed call that is ended early gives its connection up, once") {
  ScriptedServer server({accept_one(), read_some(),
                         send_bytes("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nabc"),
                         await_end()});
  ClientHarness client;
  Call& call = start_stream(client, server);
  client.go_on(call, Next::kEnd);
  REQUIRE(client.ended(call));
  CHECK(call.sample.outcome == stats::Outcome::kSuccess);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("a streamed body that is cut is told after what had come") {
  ScriptedServer server({accept_one(), read_some(),
                         send_bytes("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nabc"), end()});
  ClientHarness client;
  Call& call = start_stream(client, server);
  CHECK(read_all(client, call) == "abc");
  CHECK(call.reply.status.code() == Code::kClosedEarly);
}

TEST_CASE("a streamed call may be cancelled while its submitter has it") {
  ScriptedServer server({accept_one(), read_some(),
                         send_bytes("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nabc"),
                         await_end()});
  ClientHarness client;
  Call& call = start_stream(client, server);
  call.cancel();
  REQUIRE(client.ended(call));
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  CHECK(call.sample.exchanges == 1);
}

}  // namespace locust_like::client
