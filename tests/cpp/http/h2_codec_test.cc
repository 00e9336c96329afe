#include "http/h2_codec.h"

#include <catch2/catch.hpp>
#include <deque>
#include <limits>
#include <optional>
#include <string>

#include "http/h2_harness.h"

namespace locust_like::http {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the peer's words

TEST_CASE("a GET over HTTP/2: fields, reply, and the stream is free again") {
  H2Harness h2;
  h2.peer.when_request = [&](int32_t id) {
    h2.peer.answer(id, "hello", {{":status", "200"}, {"x-a", "b"}});
  };
  RecordingSink& sink = h2.open(h2_request("GET", {{"X-Case", "Kept"}, {"Connection", "close"}}),
                                "X-Extra: 1\r\nTE: gzip\r\n");
  h2.exchange();
  CHECK(sink.summary() == "200  keep\nx-a=b\nhello\nheads 1 completed 1 failed 0 ok");
  CHECK(sink.head().version_major == 2);
  const H2Peer::Request& request = h2.peer.requests.at(1);
  CHECK(request.fields == H2Fields{{":method", "GET"},
                                   {":scheme", "http"},
                                   {":authority", "h"},
                                   {":path", "/p?q"},
                                   {"x-case", "Kept"},
                                   {"x-extra", "1"}});
  CHECK(sink.received_bytes > 2 * 9 + 5);
  CHECK(sink.sent_bytes > 9);
  CHECK_FALSE(h2.codec.has_open_streams());
  CHECK(h2.codec.free_streams() > 1);
}

TEST_CASE("one stream is open before the peer has said how many it allows") {
  H2Harness h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 3}});
  CHECK(h2.codec.free_streams() == 1);
  h2.open();
  CHECK(h2.codec.free_streams() == 0);
  h2.exchange();
  CHECK(h2.codec.free_streams() == 2);
  h2.open();
  h2.open();
  CHECK(h2.codec.free_streams() == 0);
  CHECK_FALSE(h2.codec.exhausted());
}

TEST_CASE("a codec whose stream ids run out opens no more, and the last one goes on") {
  H2Codec codec(std::numeric_limits<int32_t>::max());
  CHECK_FALSE(codec.exhausted());
  RecordingSink sink;
  std::string out;
  codec.open_stream(h2_request(), "", std::nullopt, sink, out);
  CHECK(codec.exhausted());
  CHECK(codec.free_streams() == 0);
  CHECK(codec.has_open_streams());
}

TEST_CASE("GOAWAY is what a peer is told when we close") {
  H2Harness h2;
  h2.exchange();
  std::string out;
  h2.codec.end(out);
  CHECK(h2.codec.free_streams() == 0);
  REQUIRE(h2.peer.receive(out));
  CHECK(h2.peer.goaways == std::vector<uint32_t>{NGHTTP2_NO_ERROR});
  out.clear();
  h2.codec.end(out);  // once
  CHECK(out.empty());
}

TEST_CASE("replies come in any order and interleaved") {
  H2Harness h2;
  h2.exchange();
  std::vector<RecordingSink*> sinks;
  for (int i = 0; i < 20; ++i) sinks.push_back(&h2.open());
  h2.exchange();
  for (int32_t id = 39; id > 0; id -= 2) {
    h2.peer.answer(id, std::string(40000, static_cast<char>('a' + id / 2)));
  }
  h2.exchange();
  for (size_t i = 0; i < sinks.size(); ++i) {
    CHECK(sinks[i]->completed == 1);
    const bool own = sinks[i]->body == std::string(40000, static_cast<char>('a' + i));
    CHECK(own);
  }
}

TEST_CASE("bodies larger than every window go both ways") {
  const std::string large(3'000'000, 'x');
  H2Harness h2;
  h2.peer.when_request = [&](int32_t id) {
    CHECK(h2.peer.requests[id].field("content-length") == std::to_string(large.size()));
    h2.peer.answer(id, h2.peer.requests[id].body);
  };
  RecordingSink& sink = h2.open(h2_request("POST"), "", large);
  h2.exchange();
  CHECK(sink.completed == 1);
  const bool same = sink.body == large;
  CHECK(same);
  CHECK(sink.sent_bytes > large.size());
  CHECK(sink.received_bytes > large.size());
}

TEST_CASE("an empty body has a Content-Length and no DATA") {
  H2Harness h2;
  h2.open(h2_request("POST"), "", "");
  h2.exchange();
  CHECK(h2.peer.requests.at(1).ended);
  CHECK(h2.peer.requests.at(1).field("content-length") == "0");
}

TEST_CASE("bodies are cut into frames only while there is room for them") {
  H2Harness h2({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}});
  h2.exchange();
  const std::string body(200'000, 'x');
  h2.open(h2_request("POST"), "", body);
  std::string out;
  REQUIRE(h2.codec.take_output(20'000, out).ok());
  CHECK(out.size() < 40'000);
  const size_t before = out.size();
  REQUIRE(h2.codec.take_output(before, out).ok());
  CHECK(out.size() == before);
  REQUIRE(h2.codec.take_output(SIZE_MAX, out).ok());
  CHECK(out.size() > 60'000);  // the connection's own window, which the peer has not raised
}

TEST_CASE("interim replies are skipped, 32 at most; trailers are dropped") {
  const int interim = GENERATE(0, 1, 32, 33);
  H2Harness h2;
  h2.peer.when_request = [&](int32_t id) {
    for (int i = 0; i < interim; ++i) {
      h2.peer.answer_head(id, {{":status", "103"}, {"link", "</a>"}});
    }
    h2.peer.answer_head(id, {{":status", "200"}, {"x-a", "b"}});
  };
  RecordingSink& sink = h2.open();
  h2.exchange();
  if (interim > 32) {
    CHECK(sink.failed == 1);
    CHECK(sink.status.code() == Code::kProtocol);
    return;
  }
  h2.feed(frame(NGHTTP2_DATA, 0, 1, "body"));
  h2.feed(frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
                literal_field("x-trailer", "1")));
  CHECK(sink.summary() == "200  keep\nx-a=b\nbody\nheads 1 completed 1 failed 0 ok");
}

TEST_CASE("HEAD, 204 and 304 have no body, whatever their fields say") {
  const auto [method, status] =
      GENERATE(table<std::string, std::string>({{"HEAD", "200"}, {"GET", "204"}, {"GET", "304"}}));
  H2Harness h2;
  h2.peer.when_request = [&, status = status](int32_t id) {
    H2Fields fields = {{":status", status}};
    if (status != "204") fields.push_back({"content-length", "10"});
    h2.peer.answer(id, "", fields);
  };
  RecordingSink& sink = h2.open(h2_request(method));
  h2.exchange();
  CHECK(sink.completed == 1);
  CHECK(sink.body.empty());
}

TEST_CASE("a reply before the upload is done is the result, and the upload stops") {
  H2Harness h2;
  const std::string body(1'000'000, 'x');
  h2.exchange();
  RecordingSink& sink = h2.open(h2_request("POST"), "", body);
  h2.peer.answer(1, "too much", {{":status", "413"}});
  h2.exchange();
  CHECK(sink.completed == 1);
  CHECK(sink.head().status == 413);
  CHECK(h2.peer.resets == std::vector<std::pair<int32_t, uint32_t>>{{1, NGHTTP2_CANCEL}});
  CHECK(h2.codec.free_streams() > 1);
  CHECK_FALSE(h2.peer.requests.at(1).ended);
}

TEST_CASE("an abandoned stream is reset, and its owner hears no more") {
  H2Harness h2;
  RecordingSink& gone = h2.open(h2_request("POST"), "", std::string(100'000, 'x'));
  h2.exchange();
  RecordingSink& stays = h2.open();
  h2.codec.abandon_stream(gone);
  h2.exchange();
  h2.peer.answer(3, "mine");
  h2.exchange();
  CHECK(gone.ends() == 0);
  CHECK(stays.body == "mine");
  CHECK(h2.peer.resets == std::vector<std::pair<int32_t, uint32_t>>{{1, NGHTTP2_CANCEL}});
}

TEST_CASE("a sink may open and abandon streams inside its callbacks") {
  H2Harness h2;
  RecordingSink& first = h2.open();
  RecordingSink* second = nullptr;
  h2.peer.when_request = [&](int32_t id) { h2.peer.answer(id, "x"); };
  first.when_body = [&] { second = &h2.open(); };
  first.when_complete = [&] { h2.codec.abandon_stream(*second); };
  h2.exchange();
  CHECK(first.completed == 1);
  CHECK(second->ends() == 0);
  CHECK_FALSE(h2.codec.has_open_streams());
}

TEST_CASE("a body that its owner refuses is too large, and the others go on") {
  H2Harness h2;
  h2.exchange();
  RecordingSink& small = h2.open();
  small.max_body_bytes = 10;
  RecordingSink& other = h2.open();
  h2.exchange();
  h2.peer.answer(1, std::string(100'000, 'x'));
  h2.peer.answer(3, std::string(100'000, 'x'));
  h2.exchange();
  CHECK(small.status.code() == Code::kTooLarge);
  CHECK(other.completed == 1);
}

}  // namespace
}  // namespace locust_like::http
