#include "http/headers.h"

#include <catch2/catch.hpp>

namespace locust_like::http {

TEST_CASE("headers keep order, case and repetitions") {
  Headers headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("X-Empty", "");
  headers.add("set-cookie", "b=2");
  REQUIRE(headers.size() == 3);
  CHECK(headers.at(0) == Headers::Field("Set-Cookie", "a=1"));
  CHECK(headers.at(1) == Headers::Field("X-Empty", ""));
  CHECK(headers.at(2) == Headers::Field("set-cookie", "b=2"));
  CHECK(headers.get("SET-COOKIE") == "a=1");
  CHECK(headers.get("x-empty") == "");
  CHECK_FALSE(headers.get("x-emptyy").has_value());
}

TEST_CASE("set replaces every field of the name") {
  Headers headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.set("A", "4");
  REQUIRE(headers.size() == 2);
  CHECK(headers.get("a") == "4");
  CHECK(headers.at(0) == Headers::Field("B", "2"));
}

TEST_CASE("remove tells how many and leaves the others intact") {
  Headers headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("A", "3");
  CHECK(headers.remove("c") == 0);
  CHECK(headers.remove("a") == 2);
  REQUIRE(headers.size() == 1);
  CHECK(headers.at(0) == Headers::Field("B", "2"));
  CHECK(headers.total_bytes() == 2);
}

TEST_CASE("tokens are found in lists over several fields without regard to case") {
  Headers headers;
  headers.add("Connection", "keep-alive , Close");
  headers.add("Connection", "upgrade");
  CHECK(headers.has_token("connection", "close"));
  CHECK(headers.has_token("connection", "KEEP-ALIVE"));
  CHECK(headers.has_token("connection", "Upgrade"));
  CHECK_FALSE(headers.has_token("connection", "clos"));
  CHECK_FALSE(headers.has_token("connection", ""));
}

TEST_CASE("a field may arrive in pieces, and blanks behind its value are dropped") {
  Headers headers;
  headers.begin_field();
  headers.append_name("Con");
  headers.append_name("tent");
  CHECK(headers.last_name_is_empty() == false);
  headers.append_value("a ");
  headers.append_value("b \t ");
  headers.end_field();
  headers.begin_field();
  CHECK(headers.last_name_is_empty());
  headers.append_name("X");
  headers.append_value("  ");
  headers.end_field();
  CHECK(headers.at(0) == Headers::Field("Content", "a b"));
  CHECK(headers.at(1) == Headers::Field("X", ""));
}

TEST_CASE("clear keeps the capacity, so that a reused list does not allocate") {
  Headers headers;
  headers.add("Name", std::string(100, 'x'));
  const char* before = headers.at(0).second.data();
  headers.clear();
  CHECK(headers.empty());
  headers.add("Name", std::string(100, 'y'));
  CHECK(headers.at(0).second.data() == before);
}

TEST_CASE("comparison ignores the case of ASCII letters only") {
  CHECK(equals_ignoring_case("AbZ-1", "aBz-1"));
  CHECK_FALSE(equals_ignoring_case("@[", "`{"));
  CHECK_FALSE(equals_ignoring_case("\xc4", "\xe4"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
}

TEST_CASE("tokens are what RFC 9110 says") {
  CHECK(is_token("X-Header_1!#$%&'*+.^`|~"));
  CHECK_FALSE(is_token(""));
  for (const char* bad : {"a b", "a:", "a(", "a\"", "\xe4", "a\t", "a/"}) {
    INFO(bad);
    CHECK_FALSE(is_token(bad));
  }
  CHECK(trim_blanks(" \ta b\t") == "a b");
  CHECK(trim_blanks(" \t").empty());
}

}  // namespace locust_like::http
