// Http2: a client that speaks h2c and a server on its loop, for calls over HTTP/2.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "support/client_harness.h"
#include "support/h2_server.h"

namespace locust_like::client {

// The client speaks h2c; the server answers with the path unless told otherwise.
struct Http2 {
  explicit Http2(std::vector<nghttp2_settings_entry> settings = {}, Options options = {})
      : client(with_prior_knowledge(options)), server(in_place(client.loop(), settings)) {
    server->when_request = [](testing::H2Server::Connection& connection, int32_t id) {
      connection.peer.answer(id, connection.peer.requests[id].field(":path"));
    };
  }
  ~Http2() {
    client.disconnect();
    server.reset();
  }
  Http2(const Http2&) = delete;
  Http2& operator=(const Http2&) = delete;

  static Options with_prior_knowledge(Options options) {
    options.http_version = HttpVersion::kPriorKnowledge;
    return options;
  }
  static std::unique_ptr<testing::H2Server> in_place(
      loop::Loop& loop, const std::vector<nghttp2_settings_entry>& settings) {
    return std::make_unique<testing::H2Server>(loop, settings);
  }

  Call& start(std::string_view path = "/", std::string_view method = "GET") {
    Call& call = client.make(server->url(path), method);
    client.start(call);
    return call;
  }
  Call& get(std::string_view path = "/") {
    Call& call = start(path);
    client.finish(call);
    return call;
  }

  testing::ClientHarness client;
  std::unique_ptr<testing::H2Server> server;
};

}  // namespace locust_like::client
