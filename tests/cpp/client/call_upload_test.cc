// Bodies that come in pieces: what is asked for when, what leaves, and what ends it in the middle.
#include <catch2/catch.hpp>
#include <string>

#include "support/client_harness.h"
#include "support/h2_client.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words
using namespace std::chrono_literals;
using Next = CallRequest::Step;
using Wants = CallReply::Wants;

Call& make_upload(ClientHarness& client, const std::string& url, std::string_view method = "POST") {
  Call& call = client.make(url, method);
  call.request.uploads = call.request.has_body = true;
  return call;
}

// The call wants a piece, or has ended.
void await_turn(ClientHarness& client, Call& call) {
  client.run_until([&] { return client.paused(call) || client.ended(call); });
}

void give(ClientHarness& client, Call& call, std::string piece, Next step = Next::kPiece) {
  REQUIRE(client.paused(call));
  call.request.body = std::move(piece);
  client.go_on(call, step);
}

// Hands over all of them and waits for the end.
void give_all(ClientHarness& client, Call& call, std::initializer_list<const char*> pieces) {
  for (const char* piece : pieces) {
    await_turn(client, call);
    give(client, call, piece);
  }
  if (!call.request.upload_bytes) {
    await_turn(client, call);
    give(client, call, "", Next::kLastPiece);
  }
  client.finish(call);
}

std::string redirect_to(std::string_view path) {
  return reply_of("", "Location: " + std::string(path) + "\r\n", "307 Temporary Redirect");
}

}  // namespace

TEST_CASE("a body in pieces is chunked where nobody knows its length, and the connection is kept") {
  ScriptedServer server({accept_one(), read_request(), read_request(), send_bytes(reply_of("a")),
                         read_request(), send_bytes(reply_of("b"))});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  give_all(client, call, {"hello", "0123456789abcdef"});
  CHECK(call.reply.body == "a");
  CHECK(call.reply.wants == Wants::kNothing);
  CHECK(client.get(server.url()).reply.body == "b");
  CHECK(client.pool().connection_count() == 1);
  CHECK(server.requests().at(0).find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(server.requests().at(1) == "5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
}

TEST_CASE("a body in pieces has its Content-Length where it is known, and ends there") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("a"))});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.upload_bytes = 8;
  client.start(call);
  give_all(client, call, {"hello", "you"});
  CHECK(call.reply.body == "a");
  CHECK(server.requests().at(0).ends_with("Content-Length: 8\r\n\r\nhelloyou"));
}

TEST_CASE("no piece is asked for while a server takes nothing, and that is timeout-read") {
  ScriptedServer server({accept_one(), read_some()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.read_timeout = 200ms;
  client.start(call);
  const std::string piece(100'000, 'x');
  size_t pieces = 0;
  for (await_turn(client, call); client.paused(call); await_turn(client, call)) {
    give(client, call, piece);
    REQUIRE(++pieces < 1000);
  }
  CHECK(call.sample.failure == Code::kTimeoutRead);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("the time that a submitter takes for a piece is no silence of the server") {
  ScriptedServer server({accept_one(), read_request(), read_request(), send_bytes(reply_of("a"))});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.read_timeout = 500ms;
  client.start(call);
  await_turn(client, call);
  client.spin_until([&] { return steady_now() > call.reply.taken_up + 700ms; });
  CHECK_FALSE(client.ended(call));
  give_all(client, call, {"x"});
  CHECK(call.reply.body == "a");
}

TEST_CASE("a call that is out of time while a piece is made ends when it comes back") {
  ScriptedServer server({accept_one(), await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.total_timeout = 30ms;
  client.start(call);
  await_turn(client, call);
  client.run_until([&] { return client.pool().connection_count() == 0; });
  CHECK_FALSE(client.ended(call));
  give(client, call, "x");
  REQUIRE(client.ended(call));
  CHECK(call.sample.failure == Code::kTimeoutTotal);
}

TEST_CASE("a reply before the upload is done is the result, and its connection is not used again") {
  const bool closes = GENERATE(false, true);
  std::vector<Step> steps = {accept_one(), read_request(),
                             send_bytes(reply_of("no", "", "413 Content Too Large"))};
  if (closes) steps.push_back(end());
  steps.push_back(await_end());
  ScriptedServer server(steps);
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  await_turn(client, call);
  client.run_until([&] { return client.pool().connection_count() == 0; });
  give(client, call, "x");
  REQUIRE(client.ended(call));
  CHECK(call.reply.status.ok());
  CHECK(call.reply.head.status == 413);
  CHECK(call.reply.body == "no");
}

TEST_CASE("a body that cannot be made is a failure, and the connection ends") {
  ScriptedServer server({accept_one(), read_request(), await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  await_turn(client, call);
  give(client, call, "x");
  await_turn(client, call);
  give(client, call, "making the body raised ValueError: no", Next::kFail);
  REQUIRE(client.ended(call));
  CHECK(call.sample.failure == Code::kScript);
  CHECK(call.reply.status.message() == "making the body raised ValueError: no");
  CHECK(call.sample.exchanges == 1);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("an upload may be cancelled while its submitter has it") {
  ScriptedServer server({accept_one(), await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  await_turn(client, call);
  call.cancel();
  REQUIRE(client.ended(call));
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("307 sends a body in pieces again, from its beginning") {
  ScriptedServer server({accept_one(), read_request(), read_request(),
                         send_bytes(redirect_to("/b")), read_request(), read_request(),
                         send_bytes(reply_of("b"))});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.rewinds = true;
  client.start(call);
  await_turn(client, call);
  CHECK(call.reply.wants == Wants::kPiece);
  give(client, call, "one");
  give(client, call, "", Next::kLastPiece);
  await_turn(client, call);
  CHECK(call.reply.wants == Wants::kFirstPiece);
  give_all(client, call, {"one"});
  CHECK(call.reply.body == "b");
  CHECK(server.requests().at(3) == server.requests().at(1));
}

TEST_CASE("307 to a body that can be read only once is class redirect, and nothing is sent twice") {
  ScriptedServer server(
      {accept_one(), read_request(), read_request(), send_bytes(redirect_to("/b")), await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  give_all(client, call, {"one"});
  CHECK(call.sample.failure == Code::kRedirect);
  CHECK(call.reply.status.message().find("can be read only once") != std::string::npos);
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("303 turns a body in pieces into a GET without one") {
  ScriptedServer server({accept_one(), read_request(), read_request(),
                         send_bytes(reply_of("", "Location: /b\r\n", "303 See Other")),
                         read_request(), send_bytes(reply_of("b"))});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  client.start(call);
  give_all(client, call, {"one"});
  CHECK(call.reply.body == "b");
  CHECK(server.requests().at(2).starts_with("GET /b "));
  CHECK(server.requests().at(2).find("Transfer-Encoding") == std::string::npos);
}

TEST_CASE("a challenge to a body that can be read only once is a failure that says so") {
  ScriptedServer server({accept_one(), read_request(), read_request(),
                         send_bytes(reply_of("", "WWW-Authenticate: Digest realm=r, nonce=n\r\n",
                                             "401 Unauthorized")),
                         await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.digest = std::make_shared<DigestCredentials>(DigestCredentials{"u", "p"});
  client.start(call);
  give_all(client, call, {"one"});
  CHECK(call.sample.failure == Code::kScript);
  CHECK(call.sample.status == 401);
  CHECK(call.reply.status.message().find("can be read only once") != std::string::npos);
}

TEST_CASE("a lost keep-alive race sends a body in pieces again only where it can begin again") {
  const bool rewinds = GENERATE(false, true);
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         read_request(), reset(), accept_one(), read_request(), read_request(),
                         send_bytes(reply_of("2"))});
  ClientHarness client;
  client.get(server.url());
  Call& call = make_upload(client, server.url(), "PUT");
  call.request.rewinds = rewinds;
  client.start(call);
  await_turn(client, call);
  give(client, call, "one");
  give(client, call, "", Next::kLastPiece);
  await_turn(client, call);
  if (rewinds) {
    CHECK(call.reply.wants == Wants::kFirstPiece);
    give_all(client, call, {"one"});
    CHECK(call.reply.body == "2");
    CHECK(call.sample.retries == 1);
  } else {
    REQUIRE(client.ended(call));
    CHECK(call.sample.failure == Code::kReset);
    CHECK(call.reply.status.message().find("not sent again") != std::string::npos);
  }
}

TEST_CASE("an upload whose reply is streamed comes back at the head once the body has left") {
  const bool early = GENERATE(false, true);  // the head does not wait for the body
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  std::vector<Step> steps = {accept_one(), read_request()};
  if (early) steps.push_back(send_bytes(head));
  steps.push_back(read_request());
  steps.push_back(send_bytes(early ? "ok" : head + "ok"));
  ScriptedServer server(steps);
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.streams = true;
  client.start(call);
  await_turn(client, call);
  if (early) client.spin_until([&] { return server.done() >= 3; });
  give(client, call, "one");
  CHECK(call.reply.wants == Wants::kPiece);
  give(client, call, "", Next::kLastPiece);
  await_turn(client, call);
  CHECK(call.reply.wants == Wants::kNothing);
  CHECK(call.reply.head.status == 200);
  std::string body;
  while (!client.ended(call)) {
    client.go_on(call, Next::kNext);
    await_turn(client, call);
    body += call.reply.body;
  }
  CHECK(body == "ok");
  CHECK(client.pool().connection_count() == 1);
}

TEST_CASE("a streamed reply that is whole before the upload is done can be read") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of("no", "", "413 Content Too Large")), await_end()});
  ClientHarness client;
  Call& call = make_upload(client, server.url());
  call.request.streams = true;
  client.start(call);
  await_turn(client, call);
  client.run_until([&] { return client.pool().connection_count() == 0; });
  give(client, call, "x");
  REQUIRE(client.paused(call));
  CHECK(call.reply.wants == Wants::kNothing);
  CHECK(call.reply.head.status == 413);
  client.go_on(call, Next::kNext);
  REQUIRE(client.ended(call));
  CHECK(call.reply.body == "no");
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("HTTP/2: a body in pieces goes as the windows allow, whatever its size") {
  Http2 h2;
  h2.server->when_request = [](H2Server::Connection& connection, int32_t id) {
    const auto& request = connection.peer.requests[id];
    connection.peer.answer(
        id, std::to_string(request.body.size()) + " of " + request.field("content-length"));
  };
  const bool known = GENERATE(false, true);
  Call& call = make_upload(h2.client, h2.server->url());
  constexpr size_t kPieces = 30;
  const std::string piece(100'000, 'x');
  if (known) call.request.upload_bytes = kPieces * piece.size();
  h2.client.start(call);
  for (size_t i = 0; i < kPieces; ++i) {
    await_turn(h2.client, call);
    give(h2.client, call, piece);
  }
  give_all(h2.client, call, {});
  CHECK(call.reply.body == (known ? "3000000 of 3000000" : "3000000 of "));
}

TEST_CASE("HTTP/2: a body that cannot be made resets its stream") {
  Http2 h2;
  h2.get("/");
  Call& call = make_upload(h2.client, h2.server->url());
  h2.client.start(call);
  await_turn(h2.client, call);
  give(h2.client, call, "x");
  await_turn(h2.client, call);
  give(h2.client, call, "no", Next::kFail);
  REQUIRE(h2.client.ended(call));
  CHECK(call.sample.failure == Code::kScript);
  const auto& resets = h2.server->connections.at(0)->peer.resets;
  h2.client.run_until([&] { return !resets.empty(); });
  CHECK(resets.at(0) == std::pair<int32_t, uint32_t>(3, NGHTTP2_CANCEL));
}

TEST_CASE("HTTP/2: a reply before the upload is done is the result") {
  Http2 h2;
  h2.get("/");
  Call& call = make_upload(h2.client, h2.server->url());
  h2.client.start(call);
  await_turn(h2.client, call);
  give(h2.client, call, "x");
  H2Server::Connection& connection = *h2.server->connections.at(0);
  await_turn(h2.client, call);
  h2.client.run_until([&] { return connection.peer.requests[3].body == "x"; });
  connection.peer.answer(3, "no", {{":status", "413"}});
  connection.flush();
  h2.get("/");
  give(h2.client, call, "y");
  REQUIRE(h2.client.ended(call));
  CHECK(call.reply.head.status == 413);
  CHECK(call.reply.body == "no");
  CHECK(h2.server->connections.size() == 1);
}

}  // namespace locust_like::client
