// What the three limits of a call mean. Only classes are checked: a call that never ended would
// run into the harness's limit of 10 s.
#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words
using namespace std::chrono_literals;

TEST_CASE("a host that does not answer is timeout-connect") {
  FullListener nobody;
  ClientHarness client;
  Call& call = client.make(nobody.url());
  call.request.connect_timeout = 30ms;
  client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutConnect);
  CHECK(call.sample.never_sent == 1);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("a server that goes silent is timeout-read, before or inside the reply") {
  const std::string sent =
      GENERATE("", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  ScriptedServer server({accept_one(), read_request(), send_bytes(sent), await_end()});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.connect_timeout = GENERATE(Nanos(0), Nanos(60s));
  call.request.read_timeout = 30ms;
  client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutRead);
  CHECK(call.sample.status == (sent.ends_with("half") ? 200 : 0));
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("the total limit covers waiting, silence and redirects") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of("", "Location: /again\r\n", "302 Found")),
                         read_request(), await_end()});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.total_timeout = 50ms;
  client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutTotal);
  CHECK(call.sample.hops == 1);
  CHECK(call.sample.exchanges == 2);
}

TEST_CASE("the connect limit holds for a redirect after a reused connection") {
  FullListener nobody;
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes(reply_of("")), read_request(),
       send_bytes(reply_of("", "Location: " + nobody.url() + "\r\n", "302 Found"))});
  ClientHarness client;
  client.get(server.url());
  Call& call = client.make(server.url());
  call.request.connect_timeout = 30ms;
  client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutConnect);
  CHECK(call.sample.hops == 1);
  CHECK(call.sample.never_sent == 1);
}

TEST_CASE("an upload that the server never takes is timeout-read") {
  ScriptedServer server({accept_one(), read_some()});
  ClientHarness client;
  Call& call = client.make(server.url(), "PUT");
  call.request.has_body = true;
  call.request.body.assign(30'000'000, 'x');
  call.request.read_timeout = 100ms;
  client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutRead);
}

TEST_CASE("a call that ends in time is not touched by its limits") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("ok"))});
  ClientHarness client;
  Call& call = client.make(server.url());
  call.request.connect_timeout = call.request.read_timeout = call.request.total_timeout = 9s;
  client.run(call);
  CHECK(call.reply.status.ok());
  CHECK(client.loop().wheel().size() == 0);
}

}  // namespace
}  // namespace locust_like::client
