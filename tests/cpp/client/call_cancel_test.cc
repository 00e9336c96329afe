// A call may be given up in every state; the harness checks that it ends once, as cancelled.
#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

void check_cancelled(ClientHarness& client, Call& call) {
  call.cancel();
  REQUIRE(client.ended(call));
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  call.cancel();  // no-op, the harness would see a second end
}

TEST_CASE("a call cancelled before it crossed to the thread sends nothing") {
  ClientHarness client;
  Call& call = client.make("http://127.0.0.1:1/");
  call.request.cancelled = true;
  client.start(call);
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  CHECK(call.sample.never_sent == 1);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("cancel while the name is looked up") {
  // A name server that never answers.
  const int silent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  {
    ClientHarness client({}, {}, {.servers = {"127.0.0.1:" + std::to_string(port_of(silent))}});
    Call& call = client.make("http://slow.example/");
    client.start(call);
    check_cancelled(client, call);
    CHECK(call.sample.never_sent == 1);
    CHECK(client.pool().connection_count() == 0);
  }
  ::close(silent);
}

TEST_CASE("cancel while connecting") {
  FullListener nobody;
  ClientHarness client;
  Call& call = client.make(nobody.url());
  client.start(call);
  check_cancelled(client, call);
  CHECK(call.sample.never_sent == 1);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("cancel inside the TLS handshake") {
  ScriptedServer server({accept_one(), read_some(), await_end()});
  ClientHarness client;
  Call& call = client.make("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  client.start(call);
  client.spin_until([&] { return server.done() == 2; });
  check_cancelled(client, call);
  CHECK(call.sample.never_sent == 1);
  CHECK(server.wait_finished());
}

TEST_CASE("cancel after sending closes the connection") {
  const std::string sent =
      GENERATE("", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  ScriptedServer server({accept_one(), read_request(), send_bytes(sent), await_end()});
  ClientHarness client;
  Call& call = client.make(server.url());
  client.start(call);
  client.spin_until([&] { return server.done() == 3; });
  for (int pass = 0; pass < 3; ++pass) client.loop().poll_again(), client.loop().run_once();
  check_cancelled(client, call);
  CHECK(call.sample.exchanges == 1);
  CHECK(call.sample.status == (sent.ends_with("half") ? 200 : 0));
  CHECK(client.pool().connection_count() == 0);
  CHECK(server.wait_finished());
}

TEST_CASE("cancel while waiting for a connection leaves the others alone") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         send_bytes(reply_of("3"))});
  ClientHarness client({.max_connections = 1});
  Call& first = client.make(server.url("/1"));
  Call& second = client.make(server.url("/2"));
  Call& third = client.make(server.url("/3"));
  for (Call* call : {&first, &second, &third}) client.start(*call);
  CHECK(client.pool().waiting_count() == 3);
  check_cancelled(client, second);
  client.finish(first);
  client.finish(third);
  CHECK(first.reply.body == "1");
  CHECK(third.reply.body == "3");
}

TEST_CASE("cancelling one of two that connect drops one connection only") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("kept"))});
  ClientHarness client;
  Call& dropped = client.make(server.url("/dropped"));
  Call& kept = client.make(server.url("/kept"));
  client.start(dropped);
  client.start(kept);
  CHECK(client.pool().connection_count() == 2);
  check_cancelled(client, dropped);
  CHECK(client.pool().connection_count() == 1);
  client.finish(kept);
  CHECK(kept.reply.body == "kept");
}

}  // namespace
}  // namespace locust_like::client
