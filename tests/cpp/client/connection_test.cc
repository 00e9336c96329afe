#include "client/connection.h"

#include <catch2/catch.hpp>

#include "support/certificates.h"
#include "support/client_harness.h"
#include "support/scripted_server.h"
#include "target/server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

TEST_CASE("a connection that ends inside a reply is a failure of its class, at every byte") {
  const std::string reply = GENERATE(
      reply_of("body", "X-A: b\r\n"),
      std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  const bool by_reset = GENERATE(false, true);
  const size_t head_bytes = reply.find("\r\n\r\n") + 4;
  for (size_t sent = 0; sent < reply.size(); ++sent) {
    INFO("after " << sent << " bytes, by " << (by_reset ? "RST" : "FIN"));
    ScriptedServer server({accept_one(), read_request(), send_bytes(reply.substr(0, sent)),
                           by_reset ? reset() : end()});
    ClientHarness client;
    const Call& call = client.get(server.url());
    CHECK(call.sample.failure == (by_reset ? Code::kReset : Code::kClosedEarly));
    CHECK(call.sample.status == (sent < head_bytes ? 0 : 200));
    CHECK(call.sample.exchanges == 1);
    CHECK(client.pool().connection_count() == 0);
  }
}

TEST_CASE("a reset in an until-close body is not its end") {
  ScriptedServer server(
      {accept_one(), read_request(), send_bytes("HTTP/1.1 200 OK\r\n\r\nsome of it"), reset()});
  ClientHarness client;
  CHECK(client.get(server.url()).sample.failure == Code::kReset);
}

TEST_CASE("bytes behind a reply end the connection but not the call") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of("mine") + reply_of("whose?")), await_end()});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.reply.body == "mine");
  client.run_until([&] { return client.pool().connection_count() == 0; });
}

TEST_CASE("all addresses of a name are tried") {
  // localhost is ::1 and 127.0.0.1; the server listens only on the latter.
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("found"))});
  ClientHarness client;
  const Call& call = client.get("http://localhost:" + std::to_string(server.port()) + "/");
  CHECK(call.reply.body == "found");
}

std::unique_ptr<target::Server> tls_target(const std::string& certificate_file) {
  target::Options options;
  options.tls_port = 0;
  options.certificate_file = certificate_file;
  auto server = target::Server::start(options);
  REQUIRE(server.ok());
  return std::move(server).value();
}

std::string tls_url(const target::Server& server, const std::string& path) {
  return "https://127.0.0.1:" + std::to_string(server.tls_port()) + path;
}

TEST_CASE("calls over TLS: shake hands once, redirect, upload, download") {
  Certificates certificates;
  const auto server = tls_target(certificates.make({}));
  ClientHarness client({}, {.ca_file = certificates.ca_file()});
  const Call& first = client.get(tls_url(*server, "/json"));
  INFO(first.reply.status.to_string());
  REQUIRE(first.reply.status.ok());
  CHECK(phase_ns(first, stats::Phase::kTls) > 0);
  CHECK(client.get(tls_url(*server, "/redirect/3")).sample.hops == 3);
  CHECK(client.get(tls_url(*server, "/bytes/1000000")).reply.body.size() == 1'000'000);
  const std::string body(1'000'000, 'z');
  const Call& echoed = client.post(tls_url(*server, "/echo"), body);
  const bool whole = echoed.reply.body.find(body) != std::string::npos;
  CHECK(whole);
  CHECK(server->counters().connections_accepted == 1);
  CHECK(server->counters().requests == 7);
}

TEST_CASE("a certificate that is not trusted is class tls, and no request leaves") {
  Certificates certificates;
  const Certificates::Leaf leaf =
      GENERATE(Certificates::Leaf{.self_signed = true}, Certificates::Leaf{.valid_for_s = 1},
               Certificates::Leaf{.subject_alternatives = "DNS:other.test"});
  const auto server = tls_target(certificates.make(leaf));
  ClientHarness client({}, {.ca_file = certificates.ca_file()});
  const Call& call = client.get(tls_url(*server, "/"));
  CHECK(call.sample.failure == Code::kTls);
  CHECK(call.sample.never_sent == 1);
  CHECK(call.reply.status.message().find("certificate") != std::string::npos);
  CHECK(client.pool().connection_count() == 0);
  CHECK(server->counters().requests == 0);
}

TEST_CASE("verification can be turned off") {
  Certificates certificates;
  const auto server = tls_target(certificates.make({.self_signed = true}));
  ClientHarness client({}, {.verify = false});
  CHECK(client.get(tls_url(*server, "/")).reply.status.ok());
}

TEST_CASE("a server that does not speak TLS is class tls") {
  const bool garbage = GENERATE(true, false);
  ScriptedServer server({accept_one(), read_some(),
                         garbage ? send_bytes("HTTP/1.1 400 Bad Request\r\n\r\n") : end(),
                         await_end()});
  ClientHarness client;
  const Call& call = client.get("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  CHECK(call.sample.failure == Code::kTls);
  CHECK(call.sample.never_sent == 1);
}

TEST_CASE("trust that cannot be loaded is a failed call, not a crash") {
  ScriptedServer server({accept_one(), await_end()});
  ClientHarness client({}, {.ca_file = "/nonexistent.pem"});
  const Call& call = client.get("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  CHECK(call.sample.failure == Code::kInvalidArgument);
  CHECK(call.sample.never_sent == 1);
}

}  // namespace
}  // namespace locust_like::client
