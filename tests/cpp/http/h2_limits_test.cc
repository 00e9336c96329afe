// What a hostile or broken HTTP/2 server may do, and what its streams are told.
#include <catch2/catch.hpp>
#include <string>

#include "http/h2_harness.h"

namespace locust_like::http {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the peer's words

constexpr uint8_t kWhole = NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM;
const std::string kStatus200 = literal_field(":status", "200");

std::string head(std::string_view fields, uint8_t flags = kWhole) {
  return frame(NGHTTP2_HEADERS, flags, 1, kStatus200 + std::string(fields));
}

// A harness with one open stream and SETTINGS done.
struct Opened : H2Harness {
  Opened() : sink(open()) { exchange(); }
  RecordingSink& sink;
};

TEST_CASE("an invalid field makes the reply malformed, and the connection goes on") {
  const auto [name, value] = GENERATE(table<std::string, std::string>({
      {"x a", "b"},
      {"X-A", "b"},
      {"", "b"},
      {"x-a", std::string("b\0c", 3)},
      {"x-a", "b\rc"},
      {"x-a", "b\nc"},
      {"connection", "close"},
      {"transfer-encoding", "chunked"},
      {":path", "/"},
      {"content-length", "abc"},
  }));
  Opened h2;
  h2.feed(head(literal_field(name, value)));
  INFO("field '" << name << "'");
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kProtocol);
  CHECK(h2.sink.head().status == 0);
  RecordingSink& next = h2.open();
  h2.peer.answer(3, "fine");
  h2.exchange();
  CHECK(h2.output_status.ok());
  CHECK(next.ends() <= 1);
}

TEST_CASE("high bytes in values are accepted") {
  Opened h2;
  h2.feed(head(literal_field("x-a", "caf\xe9")));
  CHECK(h2.sink.completed == 1);
  CHECK(h2.sink.head().headers.get("x-a") == "caf\xe9");
}

TEST_CASE("status and length that lie are protocol errors") {
  const std::string bytes =
      GENERATE(frame(NGHTTP2_HEADERS, kWhole, 1, literal_field(":status", "99")),
               frame(NGHTTP2_HEADERS, kWhole, 1, literal_field(":status", "600")),
               frame(NGHTTP2_HEADERS, kWhole, 1, literal_field(":status", "1000")),
               frame(NGHTTP2_HEADERS, kWhole, 1, literal_field(":status", "101")),
               frame(NGHTTP2_HEADERS, kWhole, 1, literal_field("x-a", "b")), head(kStatus200),
               head(literal_field("content-length", "5"), NGHTTP2_FLAG_END_HEADERS) +
                   frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "abc"),
               head(literal_field("content-length", "2"), NGHTTP2_FLAG_END_HEADERS) +
                   frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "abc"),
               head(literal_field("content-length", "1") + literal_field("content-length", "2")));
  Opened h2;
  h2.feed(bytes);
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kProtocol);
}

// A reply of only a head, cut into HEADERS and CONTINUATION.
std::string long_head(const std::string& fields) {
  const std::string block = kStatus200 + fields;
  constexpr size_t kPieceBytes = 16000;
  std::string bytes;
  for (size_t at = 0; at < block.size(); at += kPieceBytes) {
    const uint8_t end = at + kPieceBytes >= block.size() ? NGHTTP2_FLAG_END_HEADERS : 0;
    const std::string_view piece = std::string_view(block).substr(at, kPieceBytes);
    bytes += at == 0 ? frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM | end, 1, piece)
                     : frame(NGHTTP2_CONTINUATION, end, 1, piece);
  }
  return bytes;
}

TEST_CASE("a header up to 256 KiB and 1,000 fields is taken, a larger one is too large") {
  const auto [count, value_bytes, taken] = GENERATE(table<int, size_t, bool>(
      {{18, 14000, true}, {19, 14000, false}, {999, 1, true}, {1000, 1, false}}));
  std::string fields;
  for (int i = 0; i < count; ++i) fields += literal_field("x-a", std::string(value_bytes, 'b'));
  Opened h2;
  h2.feed(long_head(fields));
  INFO(h2.sink.status.to_string());
  CHECK(h2.sink.ends() == 1);
  CHECK((h2.sink.completed == 1) == taken);
  CHECK((h2.sink.status.code() == Code::kTooLarge) != taken);
  CHECK(h2.sink.head().headers.empty() != taken);
}

TEST_CASE("a small header block that grows to megabytes is too large") {
  Opened h2;
  // One literal with indexing, then many times its index: 4,000 bytes for each byte on the wire.
  std::string block = kStatus200;
  std::string indexed = literal_field("x-bomb", std::string(3900, 'b'));
  indexed[0] = '\x40';
  block += indexed + std::string(4000, '\xbe');
  h2.feed(frame(NGHTTP2_HEADERS, kWhole, 1, block));
  CHECK(h2.sink.status.code() == Code::kTooLarge);
}

TEST_CASE("frames without end that move no request on end the connection") {
  const std::string one = GENERATE(
      frame(NGHTTP2_PING, NGHTTP2_FLAG_ACK, 0, "12345678"), frame(NGHTTP2_SETTINGS, 0, 0, ""),
      frame(NGHTTP2_PING, 0, 0, "12345678"), frame(NGHTTP2_WINDOW_UPDATE, 0, 0, big_endian(1)),
      frame(NGHTTP2_PRIORITY, 0, 1, big_endian(0) + "1"),
      frame(NGHTTP2_SETTINGS, 0, 0, setting(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 0)));
  Opened h2;
  std::string flood;
  for (int i = 0; i < 100; ++i) flood += one;
  for (int i = 0; i < 200 && h2.input_status.ok() && h2.output_status.ok(); ++i) h2.feed(flood);
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kH2Connection);
  CHECK(h2.codec.exhausted());
}

TEST_CASE("empty DATA and CONTINUATION without end are floods, too") {
  Opened h2;
  std::string flood;
  SECTION("empty DATA") {
    h2.feed(head("", NGHTTP2_FLAG_END_HEADERS));
    for (uint32_t i = 0; i < kMaxIdleFrames + 10; ++i) flood += frame(NGHTTP2_DATA, 0, 1, "");
  }
  SECTION("CONTINUATION") {
    flood = frame(NGHTTP2_HEADERS, 0, 1, kStatus200);
    for (int i = 0; i < 100; ++i) flood += frame(NGHTTP2_CONTINUATION, 0, 1, "");
  }
  h2.feed(flood);
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kH2Connection);
}

TEST_CASE("resets without end of a stream that is closed end the connection") {
  Opened h2;
  std::string flood;
  for (uint32_t i = 0; i < kMaxIdleFrames + 10; ++i) {
    flood += frame(NGHTTP2_RST_STREAM, 0, 1, big_endian(NGHTTP2_CANCEL));
  }
  h2.feed(flood);
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kH2Stream);
  CHECK(h2.codec.exhausted());
}

TEST_CASE("a header table larger than we allow ends the connection") {
  Opened h2;
  // RFC 7541 6.3: a change to 2^20 bytes, where SETTINGS_HEADER_TABLE_SIZE is 4,096.
  h2.feed(frame(NGHTTP2_HEADERS, kWhole, 1, std::string("\x3f\xe1\xff\x3f", 4) + kStatus200));
  CHECK(h2.sink.ends() == 1);
  CHECK(h2.sink.status.code() == Code::kH2Connection);
}

TEST_CASE("a first frame that is no SETTINGS is class h2-conn") {
  H2Harness h2;
  RecordingSink& sink = h2.open();
  std::string out;
  REQUIRE(h2.codec.take_output(SIZE_MAX, out).ok());
  h2.feed(frame(NGHTTP2_PING, 0, 0, "12345678"));
  CHECK(sink.ends() == 1);
  CHECK(sink.status.code() == Code::kH2Connection);
}

TEST_CASE("frames that break the connection's rules are class h2-conn, for every stream") {
  const std::string bytes = GENERATE(
      frame(NGHTTP2_DATA, 0, 5, "idle stream"), frame(NGHTTP2_HEADERS, kWhole, 2, kStatus200),
      frame(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, 1, big_endian(2) + kStatus200),
      frame(NGHTTP2_WINDOW_UPDATE, 0, 0, big_endian(0x7fffffff)),
      frame(NGHTTP2_WINDOW_UPDATE, 0, 0, big_endian(0)),
      frame(NGHTTP2_SETTINGS, 0, 0, setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0xffffffff)),
      frame(NGHTTP2_SETTINGS, 0, 0, "12345"), frame(NGHTTP2_PING, 0, 0, "short"),
      frame(NGHTTP2_HEADERS, kWhole, 1, "\xff\xff\xff\xff\xff\xff\xff\xff"),
      frame(NGHTTP2_CONTINUATION, kWhole, 1, "x"), std::string("\xff\xff\xff\x00\x00", 5) + "0000");
  Opened h2;
  RecordingSink& other = h2.open();
  h2.feed(bytes);
  for (const RecordingSink* sink : {&h2.sink, &other}) {
    CHECK(sink->ends() == 1);
    // What never left may be sent again.
    const bool told = sink->refused == 1 || sink->status.code() == Code::kH2Connection;
    CHECK(told);
  }
  CHECK(h2.sink.status.code() == Code::kH2Connection);
  CHECK(h2.codec.exhausted());
  CHECK_FALSE(h2.codec.has_open_streams());
}

TEST_CASE("a window of zero for ever keeps the body, and nothing is lost when it opens") {
  H2Harness h2({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0}});
  h2.exchange();
  RecordingSink& sink = h2.open(h2_request("POST"), "", "body");
  h2.exchange();
  CHECK(sink.ends() == 0);
  CHECK(h2.peer.requests.at(1).body.empty());
  h2.feed(frame(NGHTTP2_WINDOW_UPDATE, 0, 1, big_endian(4)));
  CHECK(sink.sent_bytes > 9 + 4);
}

TEST_CASE("no stream allowed is waiting, not the end") {
  H2Harness h2({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0}});
  h2.exchange();
  CHECK(h2.codec.free_streams() == 0);
  CHECK_FALSE(h2.codec.exhausted());
}

TEST_CASE("an end at every byte of a reply is closed-early until the reply is whole") {
  Opened whole;
  whole.peer.answer(1, "hello", {{":status", "200"}, {"x-a", "b"}});
  const std::string reply = whole.peer.take_output();
  for (size_t cut = 0; cut <= reply.size(); ++cut) {
    const bool by_reset = GENERATE(false, true);
    Opened h2;
    h2.feed(std::string_view(reply).substr(0, cut));
    if (by_reset) {
      h2.codec.break_off({Code::kReset, "reset"});
    } else {
      h2.codec.receive_end(true);
    }
    CHECK(h2.sink.ends() == 1);
    CHECK((h2.sink.completed == 1) == (cut == reply.size()));
    if (cut < reply.size()) {
      CHECK(h2.sink.status.code() == (by_reset ? Code::kReset : Code::kClosedEarly));
    }
  }
}

TEST_CASE("GOAWAY twice, the second with a lower last id") {
  H2Harness h2;
  h2.exchange();
  std::vector<RecordingSink*> sinks;
  for (int i = 0; i < 3; ++i) sinks.push_back(&h2.open());
  h2.exchange();
  h2.peer.go_away(3);
  h2.exchange();
  CHECK(sinks[2]->refused == 1);
  CHECK(sinks[1]->ends() == 0);
  CHECK(h2.codec.exhausted());
  h2.peer.go_away(1, NGHTTP2_INTERNAL_ERROR);
  h2.exchange();
  CHECK(sinks[1]->refused == 1);
  CHECK(sinks[1]->status.code() == Code::kH2Goaway);
  h2.peer.answer(1, "last");
  h2.exchange();
  CHECK(sinks[0]->body == "last");
}

}  // namespace
}  // namespace locust_like::http
