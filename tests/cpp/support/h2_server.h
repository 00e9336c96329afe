// H2Server: h2c on the test's own loop. Each connection has an H2Peer, so a test says for each
// request what comes back, and may end or break the connection.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/h2_peer.h"
#include "support/loopback_server.h"

namespace locust_like::testing {

class H2Server final : private loop::TcpListener::Events {
 public:
  class Connection final : private loop::TcpStream::Events {
   public:
    Connection(H2Server& server, size_t position)
        : index(position), peer(server.settings_), server_(server) {
      peer.when_request = [this](int32_t id) {
        ++server_.request_count;
        if (server_.when_request) server_.when_request(*this, id);
      };
    }

    // Sends what the peer has to say.
    void flush() {
      const std::string out = peer.take_output();
      if (!out.empty() && !closed) stream->write(out);
    }
    void send(std::string_view bytes) { stream->write(bytes); }
    // FIN, after what the peer has to say.
    void end() {
      flush();
      stream->shutdown_write();
    }
    void break_off() {
      closed = true;
      stream->set_reset_on_close();
      stream->close();
    }

    const size_t index;  // in order of acceptance
    H2Peer peer;
    std::unique_ptr<loop::TcpStream> stream;
    bool closed = false;  // by either side

   private:
    friend class H2Server;
    void on_connected(Status /*status*/) override {}
    void on_bytes(std::string_view bytes) override {
      (void)peer.receive(bytes);
      flush();
    }
    void on_end() override {
      closed = true;
      stream->close();
    }
    void on_broken(Status /*status*/) override { closed = true; }
    void on_drained() override {}

    H2Server& server_;
  };

  explicit H2Server(loop::Loop& loop, std::vector<nghttp2_settings_entry> settings = {})
      : settings_(std::move(settings)), listener_(loop, *this) {
    REQUIRE(listener_.listen(loop::Address::parse("127.0.0.1", 0).value(), 128).ok());
  }

  std::string url(std::string_view path = "/") const {
    return "http://" + listener_.local_address().to_string() + std::string(path);
  }

  // A complete request; without it nothing is answered.
  std::function<void(Connection& connection, int32_t id)> when_request;
  size_t request_count = 0;
  std::vector<std::unique_ptr<Connection>> connections;

 private:
  void on_accept(loop::TcpListener& listener) override {
    auto connection = std::make_unique<Connection>(*this, connections.size());
    connection->stream = listener.accept(*connection);
    connection->flush();
    connections.push_back(std::move(connection));
  }

  const std::vector<nghttp2_settings_entry> settings_;
  loop::TcpListener listener_;
};

}  // namespace locust_like::testing
