#include <catch2/catch.hpp>

#include "client/call.h"
#include "http/content_decoding.h"
#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

}  // namespace

TEST_CASE("a capture has what was sent and what came, without secrets") {
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of(R"({"error": "busy", "token": "abc"})",
                                             "Content-Type: application/json\r\n"
                                             "Set-Cookie: sid=secret; Path=/\r\n",
                                             "503 Busy"))});
  ClientHarness client;
  const Call& call = client.get(server.url("/cart?page=2&token=abc"));
  const auto capture = call.capture();
  CHECK(capture->method == "GET");
  CHECK(capture->url == server.url("/cart?page=2&token=***"));
  CHECK(capture->protocol == stats::Protocol::kHttp11);
  CHECK(capture->status == 503);
  CHECK(capture->reason == "Busy");
  CHECK(capture->remote_address == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(capture->response_time_ns == call.sample.response_time_ns);
  CHECK(capture->request.fields.starts_with("Host: 127.0.0.1:"));
  CHECK(capture->reply.fields.find("Set-Cookie: sid=***; Path=/\n") != std::string::npos);
  CHECK(capture->reply.body == R"({"error": "busy", "token": "***"})");
  CHECK(capture->reply.body_bytes == call.reply.body.size());
  CHECK(capture->reply.is_whole);
}

TEST_CASE("a captured body is decoded, and its beginning kept") {
  const bool is_long = GENERATE(false, true);
  const std::string page(is_long ? 10'000 : 100, 'x');
  const std::string packed = http::encode_gzip(page);
  ScriptedServer server({accept_one(), read_request(),
                         send_bytes(reply_of(packed, "Content-Encoding: gzip\r\n", "500 No"))});
  ClientHarness client;
  const auto capture = client.get(server.url()).capture();
  CHECK(capture->reply.body == page.substr(0, stats::kMaxCapturedBodyBytes));
  CHECK(capture->reply.body_bytes == packed.size());
  CHECK(capture->reply.is_whole == !is_long);
}

TEST_CASE("a call that got no reply is captured without one") {
  ScriptedServer server({accept_one(), read_request(), end()});
  ClientHarness client;
  const auto capture = client.get(server.url("/x")).capture();
  CHECK(capture->status == 0);
  CHECK(capture->protocol == stats::Protocol::kNone);
  CHECK(capture->url == server.url("/x"));
  CHECK(capture->reply.fields.empty());
}

}  // namespace locust_like::client
