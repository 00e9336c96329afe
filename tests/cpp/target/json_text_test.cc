#include "target/json_text.h"

#include <catch2/catch.hpp>

namespace locust_like::target {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

TEST_CASE("plain text is only quoted") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("a/b c") == "\"a/b c\"");
}

TEST_CASE("what JSON reserves is escaped") {
  CHECK(quoted("say \"hi\" \\ bye") == R"("say \"hi\" \\ bye")");
  CHECK(quoted(std::string_view("\0\n\x1f\x7f", 4)) == R"("\u0000\u000a\u001f\u007f")");
}

TEST_CASE("valid UTF-8 stays") {
  for (const char* text : {"\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\xa6\x97",
                           "\xf4\x8f\xbf\xbf", "\xc2\x80"}) {
    CHECK(quoted(text) == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("bytes that are no UTF-8 are taken as Latin-1, all of them") {
  CHECK(quoted("\xff") == R"("\u00ff")");
  CHECK(quoted("\xc3\xa9\xff") == R"("\u00c3\u00a9\u00ff")");
  CHECK(quoted("\xe2\x82") == R"("\u00e2\u0082")");            // cut off
  CHECK(quoted("\xc0\xaf") == R"("\u00c0\u00af")");            // overlong
  CHECK(quoted("\xe0\x80\xaf") == R"("\u00e0\u0080\u00af")");  // overlong
  CHECK(quoted("\xed\xa0\x80") == R"("\u00ed\u00a0\u0080")");  // a surrogate
  CHECK(quoted("\xf0\x80\x80\xaf") == R"("\u00f0\u0080\u0080\u00af")");
  CHECK(quoted("\xf4\x90\x80\x80") == R"("\u00f4\u0090\u0080\u0080")");  // above U+10FFFF
  CHECK(quoted("\xc3(") == R"("\u00c3(")");
}

}  // namespace
}  // namespace locust_like::target
