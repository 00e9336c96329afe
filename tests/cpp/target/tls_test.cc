// The same server behind TLS, spoken to by a tls::Session over a blocking socket.
#include <catch2/catch.hpp>

#include "raw_client.h"
#include "support/certificates.h"
#include "target/replies.h"
#include "target/server.h"
#include "tls/session.h"

namespace locust_like::target {
namespace {

using locust_like::testing::Certificates;

// Reads and writes plaintext over a RawClient.
class TlsClient final : private tls::PlaintextSink {
 public:
  TlsClient(uint16_t port, const std::string& ca_file)
      : client_(port), session_(make_context(ca_file), "127.0.0.1") {
    REQUIRE(session_.start(out_).ok());
    while (!session_.established()) exchange();
  }

  void send(std::string_view plaintext) {
    REQUIRE(session_.write(plaintext, out_).ok());
    REQUIRE(client_.send(std::exchange(out_, {})));
  }
  std::string receive(size_t size) {
    while (received_.size() < size) exchange();
    return std::exchange(received_, {});
  }
  // True when close_notify came before the connection's end.
  bool receive_close() {
    while (!session_.peer_closed()) exchange();
    return client_.receive().empty();
  }
  std::string_view alpn() const { return session_.alpn(); }

 private:
  static std::shared_ptr<tls::Context> make_context(const std::string& ca_file) {
    tls::Settings settings;
    settings.ca_file = ca_file;
    settings.alpn = {"http/1.1"};
    Result<std::shared_ptr<tls::Context>> context = tls::Context::make_client(settings);
    if (!context.ok()) FAIL(context.status().to_string());
    return context.value();
  }
  void on_plaintext(std::string_view bytes) override { received_ += bytes; }
  void exchange() {
    REQUIRE(client_.send(std::exchange(out_, {})));
    std::string bytes = client_.receive();
    if (bytes.empty()) FAIL("the connection ended without close_notify");
    Status status = session_.receive(bytes, out_, *this);
    if (!status.ok()) FAIL(status.to_string());
  }

  RawClient client_;
  tls::Session session_;
  std::string out_;
  std::string received_;
};

struct TlsServer {
  Certificates certificates;
  std::unique_ptr<Server> server;
  TlsServer() {
    Options options;
    options.tls_port = 0;
    options.certificate_file = certificates.make({});
    server = start_server(options);
  }
};

TEST_CASE("TLS serves what plain HTTP serves, on a port of its own") {
  TlsServer tls;
  REQUIRE(tls.server->tls_port() != 0);
  REQUIRE(tls.server->tls_port() != tls.server->port());
  TlsClient client(tls.server->tls_port(), tls.certificates.ca_file());
  CHECK(client.alpn() == "http/1.1");
  client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\nGET /delay/1 HTTP/1.1\r\nHost: t\r\n\r\n");
  std::string replies;
  while (!replies.ends_with("delay_ms 1\n")) replies += client.receive(1);
  CHECK(replies.find("locust-like target\n") != std::string::npos);
  RawClient plain(tls.server->port());
  CHECK(plain.get("/").status == 200);
  CHECK(tls.server->counters().requests == 3);
}

TEST_CASE("a big body over TLS comes complete") {
  TlsServer tls;
  TlsClient client(tls.server->tls_port(), tls.certificates.ca_file());
  client.send("GET /bytes/5000000 HTTP/1.1\r\nHost: t\r\n\r\n");
  std::string reply = client.receive(5'000'000);
  size_t head = reply.find("\r\n\r\n") + 4;
  while (reply.size() < head + 5'000'000) reply += client.receive(1);
  CHECK(reply.size() == head + 5'000'000);
  CHECK(reply.back() == body_pattern(4'999'999));
}

TEST_CASE("the end of a connection is told by close_notify") {
  TlsServer tls;
  TlsClient client(tls.server->tls_port(), tls.certificates.ca_file());
  client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  CHECK(client.receive_close());
}

TEST_CASE("plain HTTP on the TLS port ends the connection and is counted as malformed") {
  TlsServer tls;
  RawClient client(tls.server->tls_port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n"));
  client.receive_to_end();
  CHECK(tls.server->counters().malformed == 1);
  CHECK(tls.server->counters().requests == 0);
}

TEST_CASE("a certificate file that is missing is told by name") {
  Options options;
  options.tls_port = 0;
  options.certificate_file = "/no/such/file.pem";
  Result<std::unique_ptr<Server>> started = Server::start(options);
  REQUIRE_FALSE(started.ok());
  CHECK(started.status().message().find("/no/such/file.pem") != std::string::npos);
}

}  // namespace
}  // namespace locust_like::target
