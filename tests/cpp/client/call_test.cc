#include "client/call.h"

#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

TEST_CASE("a call brings status, fields and body and measures them") {
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply_of("hello", "X-A: b\r\n"))});
  ClientHarness client;
  const Call& call = client.get(server.url("/greet?x=1"));
  REQUIRE(call.reply.status.ok());
  CHECK(call.reply.head.status == 200);
  CHECK(call.reply.head.headers.get("x-a") == "b");
  CHECK(call.reply.body == "hello");
  CHECK(call.sample.outcome == stats::Outcome::kSuccess);
  CHECK(call.sample.content_bytes == 5);
  CHECK(call.sample.received_bytes == reply_of("hello", "X-A: b\r\n").size());
  CHECK(call.sample.sent_bytes == server.requests().at(0).size());
  CHECK(phase_ns(call, stats::Phase::kConnect) > 0);
  CHECK(call.reply.remote_address.port() == server.port());
  CHECK(server.requests().at(0).starts_with("GET /greet?x=1 HTTP/1.1\r\n"));
}

TEST_CASE("a call may be used again after reset") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("first", "", "404 No")),
                         read_request(), send_bytes(reply_of("second"))});
  ClientHarness client;
  Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kStatus);
  call.reset();
  client.run(call);
  CHECK(call.reply.body == "second");
  CHECK(call.sample.outcome == stats::Outcome::kSuccess);
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("replies are framed by length, chunks or the end of the connection") {
  const auto [reply, body] = GENERATE(table<std::string, std::string>({
      {reply_of(""), ""},
      {reply_of("abc"), "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
       "abcde"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
      {"HTTP/1.0 200 OK\r\n\r\n", ""},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", ""},
      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + reply_of("late"), "late"},
  }));
  const size_t piece_bytes = GENERATE(size_t{0}, size_t{1});
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply, piece_bytes), end(), await_end()});
  ClientHarness client;
  const Call& call = client.get(server.url());
  INFO(reply << call.reply.status.to_string());
  CHECK(call.reply.status.ok());
  CHECK(call.reply.body == body);
}

TEST_CASE("a reply to HEAD has no body, whatever its length says") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
                         read_request(), send_bytes(reply_of("next"))});
  ClientHarness client;
  CHECK(client.run(client.make(server.url(), "HEAD")).reply.status.ok());
  CHECK(client.get(server.url()).reply.body == "next");
}

TEST_CASE("bodies of megabytes travel both ways") {
  const std::string big(3'000'000, 'u');
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of(big))});
  ClientHarness client;
  const Call& call = client.post(server.url(), big);
  REQUIRE(call.reply.status.ok());
  CHECK(call.reply.body == big);
  CHECK(server.requests().at(0).ends_with(big));
  CHECK(call.sample.sent_bytes == server.requests().at(0).size());
}

TEST_CASE("a body that is discarded is counted, whatever its size, with every framing") {
  const std::string big(3'000'000, 'b');
  const std::string reply = GENERATE_COPY(
      reply_of(big),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + big + "\r\n0\r\n\r\n");
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply), read_request(),
                         send_bytes(reply_of("kept"))});
  ClientHarness client({.max_body_bytes = 9});
  Call& call = client.make(server.url());
  call.request.discard_body = true;
  client.run(call);
  REQUIRE(call.reply.status.ok());
  CHECK(call.reply.body.empty());
  CHECK(call.sample.content_bytes == big.size());
  CHECK(client.get(server.url()).reply.body == "kept");
}

TEST_CASE("a body above max_body_bytes is too-large and ends the connection") {
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply_of("0123456789")), await_end()});
  ClientHarness client({.max_body_bytes = 9});
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kTooLarge);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("a status of 400 and above is a failure of class status with its body") {
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply_of("sorry", "", "503 Unavailable"))});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.reply.status.ok());
  CHECK(call.sample.failure == Code::kStatus);
  CHECK(call.sample.status == 503);
  CHECK(call.reply.body == "sorry");
}

TEST_CASE("a connection that is refused is class connect and tried once") {
  const int bound = listen_on_loopback(1);
  const uint16_t port = port_of(bound);
  ::close(bound);
  ClientHarness client;
  const Call& call = client.get("http://127.0.0.1:" + std::to_string(port) + "/");
  CHECK(call.sample.failure == Code::kConnect);
  CHECK(call.sample.never_sent == 1);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("a name that does not exist is class dns") {
  ClientHarness client;
  const Call& call = client.get("http://nobody.invalid/");
  CHECK(call.sample.failure == Code::kDns);
  CHECK(call.sample.never_sent == 1);
}

TEST_CASE("a malformed reply is class protocol") {
  ScriptedServer server({accept_one(), read_request(), send_bytes("SSH-2.0-OpenSSH\r\n\r\n")});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kProtocol);
  CHECK(call.sample.status == 0);
  CHECK(client.pool().connection_count() == 0);
}

}  // namespace
}  // namespace locust_like::client
