// ProxyLink: the TLS conversation with a proxy, below whatever the connection says through it.
//
// What it decrypts is kept until the connection takes it, because a session must not be fed from
// inside another one. Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tls/session.h"

namespace locust_like::client {

class ProxyLink final : private tls::PlaintextSink {
 public:
  ProxyLink(std::shared_ptr<tls::Context> context, const std::string& proxy_host)
      : session(std::move(context), proxy_host) {}

  Status receive(std::string_view ciphertext, std::string& out) {
    return session.receive(ciphertext, out, *this);
  }
  std::string take_received() { return std::exchange(received_, {}); }

  tls::Session session;

 private:
  void on_plaintext(std::string_view bytes) override { received_.append(bytes); }

  std::string received_;
};

}  // namespace locust_like::client
