#include "client/pool.h"

#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words
using namespace std::chrono_literals;

TEST_CASE("a connection is used again") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         send_bytes(reply_of("2"))});
  ClientHarness client;
  CHECK(client.get(server.url()).reply.body == "1");
  const Call& second = client.get(server.url());
  CHECK(second.reply.body == "2");
  CHECK(phase_ns(second, stats::Phase::kConnect) == 0);
  CHECK(client.pool().connection_count() == 1);
}

TEST_CASE("a connection that the server will close is not used again") {
  const std::string reply = GENERATE(reply_of("1", "Connection: close\r\n"),
                                     std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1"));
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply), accept_one(),
                         read_request(), send_bytes(reply_of("2"))});
  ClientHarness client;
  CHECK(client.get(server.url()).reply.body == "1");
  CHECK(client.get(server.url()).reply.body == "2");
}

TEST_CASE("a connection idle for too long is replaced") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), accept_one(),
                         read_request(), send_bytes(reply_of("2"))});
  ClientHarness client({.idle_expiry = 1ns});
  client.get(server.url());
  CHECK(client.get(server.url()).reply.body == "2");
  CHECK(client.pool().connection_count() == 1);
}

TEST_CASE("without reuse each request has a connection of its own, which says so") {
  // The server would go on; the client does not.
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), await_end(),
                         accept_one(), read_request(), send_bytes(reply_of("2")), await_end()});
  ClientHarness client({.reuse_connections = false});
  CHECK(client.get(server.url()).reply.body == "1");
  CHECK(client.pool().connection_count() == 0);
  const Call& second = client.get(server.url());
  CHECK(second.reply.body == "2");
  CHECK(phase_ns(second, stats::Phase::kConnect) > 0);
  REQUIRE(server.wait_finished());
  for (const std::string& request : server.requests()) {
    CHECK(request.find("\r\nConnection: close\r\n") != std::string::npos);
  }
}

TEST_CASE("without reuse each hop of a redirect has a connection, too") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of("", "Location: /b\r\n", "302 Found")), accept_one(),
                         read_request(), send_bytes(reply_of("b"))});
  ClientHarness client({.reuse_connections = false});
  const Call& call = client.get(server.url("/a"));
  CHECK(call.reply.body == "b");
  CHECK(call.sample.hops == 1);
}

TEST_CASE("a connection that the server closed while idle is gone, and nothing fails") {
  const bool by_reset = GENERATE(false, true);
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")),
                         by_reset ? reset() : end(), accept_one(), read_request(),
                         send_bytes(reply_of("2"))});
  ClientHarness client;
  client.get(server.url());
  client.run_until([&] { return client.pool().connection_count() == 0; });
  const Call& second = client.get(server.url());
  CHECK(second.reply.body == "2");
  CHECK(second.sample.retries == 0);
}

TEST_CASE("bytes that nobody asked for end an idle connection") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")),
                         send_bytes(reply_of("late", "", "408 Timeout")), await_end(), accept_one(),
                         read_request(), send_bytes(reply_of("2"))});
  ClientHarness client;
  CHECK(client.get(server.url()).reply.body == "1");
  client.run_until([&] { return client.pool().connection_count() == 0; });
  CHECK(client.get(server.url()).reply.body == "2");
}

TEST_CASE("a lost keep-alive race is retried once for GET, never for POST") {
  const bool by_reset = GENERATE(false, true);
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         by_reset ? reset() : end(), accept_one(), read_request(),
                         send_bytes(reply_of("2"))});
  ClientHarness client;
  client.get(server.url());
  SECTION("GET") {
    const Call& call = client.get(server.url());
    CHECK(call.reply.body == "2");
    CHECK(call.sample.retries == 1);
    CHECK(call.sample.exchanges == 2);
    CHECK(server.requests().size() == 3);
  }
  SECTION("POST") {
    const Call& call = client.post(server.url(), "pay");
    CHECK(call.sample.failure == (by_reset ? Code::kReset : Code::kClosedEarly));
    CHECK(call.sample.retries == 0);
    CHECK(call.sample.exchanges == 1);
  }
}

TEST_CASE("a lost keep-alive race is a failure where retries are switched off") {
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply_of("1")), read_request(), end()});
  ClientHarness client({.retry_stale = false});
  client.get(server.url());
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kClosedEarly);
  CHECK(call.sample.retries == 0);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("the retry goes over a fresh connection, not over another stale one") {
  ScriptedServer server({accept_one(), read_request(), accept_one(), read_request(),
                         use_connection(0), send_bytes(reply_of("1")), use_connection(1),
                         send_bytes(reply_of("2")), use_connection(0), read_request(), end(),
                         accept_one(), read_request(), send_bytes(reply_of("3"))});
  ClientHarness client;
  Call& first = client.make(server.url());
  Call& second = client.make(server.url());
  client.start(first);
  client.start(second);
  client.finish(first);
  client.finish(second);
  REQUIRE(client.pool().connection_count() == 2);
  const Call& third = client.get(server.url());
  CHECK(third.reply.body == "3");
  CHECK(third.sample.retries == 1);
}

TEST_CASE("a failure on a fresh connection is not retried") {
  ScriptedServer server({accept_one(), read_request(), end()});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kClosedEarly);
  CHECK(call.sample.retries == 0);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("more calls than connections wait their turn, and the wait is blocked time") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         send_bytes(reply_of("2")), read_request(), send_bytes(reply_of("3"))});
  ClientHarness client({.max_connections = 1});
  std::vector<Call*> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(&client.make(server.url()));
  for (Call* call : calls) client.start(*call);
  CHECK(client.pool().connection_count() == 1);
  CHECK(client.pool().waiting_count() == 3);
  for (Call* call : calls) client.finish(*call);
  for (size_t i = 0; i < 3; ++i) CHECK(calls[i]->reply.body == std::to_string(i + 1));
  CHECK(phase_ns(*calls[1], stats::Phase::kBlocked) > 0);
  CHECK(phase_ns(*calls[2], stats::Phase::kBlocked) > 0);
  const int64_t whole_ns = (calls[2]->reply.last_byte - calls[2]->reply.taken_up).count();
  CHECK(calls[2]->sample.response_time_ns ==
        whole_ns - phase_ns(*calls[2], stats::Phase::kBlocked));
}

TEST_CASE("who takes a connection over is charged with the part of its set-up that it waited for") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("mine"))});
  ClientHarness client({.max_connections = 1});
  Call& first = client.make(server.url());
  client.start(first);
  const TimePoint later = steady_now() + 5ms;
  while (steady_now() < later) {  // the loop stands still, and the set-up with it
  }
  Call& second = client.make(server.url());
  client.start(second);
  first.cancel();
  client.finish(second);
  CHECK(second.reply.body == "mine");
  CHECK(phase_ns(second, stats::Phase::kConnect) > 0);
  CHECK(phase_ns(second, stats::Phase::kConnect) <= second.sample.response_time_ns);
}

TEST_CASE("a reply that comes before the upload is done ends the connection") {
  ScriptedServer server({accept_one(), read_some(), send_bytes(reply_of("no", "", "413 Too Large")),
                         accept_one(), read_request(), send_bytes(reply_of("2"))});
  ClientHarness client;
  const Call& call = client.post(server.url(), std::string(30'000'000, 'x'));
  CHECK(call.sample.status == 413);
  CHECK(client.pool().connection_count() == 0);
  CHECK(client.get(server.url()).reply.body == "2");
}

TEST_CASE("one failed set-up fails one call and the next opens its own") {
  const int bound = listen_on_loopback(1);
  const std::string url = "http://127.0.0.1:" + std::to_string(port_of(bound)) + "/";
  ::close(bound);
  ClientHarness client({.max_connections = 1});
  Call& first = client.make(url);
  Call& second = client.make(url);
  client.start(first);
  client.start(second);
  client.finish(first);
  client.finish(second);
  CHECK(first.sample.failure == Code::kConnect);
  CHECK(second.sample.failure == Code::kConnect);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("destroying the pool closes idle connections") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), await_end()});
  {
    ClientHarness client;
    client.get(server.url());
    CHECK(client.pool().connection_count() == 1);
  }
  CHECK(server.wait_finished());
}

}  // namespace
}  // namespace locust_like::client
