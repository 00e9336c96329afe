#include "base/escaping.h"

#include <catch2/catch.hpp>

namespace locust_like {
namespace {

TEST_CASE("nobody writes lines or colours of his own") {
  CHECK(escaped_text("a\r\nb\tc") == "a\\r\\nb\\tc");
  CHECK(escaped_text("\x1B[31m\x7F") == "\\x1b[31m\\x7f");
  CHECK(escaped_text("CSI \xC2\x9B, then") == "CSI \\x9b, then");
  CHECK(escaped_text(std::string("nul \0 end", 9)) == "nul \\x00 end");
}

TEST_CASE("text without control characters stays, whatever its encoding") {
  for (const char* text :
       {"", "plain", "\xC3\xA9 \xC2\xA0 \xE2\x80\xA6", "cut \xC2", "\x9B alone"}) {
    CHECK(escaped_text(text) == text);
  }
}

}  // namespace
}  // namespace locust_like
