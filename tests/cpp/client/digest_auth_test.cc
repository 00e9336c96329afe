#include "client/digest_auth.h"

#include <catch2/catch.hpp>

#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

// RFC 7616 3.9.1
constexpr const char* kVectorNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
constexpr const char* kVectorCnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

std::optional<DigestChallenge> challenge_of(std::string_view value) {
  http::Headers headers;
  headers.add("WWW-Authenticate", value);
  return find_digest_challenge(headers);
}

std::string vector_challenge(const std::string& algorithm) {
  return "Basic realm=\"x, Digest y\", Digest realm=\"http-auth@example.org\", "
         "qop=\"auth, auth-int\", algorithm=" +
         algorithm + ", nonce=\"" + kVectorNonce + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny\"";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the answers are those of RFC 7616") {
  const auto [algorithm, response] = GENERATE(table<std::string, std::string>({
      {"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
      {"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
  }));
  const auto challenge = challenge_of(vector_challenge(algorithm));
  REQUIRE(challenge);
  const auto value = digest_authorization(*challenge, {"Mufasa", "Circle of Life"}, "GET",
                                          "/dir/index.html", kVectorCnonce);
  REQUIRE(value);
  CHECK(value->starts_with("Digest username=\"Mufasa\", realm=\"http-auth@example.org\""));
  CHECK(contains(*value, "response=\"" + response + "\""));
  CHECK(contains(*value, "algorithm=" + algorithm));
  CHECK(contains(*value, "opaque=\"FQhe/qaU925kfnzjCev0ciny\", qop=auth, nc=00000001"));
}

TEST_CASE("a server without qop gets the form of RFC 2069") {
  const auto challenge = challenge_of("digest realm=r, nonce=n");
  REQUIRE(challenge);
  const auto value = digest_authorization(*challenge, {"u\"", "p"}, "GET", "/", "c");
  REQUIRE(value);
  CHECK(value->starts_with("Digest username=\"u\\\"\", realm=\"r\", nonce=\"n\", uri=\"/\""));
  CHECK_FALSE(contains(*value, "nc="));
  CHECK_FALSE(contains(*value, "algorithm"));
}

TEST_CASE("what cannot be answered is no challenge, and nothing loops") {
  const std::string value =
      GENERATE("Basic realm=x", "Digest realm=x", "Digest nonce=x, algorithm=SHA-512-256", "",
               "Negotiate abc==", "====", "Digest nonce=\"", "\"\\");
  INFO(value);
  CHECK_FALSE(challenge_of(value));
}

TEST_CASE("the first challenge that is known is taken") {
  const auto challenge = challenge_of(
      "Digest nonce=a, algorithm=SHA-512-256, Digest nonce=b, algorithm=md5-SESS, Digest nonce=c");
  REQUIRE(challenge);
  CHECK(challenge->nonce == "b");
  CHECK(challenge->session_keyed);
}

std::string unauthorized() {
  return reply_of("who?", "WWW-Authenticate: Digest realm=r, nonce=n, qop=auth\r\n",
                  "401 Unauthorized");
}

Call& make_call(ClientHarness& client, const std::string& url) {
  Call& call = client.make(url, "POST");
  call.request.digest = std::make_shared<DigestCredentials>(DigestCredentials{"u", "p"});
  call.request.body = "data";
  call.request.has_body = true;
  call.request.extra_head = "X-Trace: 7\r\n";
  return call;
}

TEST_CASE("a challenge is answered inside the call") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(unauthorized()), read_request(),
                         send_bytes(reply_of("in"))});
  ClientHarness client;
  Call& call = make_call(client, server.url("/a?b"));
  client.run(call);
  CHECK(call.reply.head.status == 200);
  CHECK(call.sample.challenges == 1);
  CHECK(call.sample.exchanges == 2);
  CHECK(call.sample.never_sent == 0);
  CHECK_FALSE(contains(server.requests().at(0), "Authorization"));
  CHECK(contains(server.requests().at(1), "Authorization: Digest username=\"u\""));
  CHECK(contains(server.requests().at(1), "uri=\"/a?b\""));
  CHECK(contains(server.requests().at(1), "X-Trace: 7\r\n"));
  CHECK(server.requests().at(1).ends_with("\r\n\r\ndata"));
}

TEST_CASE("an answer serves the next calls, with a count that goes up") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(unauthorized()), read_request(),
                         send_bytes(reply_of("1")), read_request(), send_bytes(reply_of("2"))});
  ClientHarness client;
  client.run(make_call(client, server.url("/a")));
  Call& second = make_call(client, server.url("/b"));
  client.run(second);
  CHECK(second.reply.body == "2");
  CHECK(second.sample.challenges == 0);
  CHECK(second.sample.exchanges == 1);
  CHECK(contains(server.requests().at(2), "nc=00000002"));
  CHECK(contains(server.requests().at(2), "uri=\"/b\""));
}

TEST_CASE("wrong credentials are a 401 after one answer") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(unauthorized()), read_request(),
                         send_bytes(unauthorized())});
  ClientHarness client;
  Call& call = make_call(client, server.url());
  client.run(call);
  CHECK(call.sample.status == 401);
  CHECK(call.sample.challenges == 1);
  CHECK(call.reply.body == "who?");
}

TEST_CASE("each URL of a chain is answered for itself, another origin not at all") {
  ScriptedServer other({accept_one(), read_request(), send_bytes(unauthorized()), await_end()});
  const auto moved = [](const std::string& to) {
    return reply_of("", "Location: " + to + "\r\n", "302 Found");
  };
  ScriptedServer server({accept_one(), read_request(), send_bytes(unauthorized()), read_request(),
                         send_bytes(moved("/b")), read_request(), send_bytes(unauthorized()),
                         read_request(), send_bytes(moved(other.url()))});
  ClientHarness client;
  Call& call = make_call(client, server.url("/a"));
  client.run(call);
  CHECK(call.sample.challenges == 2);
  CHECK(call.sample.hops == 2);
  CHECK(call.sample.exchanges == 5);
  CHECK(contains(server.requests().at(1), "nc=00000001"));
  for (const size_t hop : {2, 3}) CHECK(contains(server.requests().at(hop), "uri=\"/b\""));
  CHECK(contains(server.requests().at(2), "nc=00000002"));  // ahead of a challenge
  CHECK(contains(server.requests().at(3), "nc=00000003"));  // the same nonce again
  CHECK_FALSE(contains(other.requests().at(0), "Authorization"));
  CHECK(call.sample.status == 401);
}

}  // namespace
}  // namespace locust_like::client
