#include "tls/session.h"

#include <catch2/catch.hpp>

#include "tls/tls_pair.h"

using locust_like::Code;
using locust_like::testing::Certificates;
using locust_like::testing::Collected;
using locust_like::testing::TlsPair;
using locust_like::tls::PlaintextSink;
using locust_like::tls::Settings;

namespace {

Settings trusting(const Certificates& certificates) { return {.ca_file = certificates.ca_file()}; }

Settings presenting(const std::string& file) { return {.certificate_file = file}; }

struct Connected {
  Certificates certificates;
  TlsPair pair{trusting(certificates), presenting(certificates.make({}))};
  Connected() {
    pair.exchange();
    REQUIRE(pair.client.session.established());
    REQUIRE(pair.server.session.established());
  }
};

}  // namespace

TEST_CASE("a handshake succeeds and plaintext goes both ways, whatever the pieces") {
  const size_t piece_bytes = GENERATE(1, 7, 1000, 1 << 20);
  Certificates certificates;
  TlsPair pair(trusting(certificates), presenting(certificates.make({})));
  pair.exchange(piece_bytes);
  REQUIRE(pair.client.status.ok());
  REQUIRE(pair.server.status.ok());
  CHECK(pair.client.session.version() == "TLSv1.3");
  REQUIRE(pair.client.session.write("GET / HTTP/1.1\r\n\r\n", pair.client.out).ok());
  REQUIRE(pair.server.session.write(std::string(100'000, 'b'), pair.server.out).ok());
  CHECK(pair.client.out.find("GET") == std::string::npos);
  pair.exchange(piece_bytes);
  CHECK(pair.server.got.bytes == "GET / HTTP/1.1\r\n\r\n");
  CHECK(pair.client.got.bytes == std::string(100'000, 'b'));
}

TEST_CASE("the client is not established before the server's certificate was accepted") {
  Certificates certificates;
  TlsPair pair(trusting(certificates), presenting(certificates.make({.self_signed = true})));
  CHECK_FALSE(pair.client.session.established());
  pair.exchange();
  CHECK(pair.client.status.code() == Code::kTls);
  CHECK_FALSE(pair.client.session.established());
  // The server learns why from the alert.
  CHECK_FALSE(pair.server.status.ok());
  CHECK_THAT(pair.server.status.message(), Catch::Contains("alert unknown ca"));
}

TEST_CASE("a bad certificate is refused with the reason, and accepted with verify = false") {
  const auto [what, host, leaf, reason] =
      GENERATE(table<std::string, std::string, Certificates::Leaf, std::string>({
          {"expired",
           "app.test",
           {.valid_from_s = -7200, .valid_for_s = 3600},
           "certificate has expired"},
          {"not yet valid", "app.test", {.valid_from_s = 3600}, "certificate is not yet valid"},
          {"wrong host", "other.test", {}, "hostname mismatch"},
          {"only a common name", "app.test", {.subject_alternatives = ""}, "hostname mismatch"},
          {"wrong address", "127.0.0.2", {}, "IP address mismatch"},
          {"self-signed", "app.test", {.self_signed = true}, "self-signed certificate"},
          {"weak key", "app.test", {.rsa_bits = 1024}, "EE certificate key too weak"},
      }));
  CAPTURE(what);
  Certificates certificates;
  Settings server = presenting(certificates.make(leaf));
  server.ciphers = "DEFAULT:@SECLEVEL=0";  // or our own server would refuse the weak key
  TlsPair strict(trusting(certificates), server, host);
  strict.exchange();
  CHECK(strict.client.status.code() == Code::kTls);
  CHECK_THAT(strict.client.status.message(),
             Catch::Contains("certificate verify failed") && Catch::Contains(reason));

  TlsPair lax({.verify = false}, server, host);
  lax.exchange();
  INFO(lax.client.status.to_string());
  CHECK(lax.client.session.established());
}

TEST_CASE("host names, wildcards and addresses are matched against alternatives") {
  const auto [host, names] = GENERATE(table<std::string, std::string>({
      {"app.test", "DNS:other.test,DNS:app.test"},
      {"app.test.", "DNS:app.test"},
      {"APP.test", "DNS:app.test"},
      {"a.app.test", "DNS:*.app.test"},
      {"127.0.0.1", "IP:127.0.0.1"},
      {"::1", "IP:::1"},
      {"fe80::1%eth0", "IP:fe80::1"},
  }));
  CAPTURE(host);
  Certificates certificates;
  TlsPair pair(trusting(certificates),
               presenting(certificates.make({.subject_alternatives = names})), host);
  pair.exchange();
  INFO(pair.client.status.to_string());
  CHECK(pair.client.session.established());
}

TEST_CASE("a server name is sent for host names only") {
  Certificates certificates;
  const auto server = presenting(certificates.make({}));
  TlsPair named(trusting(certificates), server, "app.test");
  CHECK(named.client.out.find("app.test") != std::string::npos);
  TlsPair address(trusting(certificates), server, "127.0.0.1");
  CHECK(address.client.out.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("the server picks its best protocol among those offered") {
  const auto [offered, accepted, agreed] =
      GENERATE(table<std::vector<std::string>, std::vector<std::string>, std::string>({
          {{"h2", "http/1.1"}, {"http/1.1"}, "http/1.1"},
          {{"http/1.1", "h2"}, {"h2", "http/1.1"}, "h2"},
          {{"h2"}, {"http/1.1"}, ""},
          {{"h2"}, {}, ""},
          {{}, {"h2"}, ""},
      }));
  Certificates certificates;
  Settings client = trusting(certificates);
  client.alpn = offered;
  Settings server = presenting(certificates.make({}));
  server.alpn = accepted;
  TlsPair pair(client, server);
  pair.exchange();
  CHECK(pair.client.session.established());
  CHECK(pair.client.session.alpn() == agreed);
  CHECK(pair.server.session.alpn() == agreed);
}

TEST_CASE("close_notify arrives after the last plaintext, once") {
  Connected connected;
  auto& [client, server] = connected.pair;
  REQUIRE(server.session.write("bye", server.out).ok());
  server.session.close(server.out);
  const size_t length = server.out.size();
  server.session.close(server.out);
  CHECK(server.out.size() == length);
  CHECK_FALSE(client.session.peer_closed());
  server.out += "trailing garbage";
  connected.pair.exchange();
  CHECK(client.status.ok());
  CHECK(client.got.bytes == "bye");
  CHECK(client.session.peer_closed());
  CHECK_FALSE(server.session.peer_closed());
}

TEST_CASE("a truncated conversation is not a close") {
  Connected connected;
  auto& [client, server] = connected.pair;
  REQUIRE(server.session.write("whole", server.out).ok());
  server.out.pop_back();
  connected.pair.exchange();
  CHECK(client.status.ok());
  CHECK(client.got.bytes.empty());
  CHECK_FALSE(client.session.peer_closed());
}

TEST_CASE("what is not TLS fails the handshake with OpenSSL's reason") {
  Certificates certificates;
  TlsPair pair(trusting(certificates), presenting(certificates.make({})));
  Collected sink;
  SECTION("a plain HTTP server") {
    const auto status =
        pair.client.session.receive("HTTP/1.1 400 Bad Request\r\n\r\n", pair.client.out, sink);
    CHECK(status.code() == Code::kTls);
    CHECK(status.message() == "TLS handshake with app.test: wrong version number");
  }
  SECTION("a plain HTTP client") {
    const auto status =
        pair.server.session.receive("GET / HTTP/1.1\r\n\r\n", pair.server.out, sink);
    CHECK(status.code() == Code::kTls);
    CHECK_THAT(status.message(), Catch::Contains("http request"));
  }
  SECTION("a damaged handshake") {
    TlsPair::carry(pair.client, pair.server);
    pair.server.out[pair.server.out.size() / 2] ^= 1;
    TlsPair::carry(pair.server, pair.client);
    CHECK(pair.client.status.code() == Code::kTls);
    CHECK_FALSE(pair.client.session.established());
  }
  CHECK(sink.bytes.empty());
}

TEST_CASE("a damaged record fails, and its plaintext is not delivered") {
  Connected connected;
  auto& [client, server] = connected.pair;
  REQUIRE(server.session.write("secret", server.out).ok());
  server.out.back() ^= 1;
  connected.pair.exchange();
  CHECK(client.status.code() == Code::kTls);
  CHECK_THAT(client.status.message(), Catch::Contains("bad record mac"));
  CHECK(client.got.bytes.empty());
}

TEST_CASE("a sink may write to the session that calls it") {
  struct Echo final : PlaintextSink {
    void on_plaintext(std::string_view view) override {
      CHECK(session->write(view, replies).ok());
      if (view.find("quit") != std::string_view::npos) session->close(replies);
    }
    locust_like::tls::Session* session = nullptr;
    std::string replies;
  };
  Connected connected;
  auto& [client, server] = connected.pair;
  Echo echo;
  echo.session = &server.session;
  std::string protocol_out;
  for (const auto* word : {"one ", "two ", "quit"}) {
    REQUIRE(client.session.write(word, client.out).ok());
  }
  CHECK(server.session.receive(client.out, protocol_out, echo).ok());
  client.out.clear();
  CHECK(client.session.receive(echo.replies, client.out, client.got).ok());
  CHECK(client.got.bytes == "one two quit");
  CHECK(client.session.peer_closed());
}

TEST_CASE("a session works on after its buffers were given back, also inside a record") {
  Connected connected;
  auto& [client, server] = connected.pair;
  client.session.release_buffers();
  server.session.release_buffers();
  REQUIRE(server.session.write("first", server.out).ok());
  const std::string rest = server.out.substr(8);
  server.out.resize(8);
  TlsPair::carry(server, client);
  client.session.release_buffers();
  server.out = rest;
  TlsPair::carry(server, client);
  CHECK(client.status.ok());
  CHECK(client.got.bytes == "first");
}

TEST_CASE("empty writes send nothing") {
  Connected connected;
  CHECK(connected.pair.client.session.write("", connected.pair.client.out).ok());
  CHECK(connected.pair.client.out.empty());
}
