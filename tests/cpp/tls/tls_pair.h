// Two sessions talking in memory, and the settings they start from.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "support/certificates.h"
#include "tls/session.h"

namespace locust_like::testing {

struct Collected final : tls::PlaintextSink {
  void on_plaintext(std::string_view view) override { bytes += view; }
  std::string bytes;
};

inline std::shared_ptr<tls::Context> client_context(const tls::Settings& settings) {
  const auto made = tls::Context::make_client(settings);
  if (!made.ok()) FAIL(made.status().to_string());
  return made.value();
}

inline std::shared_ptr<tls::Context> server_context(const tls::Settings& settings) {
  const auto made = tls::Context::make_server(settings);
  if (!made.ok()) FAIL(made.status().to_string());
  return made.value();
}

class TlsPair {
 public:
  struct End {
    tls::Session session;
    std::string out;  // ciphertext on its way to the other end
    Collected got;
    Status status;
  };

  TlsPair(const tls::Settings& client_settings, const tls::Settings& server_settings,
          const std::string& host = "app.test")
      : client{tls::Session(client_context(client_settings), host), {}, {}, {}},
        server{tls::Session(server_context(server_settings)), {}, {}, {}} {
    client.status = client.session.start(client.out);
    REQUIRE(client.status.ok());
  }

  // Carries ciphertext both ways, at most `piece_bytes` at a time, until nobody has any or one end
  // failed.
  void exchange(size_t piece_bytes = 1 << 20) {
    while (!client.out.empty() || !server.out.empty()) {
      carry(client, server, piece_bytes);
      carry(server, client, piece_bytes);
    }
  }

  static void carry(End& from, End& to, size_t piece_bytes = 1 << 20) {
    const std::string bytes = std::exchange(from.out, {});
    for (size_t at = 0; at < bytes.size() && to.status.ok(); at += piece_bytes) {
      to.status =
          to.session.receive(std::string_view(bytes).substr(at, piece_bytes), to.out, to.got);
    }
  }

  End client;
  End server;
};

}  // namespace locust_like::testing
