// What servers do that no Session of ours would: against OpenSSL itself, in memory.
#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <functional>

#include "tls/tls_pair.h"

using locust_like::Code;
using locust_like::testing::Certificates;
using locust_like::testing::client_context;
using locust_like::testing::Collected;
using locust_like::testing::server_context;
using locust_like::testing::TlsPair;
using locust_like::tls::Session;
using locust_like::tls::Settings;

namespace {

// A client of ours and a server of OpenSSL's, joined in memory.
class Conversation {
 public:
  using Change = std::function<void(SSL_CTX*)>;

  explicit Conversation(
      const Settings& client, const std::string& certificate,
      const Change& change = [](SSL_CTX*) {})
      : session(client_context(client), "app.test"),
        context_(server_context({.certificate_file = certificate})) {
    change(context_->get());
    server = SSL_new(context_->get());
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(server, in_, out_);  // which owns both from here on
    SSL_set_accept_state(server);
    REQUIRE(session.start(to_server_).ok());
    exchange();
  }
  ~Conversation() { SSL_free(server); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Until nobody has anything to say. Ends at a failure of the client.
  void exchange() {
    for (bool moved = true; moved && status.ok();) {
      const std::string bytes = std::exchange(to_server_, {});
      if (!bytes.empty()) BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
      char buffer[4096];
      int count = 0;
      while ((count = SSL_read(server, buffer, sizeof buffer)) > 0) {
        server_got.append(buffer, static_cast<size_t>(count));
      }
      std::string to_client;
      while ((count = BIO_read(out_, buffer, sizeof buffer)) > 0) {
        to_client.append(buffer, static_cast<size_t>(count));
      }
      if (!to_client.empty()) status = session.receive(to_client, to_server_, got);
      moved = !bytes.empty() || !to_client.empty();
    }
  }
  void say(std::string_view text) {
    REQUIRE(SSL_write(server, text.data(), static_cast<int>(text.size())) > 0);
    exchange();
  }
  void ask(std::string_view text) {
    status = session.write(text, to_server_);
    exchange();
  }
  // Bytes that the client did not say.
  void damage(std::string_view bytes) { to_server_.append(bytes); }

  Session session;
  locust_like::Status status;
  Collected got;
  std::string server_got;
  SSL* server = nullptr;

 private:
  std::shared_ptr<locust_like::tls::Context> context_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  std::string to_server_;
};

}  // namespace

TEST_CASE("a certificate of a stranger's authority is refused") {
  Certificates ours;
  Certificates stranger;
  Conversation tls({.ca_file = ours.ca_file()}, stranger.make({}));
  CHECK(tls.status.code() == Code::kTls);
  CHECK_THAT(tls.status.message(), Catch::Contains("certificate"));
}

TEST_CASE("a chain without its intermediate is refused, with it accepted") {
  Certificates certificates;
  const bool sends = GENERATE(true, false);
  Conversation tls({.ca_file = certificates.ca_file()},
                   certificates.make({.by_intermediate = true, .sends_intermediate = sends}));
  INFO(tls.status.to_string());
  CHECK(tls.session.established() == sends);
  if (sends) return;
  CHECK_THAT(tls.status.message(), Catch::Contains("unable to get local issuer certificate"));
}

TEST_CASE("a certificate that the trusted file's CRL revokes is refused") {
  Certificates certificates;
  const std::string good = certificates.make({});
  const std::string revoked = certificates.make({});
  const Settings client = {.ca_file = certificates.ca_file_revoking_last()};
  Conversation refused(client, revoked);
  CHECK(refused.status.code() == Code::kTls);
  CHECK_THAT(refused.status.message(), Catch::Contains("certificate revoked"));
  CHECK(Conversation(client, good).session.established());
  CHECK(Conversation({.ca_file = certificates.ca_file()}, revoked).session.established());
  // The intermediate has no list of its own, which is no reason to refuse what it signed.
  CHECK(Conversation(client, certificates.make({.by_intermediate = true})).session.established());
}

TEST_CASE("a server that speaks TLS 1.0 only is refused") {
  Certificates certificates;
  Conversation tls({.ca_file = certificates.ca_file()}, certificates.make({}),
                   [](SSL_CTX* context) {
                     SSL_CTX_set_security_level(context, 0);
                     SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
                     SSL_CTX_set_max_proto_version(context, TLS1_VERSION);
                   });
  CHECK(tls.status.code() == Code::kTls);
  CHECK_THAT(tls.status.message(), Catch::Contains("protocol version"));
}

TEST_CASE("a protocol that was not offered is never HTTP/2") {
  Certificates certificates;
  const Settings client = {.ca_file = certificates.ca_file(), .alpn = {"http/1.1"}};
  Conversation tls(client, certificates.make({}), [](SSL_CTX* context) {
    const auto answer = [](SSL*, const unsigned char** chosen, unsigned char* size,
                           const unsigned char*, unsigned, void*) {
      *chosen = reinterpret_cast<const unsigned char*>("h2");
      *size = 2;
      return SSL_TLSEXT_ERR_OK;
    };
    SSL_CTX_set_alpn_select_cb(context, answer, nullptr);
  });
  CHECK(tls.status.code() == Code::kTls);
  CHECK(tls.session.alpn().empty());
}

TEST_CASE("a server that demands a certificate gets it, or the call fails") {
  Certificates certificates;
  Certificates stranger;
  const std::string version = GENERATE("1.2", "1.3");
  const std::string given = GENERATE("none", "a stranger's", "the right one");
  const bool accepted = given == "the right one";
  std::string certificate;
  if (accepted) certificate = certificates.make({});
  if (given == "a stranger's") certificate = stranger.make({});
  const Settings client = {
      .ca_file = certificates.ca_file(), .certificate_file = certificate, .max_version = version};
  Conversation tls(client, certificates.make({}), [&](SSL_CTX* context) {
    SSL_CTX_load_verify_file(context, certificates.ca_file().c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  });
  INFO(version << ", " << given << ": " << tls.status.to_string());
  CHECK(tls.status.ok() == accepted);
  if (accepted) return;
  CHECK(tls.status.code() == Code::kTls);
  CHECK_THAT(tls.status.message(), Catch::Contains("alert"));
}

TEST_CASE("renegotiation is refused by an alert, and nothing is negotiated") {
  Certificates certificates;
  const Settings client = {.ca_file = certificates.ca_file(), .max_version = "1.2"};
  Conversation tls(client, certificates.make({}), [](SSL_CTX* context) {
    SSL_CTX_clear_options(context, SSL_OP_NO_RENEGOTIATION);
  });
  REQUIRE(tls.session.established());
  REQUIRE(SSL_renegotiate(tls.server) == 1);
  REQUIRE(SSL_do_handshake(tls.server) == 1);  // says HelloRequest
  tls.exchange();
  CHECK(SSL_renegotiate_pending(tls.server) == 1);  // it never came to it
}

TEST_CASE("a KeyUpdate is answered and the conversation goes on") {
  Certificates certificates;
  Conversation tls({.ca_file = certificates.ca_file()}, certificates.make({}));
  REQUIRE(tls.session.version() == "TLSv1.3");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(SSL_key_update(tls.server, SSL_KEY_UPDATE_REQUESTED) == 1);
    tls.say("answer ");
    tls.ask("question ");
  }
  CHECK(tls.status.ok());
  CHECK(tls.got.bytes == "answer answer answer ");
  CHECK(tls.server_got == "question question question ");
}

TEST_CASE("an alert inside the conversation fails it with its reason") {
  Certificates certificates;
  Conversation tls({.ca_file = certificates.ca_file()}, certificates.make({}));
  tls.say("half");
  tls.damage(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
  tls.exchange();
  CHECK(tls.got.bytes == "half");
  CHECK(tls.status.code() == Code::kTls);
  CHECK_THAT(tls.status.message(), Catch::Contains("alert bad record mac"));
}
