// Calls over HTTP/2: connection, pool and call together, against a peer in the same loop.
#include <catch2/catch.hpp>
#include <memory>
#include <set>

#include "support/client_harness.h"
#include "support/h2_client.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the servers' words
using namespace std::chrono_literals;

TEST_CASE("a call over h2c, and the next one on the same connection") {
  Http2 h2;
  const Call& first = h2.get("/a");
  INFO(first.reply.status.to_string());
  CHECK(first.reply.body == "/a");
  CHECK(first.reply.head.version_major == 2);
  CHECK(first.sample.exchanges == 1);
  CHECK(first.sample.sent_bytes > 0);
  CHECK(first.sample.received_bytes > 0);
  CHECK(phase_ns(first, stats::Phase::kConnect) > 0);
  const Call& second = h2.get("/b");
  CHECK(second.reply.body == "/b");
  CHECK(phase_ns(second, stats::Phase::kConnect) == 0);
  CHECK(h2.server->connections.size() == 1);
}

TEST_CASE("many calls at a time share one connection, within the server's limit") {
  Http2 h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 7}});
  std::vector<std::pair<H2Server::Connection*, int32_t>> held;
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    held.emplace_back(&connection, id);
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(&h2.start("/" + std::to_string(i)));
  size_t most = 0;
  size_t answered = 0;
  while (answered < calls.size()) {
    h2.client.run_until(
        [&] { return !held.empty() && held.size() >= std::min<size_t>(7, 20 - answered); });
    most = std::max(most, held.size());
    const auto [connection, id] = held.front();
    held.erase(held.begin());
    connection->peer.answer(id, connection->peer.requests[id].field(":path"));
    connection->flush();
    ++answered;
  }
  for (Call* call : calls) {
    h2.client.finish(*call);
    CHECK(call->reply.body == call->request.prepared->request.target);
  }
  CHECK(most == 7);
  CHECK(h2.server->connections.size() == 1);
  // The last one waited for a stream; its own time does not hold that wait.
  const stats::Sample& last = calls.back()->sample;
  const int64_t whole = (calls.back()->reply.last_byte - calls.back()->reply.taken_up).count();
  CHECK(phase_ns(*calls.back(), stats::Phase::kBlocked) > 0);
  CHECK(last.response_time_ns == whole - phase_ns(*calls.back(), stats::Phase::kBlocked));
}

TEST_CASE("without reuse every call over HTTP/2 has a connection, calls at a time as well") {
  Http2 h2({}, {.reuse_connections = false});
  std::vector<Call*> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(&h2.start("/" + std::to_string(i)));
  for (Call* call : calls) h2.client.finish(*call);
  for (size_t i = 0; i < calls.size(); ++i) {
    CHECK(calls[i]->reply.body == "/" + std::to_string(i));
    CHECK(phase_ns(*calls[i], stats::Phase::kConnect) > 0);
  }
  CHECK(h2.server->connections.size() == 3);
  CHECK(h2.client.pool().connection_count() == 0);
}

TEST_CASE("a refused stream is sent again on a new connection, whatever the method") {
  Http2 h2;
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    if (connection.index < 3) {
      connection.peer.reset(id, NGHTTP2_REFUSED_STREAM);
    } else {
      connection.peer.answer(id, "done");
    }
  };
  const Call& call = h2.client.run(h2.client.make(h2.server->url(), "POST"));
  CHECK(call.reply.body == "done");
  CHECK(call.sample.retries == 3);
  CHECK(call.sample.exchanges == 4);
  CHECK(h2.server->connections.size() == 4);
  CHECK(h2.client.pool().connection_count() == 1);
}

TEST_CASE("what is refused five times again is a failure of class h2-stream") {
  Http2 h2;
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    connection.peer.reset(id, NGHTTP2_REFUSED_STREAM);
  };
  const Call& call = h2.get();
  CHECK(call.sample.failure == Code::kH2Stream);
  CHECK(call.sample.retries == 5);
  CHECK(h2.server->request_count == 6);
}

TEST_CASE("a reset stream is a failure, and the connection goes on") {
  const uint32_t code = GENERATE(0U, 1U, 2U, 3U, 4U, 5U, 6U, 8U, 9U, 10U, 11U, 12U, 13U, 99U);
  Http2 h2;
  bool first = true;
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    if (std::exchange(first, false)) {
      connection.peer.reset(id, code);
    } else {
      connection.peer.answer(id, "fine");
    }
  };
  const Call& call = h2.get();
  CHECK(call.sample.failure == Code::kH2Stream);
  CHECK(call.reply.status.message().find("(" + std::to_string(code) + ")") != std::string::npos);
  CHECK(call.sample.retries == 0);
  CHECK(h2.get().reply.body == "fine");
  CHECK(h2.server->connections.size() == 1);
}

TEST_CASE("GOAWAY: streams above its last id are sent again, those below are answered") {
  Http2 h2;
  h2.get("/first");
  std::vector<int32_t> held;
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    if (connection.index > 0) {
      return connection.peer.answer(id, connection.peer.requests[id].field(":path"));
    }
    held.push_back(id);
    if (held.size() < 4) return;
    connection.peer.go_away(held[1]);
    connection.peer.answer(held[0], "old");
    connection.peer.answer(held[1], "old");
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(&h2.start("/" + std::to_string(i)));
  std::multiset<std::string> bodies;
  uint32_t retries = 0;
  for (Call* call : calls) {
    h2.client.finish(*call);
    bodies.insert(call->reply.body);
    retries += call->sample.retries;
  }
  CHECK(bodies == std::multiset<std::string>{"/2", "/3", "old", "old"});
  CHECK(retries == 2);
  CHECK(h2.server->connections.size() == 2);
  CHECK(h2.client.pool().connection_count() == 1);
}

TEST_CASE("GOAWAY while calls wait for a stream: they go on over a new connection, sent once") {
  Http2 h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1}});
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    connection.peer.answer(id, std::to_string(connection.index));
    if (connection.index == 0) connection.peer.go_away(id);
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(&h2.start());
  std::multiset<std::string> bodies;
  for (Call* call : calls) {
    h2.client.finish(*call);
    bodies.insert(call->reply.body);
    CHECK(call->sample.retries == 0);
  }
  CHECK(bodies == std::multiset<std::string>{"0", "1", "1", "1"});
  CHECK(h2.server->request_count == 4);
}

TEST_CASE("a connection that we close ends with GOAWAY") {
  Http2 h2;
  h2.get();
  h2.client.disconnect();
  H2Server::Connection& connection = *h2.server->connections.front();
  h2.client.run_until([&] { return connection.closed; });
  CHECK(connection.peer.goaways == std::vector<uint32_t>{NGHTTP2_NO_ERROR});
}

TEST_CASE("users that share connections fill one before the next, up to the limit") {
  Http2 h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 2}},
           {.max_connections = 3, .shared_connections = true});
  std::vector<std::pair<H2Server::Connection*, int32_t>> held;
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    held.emplace_back(&connection, id);
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 8; ++i) calls.push_back(&h2.start());
  h2.client.run_until([&] { return held.size() == 6; });
  CHECK(h2.client.pool().waiting_count() == 2);
  size_t answered = 0;
  while (answered < calls.size()) {
    h2.client.run_until([&] { return held.size() > answered; });
    auto& [connection, id] = held[answered++];
    connection->peer.answer(id, "ok");
    connection->flush();
  }
  int opened = 0;
  for (Call* call : calls) {
    h2.client.finish(*call);
    CHECK(call->reply.body == "ok");
    if (phase_ns(*call, stats::Phase::kConnect) > 0) ++opened;
  }
  CHECK(opened == 3);  // set-up is charged once for each connection
  CHECK(h2.server->connections.size() == 3);
}

TEST_CASE("GOAWAY that keeps a stream, then the end: class h2-goaway, not sent again") {
  Http2 h2;
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    connection.peer.go_away(id, NGHTTP2_ENHANCE_YOUR_CALM);
    connection.end();
  };
  const Call& call = h2.get();
  CHECK(call.sample.failure == Code::kH2Goaway);
  CHECK(call.sample.retries == 0);
  CHECK(call.reply.status.message().find("ENHANCE_YOUR_CALM") != std::string::npos);
}

TEST_CASE("a connection that ends while idle is replaced silently") {
  const int how = GENERATE(0, 1, 2);
  Http2 h2;
  h2.get();
  H2Server::Connection& old = *h2.server->connections.front();
  if (how == 0) old.end();
  if (how == 1) old.break_off();
  if (how == 2) {
    old.peer.go_away(1);
    old.flush();
  }
  h2.client.run_until([&] { return h2.client.pool().connection_count() == 0; });
  const Call& call = h2.get("/again");
  CHECK(call.reply.body == "/again");
  CHECK(call.sample.retries == 0);
}

TEST_CASE("a connection lost under several calls: each has one row") {
  const bool by_reset = GENERATE(false, true);
  Http2 h2;
  h2.get();
  h2.server->when_request = [&](H2Server::Connection& connection, int32_t id) {
    if (id < 7) return;
    if (by_reset) return connection.break_off();
    connection.end();
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(&h2.start("/", "POST"));
  for (Call* call : calls) {
    h2.client.finish(*call);
    CHECK(call->sample.failure == (by_reset ? Code::kReset : Code::kClosedEarly));
  }
  CHECK(h2.client.pool().connection_count() == 0);
}

TEST_CASE("a cancelled call resets its stream; the others go on") {
  Http2 h2;
  h2.get();
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    if (id > 3) connection.peer.answer(id, "other");
  };
  Call& gone = h2.start();
  h2.client.run_until([&] { return h2.server->request_count == 2; });
  Call& other = h2.start();
  h2.client.finish(other);
  gone.cancel();
  CHECK(gone.sample.outcome == stats::Outcome::kCancelled);
  H2Server::Connection& connection = *h2.server->connections.front();
  h2.client.run_until([&] { return !connection.peer.resets.empty(); });
  CHECK(connection.peer.resets.front() == std::pair<int32_t, uint32_t>{3, NGHTTP2_CANCEL});
  CHECK(h2.get().reply.body == "other");
  CHECK(h2.server->connections.size() == 1);
}

TEST_CASE("a timeout on a silent connection gives the next call a new one") {
  Http2 h2;
  h2.get();
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    if (connection.index > 0) connection.peer.answer(id, "new");
  };
  Call& call = h2.client.make(h2.server->url());
  call.request.read_timeout = 20ms;
  h2.client.run(call);
  CHECK(call.sample.failure == Code::kTimeoutRead);
  CHECK(h2.get().reply.body == "new");
}

TEST_CASE("bodies larger than all windows, many at a time, up and down") {
  Http2 h2;
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    connection.peer.answer(id, connection.peer.requests[id].body);
  };
  std::vector<Call*> calls;
  for (int i = 0; i < 8; ++i) {
    Call& call = h2.client.make(h2.server->url(), "POST");
    call.request.has_body = true;
    call.request.body = std::string(2'000'000, static_cast<char>('a' + i));
    h2.client.start(call);
    calls.push_back(&call);
  }
  for (Call* call : calls) {
    h2.client.finish(*call);
    const bool same = call->reply.body == call->request.body;
    CHECK(same);
  }
  CHECK(h2.server->connections.size() == 1);
}

TEST_CASE("a large body leaves in one go where the server's windows allow it") {
  Http2 h2({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 24}});
  h2.get();
  H2Server::Connection& connection = *h2.server->connections.at(0);
  connection.peer.widen_window();
  connection.peer.hold_windows();
  connection.flush();
  h2.get();
  Call& call = h2.client.make(h2.server->url("/a"), "POST");
  call.request.has_body = true;
  call.request.body = std::string(3'000'000, 'x');
  call.request.read_timeout = 3s;
  h2.client.run(call);
  CHECK(call.reply.body == "/a");
  CHECK(connection.peer.requests[5].body.size() == call.request.body.size());
}

TEST_CASE("a server that speaks HTTP/1 only is class h2-conn, and told so") {
  ScriptedServer server({accept_one(), read_some(),
                         send_bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
                         await_end()});
  ClientHarness client({.http_version = HttpVersion::kPriorKnowledge});
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kH2Connection);
  CHECK(call.reply.status.message().find("HTTP/1") != std::string::npos);
}

TEST_CASE("http_version 2 without TLS is refused before anything is sent") {
  ScriptedServer server({accept_one(), await_end()});
  ClientHarness client({.http_version = HttpVersion::k2});
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kInvalidArgument);
  CHECK(call.sample.never_sent == 1);
}

}  // namespace
}  // namespace locust_like::client
