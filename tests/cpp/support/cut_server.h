// CutServer: sends each client the first bytes of a reply and then ends or resets the connection,
// plain or over TLS, on the test's own loop.
//
// Made for thousands of connections: no thread, no sleep, one connection after the other.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/loopback_server.h"
#include "tls/session.h"

namespace locust_like::testing {

enum class CutBy {
  kFin,          // with TLS: without close_notify, which is a truncation
  kRst,          // SO_LINGER 0
  kCloseNotify,  // TLS only: the orderly end
  kAlert,        // TLS only: a fatal alert, then FIN
};

class CutServer final : private loop::TcpListener::Events {
 public:
  // Without `context` it serves plain HTTP. REQUIRES: outlived by `loop`.
  explicit CutServer(loop::Loop& loop, std::shared_ptr<tls::Context> context = nullptr)
      : context_(std::move(context)), listener_(loop, *this) {
    REQUIRE(listener_.listen(loop::Address::parse("127.0.0.1", 0).value(), 128).ok());
  }

  std::string url() const {
    return (context_ ? "https://" : "http://") + listener_.local_address().to_string() + "/";
  }

  // What the next connections get; views must outlive them.
  std::string_view sends;
  CutBy ends = CutBy::kFin;

 private:
  // A record that no key of the conversation has made.
  static constexpr std::string_view kDamaged{
      "\x17\x03\x03\x00\x20 a record of thirty-two bytes... ", 37};

  class Connection final : private loop::TcpStream::Events, private tls::PlaintextSink {
   public:
    Connection(CutServer& server, loop::TcpListener& listener)
        : server_(server), stream_(listener.accept(*this)) {
      if (server.context_) tls_ = std::make_unique<tls::Session>(server.context_);
    }
    bool closed() const { return closed_; }

   private:
    void on_connected(Status /*status*/) override {}
    void on_bytes(std::string_view bytes) override {
      if (!tls_) {
        on_plaintext(bytes);
      } else {
        std::string out;
        (void)tls_->receive(bytes, out, *this);
        if (!out.empty()) stream_->write(out);
      }
      if (!answered_ && request_.ends_with("\r\n\r\n")) answer();
    }
    void on_plaintext(std::string_view bytes) override { request_.append(bytes); }
    void on_end() override { close(); }
    void on_broken(Status /*status*/) override { closed_ = true; }
    void on_drained() override {}

    void answer() {
      answered_ = true;
      std::string bytes(server_.sends);
      if (tls_) {
        std::string cipher;
        if (!bytes.empty()) REQUIRE(tls_->write(bytes, cipher).ok());
        if (server_.ends == CutBy::kCloseNotify) tls_->close(cipher);
        if (server_.ends == CutBy::kAlert)
          REQUIRE_FALSE(tls_->receive(kDamaged, cipher, *this).ok());
        bytes = std::move(cipher);
      }
      if (!bytes.empty()) stream_->write(bytes);
      if (server_.ends != CutBy::kRst) return stream_->shutdown_write();
      stream_->set_reset_on_close();
      close();
    }
    void close() {
      closed_ = true;
      stream_->close();
    }

    CutServer& server_;
    std::unique_ptr<loop::TcpStream> stream_;
    std::unique_ptr<tls::Session> tls_;
    std::string request_;
    bool answered_ = false;
    bool closed_ = false;
  };

  void on_accept(loop::TcpListener& listener) override {
    std::erase_if(connections_, [](const auto& connection) { return connection->closed(); });
    connections_.push_back(std::make_unique<Connection>(*this, listener));
  }

  const std::shared_ptr<tls::Context> context_;
  loop::TcpListener listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace locust_like::testing
