#include "http/content_decoding.h"

#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace locust_like::http {
namespace {

constexpr size_t kRoomy = 1 << 20;

// window_bits as zlib counts them: 15 = zlib wrapper, -15 = raw.
std::string deflate_with(int window_bits, std::string_view body) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view body) {
  std::string out(ZSTD_compressBound(body.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), body.data(), body.size(), 1));
  return out;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// What brotli's own encoder makes of kText and of 64 MiB of zeros; the encoder is no dependency.
const std::string kBrotliText = from_hex("1b87138824156ec25a10421ab94c7a7ac76e26e40e74ca024000");
const std::string kBrotliBomb = from_hex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110"
    "870500baf77ffcffff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffcbff"
    "ff3ffc1300715800a07bff07");

std::string decoded(std::string_view codings, std::string_view body) {
  INFO(codings);
  Result<std::string> result = decode_content(codings, body, kRoomy);
  if (!result.ok()) FAIL(result.status().to_string());
  return std::move(result).value();
}

Code code_of(std::string_view codings, std::string_view body, size_t max_bytes = kRoomy) {
  const Result<std::string> result = decode_content(codings, body, max_bytes);
  return result.ok() ? Code::kOk : result.status().code();
}

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "a line of text, number 7\n";
  return text;
}();

}  // namespace

TEST_CASE("every coding gives back the text") {
  CHECK(decoded("", kText) == kText);
  CHECK(decoded("identity", kText) == kText);
  CHECK(decoded("gzip", encode_gzip(kText)) == kText);
  CHECK(decoded("X-GZip", encode_gzip(kText)) == kText);
  CHECK(decoded("deflate", deflate_with(15, kText)) == kText);
  CHECK(decoded("deflate", deflate_with(-15, kText)) == kText);
  CHECK(decoded("br", kBrotliText) == kText);
  CHECK(decoded("zstd", zstd(kText)) == kText);
  CHECK(decoded("ZSTD", zstd("one ") + zstd("two")) == "one two");
}

TEST_CASE("an empty body is fine under any coding") {
  for (const char* codings : {"", "gzip", "deflate", "br", "zstd", "gzip, br"}) {
    CHECK(decoded(codings, "").empty());
  }
  CHECK(decoded("gzip", encode_gzip("")).empty());
}

TEST_CASE("codings are undone in reverse, five at most") {
  CHECK(decoded("deflate, gzip", encode_gzip(deflate_with(15, kText))) == kText);
  CHECK(decoded("gzip, zstd", zstd(encode_gzip(kText))) == kText);
  CHECK(decoded("br ,\tidentity,,gzip", encode_gzip(kBrotliText)) == kText);
  std::string body = kText;
  for (int i = 0; i < kMaxContentCodings; ++i) body = encode_gzip(body);
  CHECK(decoded("gzip,gzip,gzip,gzip,gzip", body) == kText);
  CHECK(code_of("gzip,gzip,gzip,gzip,gzip,gzip", encode_gzip(body)) == Code::kDecode);
}

TEST_CASE("gzip members are joined, padding behind them is ignored") {
  const std::string two = encode_gzip("one ") + encode_gzip("two");
  CHECK(decoded("gzip", two) == "one two");
  CHECK(decoded("gzip", two + std::string(512, '\0')) == "one two");
  CHECK(decoded("gzip", two + "junk") == "one two");
}

TEST_CASE("a body is decoded piece by piece, whatever the pieces") {
  const std::string body = zstd(encode_gzip(kText) + encode_gzip(kText));
  for (const size_t in_bytes : {1, 3, 1000}) {
    for (const size_t room : {1, 100, 100'000}) {
      Result<ContentDecoder> decoder = ContentDecoder::make("gzip, zstd");
      REQUIRE(decoder.ok());
      CHECK(decoder.value().finish().ok());  // nothing came
      std::string text;
      std::string out(room, ' ');
      for (size_t at = 0; at < body.size(); at += in_bytes) {
        std::string_view in = std::string_view(body).substr(at, in_bytes);
        size_t size = room;
        while (size == room) {
          const Result<size_t> some = decoder.value().decode(in, out.data(), room);
          REQUIRE(some.ok());
          size = some.value();
          text.append(out, 0, size);
        }
        CHECK(in.empty());
        const bool cut = at + in_bytes < body.size();
        if (cut) CHECK_FALSE(decoder.value().finish().ok());
      }
      CHECK(text == kText + kText);
      CHECK(decoder.value().finish().ok());
    }
  }
}

TEST_CASE("cut bodies are decode errors at every length") {
  const std::string gzip = encode_gzip("some text of no great length");
  for (size_t size = 1; size < gzip.size(); ++size) {
    INFO(size);
    CHECK(code_of("gzip", gzip.substr(0, size)) == Code::kDecode);
  }
  const std::string frame = zstd(kText);
  for (size_t size = 1; size < frame.size(); ++size) {
    CHECK(code_of("zstd", frame.substr(0, size)) == Code::kDecode);
  }
  const std::string brotli = kBrotliText;
  CHECK(code_of("br", brotli.substr(0, brotli.size() - 1)) == Code::kDecode);
  const std::string zlib = deflate_with(15, kText);
  CHECK(code_of("deflate", zlib.substr(0, zlib.size() - 1)) == Code::kDecode);
  const Result<std::string> cut = decode_content("gzip", gzip.substr(0, 20), kRoomy);
  CHECK_THAT(cut.status().message(), Catch::Contains("truncated"));
}

TEST_CASE("wrong and unknown codings are decode errors") {
  CHECK(code_of("gzip", "plain text, no gzip") == Code::kDecode);
  CHECK(code_of("deflate", "plain text, no deflate") == Code::kDecode);
  CHECK(code_of("br", "\xff\xff\xff plain text") == Code::kDecode);
  CHECK(code_of("zstd", "plain text, no zstd") == Code::kDecode);
  CHECK(code_of("zstd", zstd(kText) + "junk") == Code::kDecode);
  CHECK(code_of("compress", "x") == Code::kDecode);
  CHECK(code_of("gzip;q=1", "x") == Code::kDecode);
  std::string damaged = encode_gzip(kText);
  damaged[damaged.size() - 5] ^= 1;  // the checksum
  CHECK(code_of("gzip", damaged) == Code::kDecode);
}

TEST_CASE("the limit is exact for every coding") {
  const size_t size = kText.size();
  for (const auto& [codings, body] :
       std::vector<std::pair<std::string, std::string>>{{"", kText},
                                                        {"gzip", encode_gzip(kText)},
                                                        {"deflate", deflate_with(-15, kText)},
                                                        {"br", kBrotliText},
                                                        {"zstd", zstd(kText)}}) {
    INFO(codings);
    CHECK(code_of(codings, body, size) == Code::kOk);
    CHECK(code_of(codings, body, size - 1) == Code::kTooLarge);
    CHECK(code_of(codings, body, 0) == Code::kTooLarge);
    CHECK(code_of(codings, body, SIZE_MAX) == Code::kOk);
  }
}

TEST_CASE("a zstd window that needs more than 8 MiB is refused") {
  CHECK(code_of("zstd", from_hex("28b52ffd0068010000")) == Code::kOk);      // 2 ^ (13 + 10)
  CHECK(code_of("zstd", from_hex("28b52ffd0070010000")) == Code::kDecode);  // 2 ^ (14 + 10)
}

TEST_CASE("a bomb stops at the limit, also in an inner layer") {
  const std::string bomb = encode_gzip(std::string(64 << 20, '\0'));
  REQUIRE(bomb.size() < 100'000);
  CHECK(code_of("gzip", bomb, 1 << 20) == Code::kTooLarge);
  CHECK(code_of("gzip, gzip", encode_gzip(bomb), 1 << 20) == Code::kTooLarge);
  CHECK(code_of("zstd", zstd(std::string(64 << 20, '\0')), 1 << 20) == Code::kTooLarge);
  CHECK(code_of("br", kBrotliBomb, 1 << 20) == Code::kTooLarge);
}

TEST_CASE("large bodies are measured first, and whole up to the limit") {
  const std::string large(20 << 20, 'x');
  const auto [codings, body] =
      GENERATE_COPY(table<std::string, std::string>({{"gzip", encode_gzip(large)},
                                                     {"deflate", deflate_with(-15, large)},
                                                     {"zstd", zstd(large)}}));
  const bool whole = decode_content(codings, body, large.size()).value() == large;
  CHECK(whole);
  CHECK(code_of(codings, body, large.size() - 1) == Code::kTooLarge);
  CHECK(code_of(codings, body.substr(0, body.size() - 1), large.size()) == Code::kDecode);
}

TEST_CASE("damaged bodies never crash") {
  std::mt19937 random(20240302);  // fixed: a failure must be repeatable
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"gzip", encode_gzip(kText)},
      {"deflate", deflate_with(15, kText)},
      {"deflate", deflate_with(-15, kText)},
      {"br", kBrotliText},
      {"zstd", zstd(kText)}};
  int failures = 0;
  for (int round = 0; round < 400; ++round) {
    for (const auto& [codings, body] : bodies) {
      std::string damaged = body;
      damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
      const Result<std::string> result = decode_content(codings, damaged, kRoomy);
      if (!result.ok()) failures += 1;
    }
  }
  CHECK(failures > 200);
}

}  // namespace locust_like::http
