// HTTP/1 replies byte for byte, and what a call makes of each: one line, one test.
//
// Each is played twice, whole and byte by byte (once if it is long or has surplus bytes). Good
// replies are followed by a second call, which must use the same connection, or a new one where the
// first reply was the connection's last.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "http/h1_codec.h"
#include "support/client_harness.h"
#include "support/one_test_each.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

enum class Then { kStays, kFin };  // what the server does behind the reply

struct Row {
  std::string name;
  std::string reply;
  Code result = Code::kOk;
  std::string body = "";
  bool reusable = true;
  Then then = Then::kStays;
  int status = 200;
  std::string method = "GET";
};

void play_in_pieces(const Row& row, size_t piece_bytes) {
  std::vector<Step> steps = {accept_one(), read_request(), send_bytes(row.reply, piece_bytes)};
  const bool ends = row.then == Then::kFin;
  if (ends) steps.push_back(end());
  const bool good = row.result == Code::kOk;
  if (good && !row.reusable) steps.push_back(accept_one());
  if (good) steps.insert(steps.end(), {read_request(), send_bytes(reply_of("next"))});
  ScriptedServer server(steps);
  ClientHarness client;
  const Call& call = client.run(client.make(server.url(), row.method));
  INFO(call.reply.status.to_string());
  CHECK(call.reply.status.code() == row.result);
  CHECK(call.sample.exchanges == 1);
  if (!good || !row.reusable) {
    client.run_until([&] { return client.pool().connection_count() == 0; });
  }
  if (!good) return;
  CHECK(call.reply.body == row.body);
  CHECK(call.reply.head.status == row.status);
  const Call& next = client.get(server.url());
  CHECK(next.reply.body == "next");
  CHECK(next.sample.retries == 0);
}

void play(const Row& row) {
  constexpr size_t kFewBytes = 2000;
  play_in_pieces(row, 0);
  // Behind the first surplus byte the client hangs up, and the server could not send the next.
  const bool has_surplus = !row.reusable && row.then == Then::kStays;
  if (row.reply.size() < kFewBytes && !has_surplus) play_in_pieces(row, 1);
}

std::string ok(const std::string& fields, const std::string& body = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) { return ok("Transfer-Encoding: chunked\r\n", body); }

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string interim(const std::string& status, int times = 1) {
  return repeated("HTTP/1.1 " + status + "\r\nLink: </a>\r\n\r\n", times) + reply_of("final");
}

Row bad(std::string name, std::string reply, Code result = Code::kProtocol) {
  return {.name = std::move(name), .reply = std::move(reply), .result = result};
}

std::vector<Row> interim_rows() {
  return {
      {.name = "100 before the final reply", .reply = interim("100 Continue"), .body = "final"},
      {.name = "102 before the final reply", .reply = interim("102 Processing"), .body = "final"},
      {.name = "103 before the final reply", .reply = interim("103 Early Hints"), .body = "final"},
      {.name = "32 interim replies", .reply = interim("102 Processing", 32), .body = "final"},
      bad("33 interim replies", interim("102 Processing", 33)),
      bad("1,000 interim replies", interim("103 Early Hints", 1000)),
      bad("101 that was not asked for",
          "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  };
}

std::vector<Row> bodiless_rows() {
  const std::string length = "Content-Length: 99\r\n\r\n";
  const std::string chunks = "Transfer-Encoding: chunked\r\n\r\n";
  const std::string no_content = "HTTP/1.1 204 No Content\r\n";
  const std::string not_modified = "HTTP/1.1 304 Not Modified\r\n";
  return {
      {.name = "204 with Content-Length", .reply = no_content + length, .status = 204},
      {.name = "204 with chunked", .reply = no_content + chunks, .status = 204},
      {.name = "304 with Content-Length", .reply = not_modified + length, .status = 304},
      {.name = "304 with chunked", .reply = not_modified + chunks, .status = 304},
      {.name = "HEAD with Content-Length", .reply = ok("Content-Length: 9\r\n"), .method = "HEAD"},
      {.name = "HEAD with chunked", .reply = chunked(""), .method = "HEAD"},
  };
}

std::vector<Row> chunk_rows() {
  const std::string trailer(http::kMaxTrailerBytes - 100, 't');
  return {
      {.name = "trailers", .reply = chunked("2\r\nab\r\n0\r\nA: b\r\nC: d\r\n\r\n"), .body = "ab"},
      {.name = "chunk extensions",
       .reply = chunked("2;a;b=c;d=\"e;f\"\r\nab\r\n0;g\r\n\r\n"),
       .body = "ab"},
      {.name = "chunk sizes in lower case",
       .reply = chunked("a\r\n0123456789\r\n0\r\n\r\n"),
       .body = "0123456789"},
      {.name = "chunk sizes in upper case",
       .reply = chunked("A\r\n0123456789\r\n0\r\n\r\n"),
       .body = "0123456789"},
      {.name = "chunk sizes with leading zeros",
       .reply = chunked("0002\r\nab\r\n0000\r\n\r\n"),
       .body = "ab"},
      {.name = "chunks of one byte",
       .reply = chunked("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"),
       .body = "abc"},
      {.name = "trailers up to 64 KiB", .reply = chunked("0\r\nA: " + trailer + "\r\n\r\n")},
      bad("trailers above 64 KiB", chunked("0\r\nA: " + trailer + std::string(200, 't')),
          Code::kTooLarge),
      bad("a chunk size above 64 bits", chunked("10000000000000000\r\nab")),
      bad("a negative chunk size", chunked("-1\r\na\r\n0\r\n\r\n")),
      bad("no CR LF behind a chunk", chunked("1\r\nab\r\n0\r\n\r\n")),
      bad("junk for a chunk size", chunked("zz\r\nab\r\n0\r\n\r\n")),
      bad("bare LF behind a chunk size", chunked("1\na\r\n0\r\n\r\n")),
      bad("bare LF behind a chunk", chunked("1\r\na\n0\r\n\r\n")),
      bad("a space before a chunk size", chunked(" 1\r\na\r\n0\r\n\r\n")),
      bad("a space behind a chunk size", chunked("1 \r\na\r\n0\r\n\r\n")),
  };
}

std::vector<Row> length_rows() {
  return {
      {.name = "no length, until FIN",
       .reply = ok("", "all of it"),
       .body = "all of it",
       .reusable = false,
       .then = Then::kFin},
      {.name = "Content-Length above the body",
       .reply = ok("Content-Length: 9\r\n", "abc"),
       .result = Code::kClosedEarly,
       .then = Then::kFin},
      {.name = "Content-Length below what comes",
       .reply = ok("Content-Length: 3\r\n", "abcdef"),
       .body = "abc",
       .reusable = false},
      {.name = "Content-Length twice, equal",
       .reply = ok("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"),
       .body = "ab"},
      bad("Content-Length twice, unequal", ok("Content-Length: 2\r\nContent-Length: 3\r\n", "ab")),
      bad("Content-Length as a list", ok("Content-Length: 2, 2\r\n", "ab")),
      bad("Content-Length with a plus sign", ok("Content-Length: +2\r\n", "ab")),
      bad("Content-Length with a minus sign", ok("Content-Length: -2\r\n", "ab")),
      bad("Content-Length above 64 bits", ok("Content-Length: 18446744073709551616\r\n", "ab")),
      bad("Content-Length that is no number", ok("Content-Length: two\r\n", "ab")),
      bad("Content-Length with Transfer-Encoding",
          ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
      bad("Transfer-Encoding that does not end in chunked",
          ok("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")),
      bad("Transfer-Encoding without chunked", ok("Transfer-Encoding: gzip\r\n", "x")),
      bad("Transfer-Encoding twice",
          ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
  };
}

std::vector<Row> head_rows() {
  const std::string empty = "Content-Length: 0\r\n";
  const std::string nul(1, '\0');
  return {
      bad("HTTP/0.9, a body without a head", "<html>hello</html>\r\n"),
      bad("status line of HTTP/0.9", "HTTP/0.9 200 OK\r\n\r\n"),
      bad("status line of HTTP/3.0", "HTTP/3.0 200 OK\r\n\r\n"),
      bad("status 99", "HTTP/1.1 99 Low\r\n\r\n"),
      bad("status 600", "HTTP/1.1 600 High\r\n\r\n"),
      bad("status 1000", "HTTP/1.1 1000 Long\r\n\r\n"),
      bad("status line that ends in LF", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
      {.name = "status line without a reason phrase",
       .reply = "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab",
       .body = "ab"},
      {.name = "a header line of 64 KiB",
       .reply = ok("A: " + std::string(65536, 'a') + "\r\nContent-Length: 2\r\n", "ab"),
       .body = "ab"},
      {.name = "1,000 header lines",
       .reply = ok(repeated("A: b\r\n", 999) + "Content-Length: 2\r\n", "ab"),
       .body = "ab"},
      bad("5,001 header lines", ok(repeated("A: b\r\n", 5000) + empty), Code::kTooLarge),
      {.name = "a folded header line",
       .reply = ok("A: b\r\n c\r\nContent-Length: 2\r\n", "ab"),
       .body = "ab"},
      bad("NUL in a value", ok("A: b" + nul + "c\r\n" + empty)),
      bad("CR in a value", ok("A: b\rc\r\n" + empty)),
      bad("a space before the colon", ok("A : b\r\n" + empty)),
      bad("an empty header name", ok(": b\r\n" + empty)),
      {.name = "high bytes in a value",
       .reply = ok("A: caf\xe9\r\nContent-Length: 2\r\n", "ab"),
       .body = "ab"},
  };
}

std::vector<Row> surplus_rows() {
  return {
      {.name = "a second reply that nobody asked for",
       .reply = reply_of("mine") + reply_of("whose?"),
       .body = "mine",
       .reusable = false},
      {.name = "garbage behind a reply",
       .reply = reply_of("mine") + "\x01\x02garbage",
       .body = "mine",
       .reusable = false},
      {.name = "garbage behind a chunked reply",
       .reply = chunked("2\r\nab\r\n0\r\n\r\n") + "garbage",
       .body = "ab",
       .reusable = false},
      {.name = "FIN behind a whole reply",
       .reply = reply_of("whole"),
       .body = "whole",
       .reusable = false,
       .then = Then::kFin},
  };
}

const bool kRegistered =
    one_test_each("reply: ", interim_rows(), play) &&
    one_test_each("reply: ", bodiless_rows(), play) &&
    one_test_each("reply: ", chunk_rows(), play) && one_test_each("reply: ", length_rows(), play) &&
    one_test_each("reply: ", head_rows(), play) && one_test_each("reply: ", surplus_rows(), play);

}  // namespace
}  // namespace locust_like::client
