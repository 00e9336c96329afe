// What an HTTP/2 server may do to calls, beyond what http2_test.cc has.
#include <catch2/catch.hpp>

#include "support/h2_client.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the servers' words
using namespace std::chrono_literals;

TEST_CASE("GOAWAY that took no stream: all are sent again, and counted") {
  Http2 h2;
  h2.get();
  size_t held = 0;
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    if (connection.index > 0) return connection.peer.answer(id, "new");
    if (++held == 2) connection.peer.go_away(1);  // the call before
  };
  Call& get = h2.start("/get");
  Call& post = h2.start("/post", "POST");
  for (Call* call : {&get, &post}) {
    h2.client.finish(*call);
    CHECK(call->reply.body == "new");
    CHECK(call->sample.retries == 1);
  }
}

TEST_CASE("an upload into a window that never opens is timeout-read") {
  const uint32_t window_bytes = GENERATE(0, 1000);
  Http2 h2({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window_bytes}});
  H2Server& server = *h2.server;
  h2.get();
  server.connections.front()->peer.hold_windows();
  Call& call = h2.client.make(server.url(), "POST");
  call.request.has_body = true;
  call.request.body = std::string(100'000, 'u');
  call.request.read_timeout = 50ms;
  h2.client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutRead);
  CHECK(server.connections.front()->peer.requests[3].body.size() <= window_bytes);
}

TEST_CASE("one stream at a time: the others wait, and not in the server's time") {
  Http2 h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1}});
  std::vector<Call*> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(&h2.start("/" + std::to_string(i)));
  for (Call* call : calls) h2.client.finish(*call);
  CHECK(h2.server->connections.size() == 1);
  const Call& last = *calls.back();
  CHECK(last.reply.body == "/4");
  CHECK(phase_ns(last, stats::Phase::kBlocked) > 0);
  const int64_t whole_ns = (last.reply.last_byte - last.reply.taken_up).count();
  CHECK(last.sample.response_time_ns == whole_ns - phase_ns(last, stats::Phase::kBlocked));
}

}  // namespace
}  // namespace locust_like::client
