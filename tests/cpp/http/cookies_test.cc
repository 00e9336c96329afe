#include "http/cookies.h"

#include <catch2/catch.hpp>

namespace locust_like::http {
namespace {

constexpr int64_t kNow_s = 1'700'000'000;

Url url_of(std::string_view text) { return parse_url(text).value(); }

void store(CookieJar& jar, std::string_view url, std::initializer_list<std::string_view> lines,
           int64_t now_s = kNow_s) {
  Headers headers;
  headers.add("Server", "x");
  for (const std::string_view line : lines) headers.add("set-cookie", line);
  jar.store(headers, url_of(url), now_s);
}

// What goes with a request: "" or "a=1; b=2".
std::string sent(const CookieJar& jar, std::string_view url, std::string_view own = "",
                 bool any_host = true, int64_t now_s = kNow_s) {
  std::string lines;
  jar.append_line({url_of(url), own, any_host}, now_s, lines);
  if (lines.empty()) return lines;
  REQUIRE(lines.starts_with("Cookie: "));
  REQUIRE(lines.ends_with("\r\n"));
  return lines.substr(8, lines.size() - 10);
}

Cookie any_host_cookie(std::string name, std::string value) {
  Cookie cookie;
  cookie.name = std::move(name);
  cookie.value = std::move(value);
  return cookie;
}

TEST_CASE("a cookie comes back to its host, whatever the port, and to no other") {
  CookieJar jar;
  store(jar, "http://a.test:8080/", {"id=1"});
  CHECK(sent(jar, "http://a.test/any") == "id=1");
  CHECK(sent(jar, "http://b.a.test/").empty());
  CHECK(sent(jar, "http://xa.test/").empty());
}

TEST_CASE("a domain cookie reaches what lies below") {
  CookieJar jar;
  store(jar, "http://www.example.com/", {"id=1; Domain=example.com"});
  CHECK(sent(jar, "http://api.example.com/") == "id=1");
  CHECK(sent(jar, "http://example.com/") == "id=1");
  CHECK(sent(jar, "http://badexample.com/").empty());
}

TEST_CASE("longer paths go first, then older cookies; a replacement keeps its place") {
  CookieJar jar;
  store(jar, "http://a.test/x/y", {"old=1; Path=/", "new=2; Path=/", "deep=3; Path=/x"});
  store(jar, "http://a.test/x/y", {"old=4; Path=/"});
  CHECK(sent(jar, "http://a.test/x/z") == "deep=3; old=4; new=2");
  CHECK(sent(jar, "http://a.test/") == "old=4; new=2");
}

TEST_CASE("Secure cookies stay on TLS and cannot be shadowed from outside it") {
  CookieJar jar;
  store(jar, "https://a.test/", {"id=1; Secure"});
  CHECK(sent(jar, "https://a.test/") == "id=1");
  CHECK(sent(jar, "http://a.test/").empty());
  store(jar, "http://a.test/", {"id=evil", "other=1"});
  CHECK(sent(jar, "https://a.test/") == "id=1; other=1");
}

TEST_CASE("cookies expire, and a past expiry deletes") {
  CookieJar jar;
  store(jar, "http://a.test/", {"a=1; Max-Age=10", "b=2"});
  CHECK(sent(jar, "http://a.test/", "", true, kNow_s + 9) == "a=1; b=2");
  CHECK(sent(jar, "http://a.test/", "", true, kNow_s + 10) == "b=2");
  CHECK(jar.list(kNow_s + 10).size() == 1);
  store(jar, "http://a.test/", {"b=; Max-Age=0"});
  CHECK(sent(jar, "http://a.test/") == "a=1");
}

TEST_CASE("cookies of one call come first and hide those of the jar") {
  CookieJar jar;
  store(jar, "http://a.test/", {"a=1", "ab=2"});
  CHECK(sent(jar, "http://a.test/", "a=9; c=3") == "a=9; c=3; ab=2");
  CHECK(sent(jar, "http://b.test/", "a=9") == "a=9");
}

TEST_CASE("a script's cookies without a domain go to any host until a redirect leaves the origin") {
  CookieJar jar;
  jar.put(any_host_cookie("token", "t"), kNow_s);
  jar.put(any_host_cookie("id", "mine"), kNow_s);
  CHECK(sent(jar, "http://a.test/") == "token=t; id=mine");
  CHECK(sent(jar, "http://a.test/", "", false).empty());
  store(jar, "http://a.test/", {"id=theirs"});
  CHECK(sent(jar, "http://a.test/") == "id=theirs; token=t");
}

TEST_CASE("cookies are removed by domain, path and name") {
  CookieJar jar;
  store(jar, "http://a.test/", {"a=1", "b=2; Path=/x"});
  store(jar, "http://b.test/", {"a=3"});
  const std::string domain = "a.test";
  const std::string name = "a";
  CHECK(jar.remove(&domain, nullptr, &name) == 1);
  CHECK(sent(jar, "http://a.test/x") == "b=2");
  CHECK(sent(jar, "http://b.test/") == "a=3");
  CHECK(jar.remove(nullptr, nullptr, nullptr) == 2);
  CHECK(jar.list(kNow_s).empty());
}

TEST_CASE("a merged jar has the cookies of both") {
  CookieJar jar;
  CookieJar other;
  store(jar, "http://a.test/", {"a=1", "b=1"});
  store(other, "http://a.test/", {"b=2"});
  jar.merge(other, kNow_s);
  jar.merge(jar, kNow_s);
  CHECK(sent(jar, "http://a.test/") == "a=1; b=2");
}

TEST_CASE("a flood of cookies is bounded at every door") {
  CookieJar jar;
  Headers headers;
  for (int i = 0; i < 60; ++i) headers.add("Set-Cookie", "c" + std::to_string(i) + "=1");
  jar.store(headers, url_of("http://a.test/"), kNow_s);
  CHECK(jar.list(kNow_s).size() == CookieJar::kMaxPerReply);
  for (int i = 0; i < 1100; ++i) jar.put(any_host_cookie("d" + std::to_string(i), "1"), kNow_s);
  const auto all = jar.list(kNow_s);
  CHECK(all.size() == CookieJar::kMaxStored);
  CHECK(all.back().name == "d1099");
  const std::string line = sent(jar, "http://a.test/");
  CHECK(std::count(line.begin(), line.end(), '=') == CookieJar::kMaxSent);

  CookieJar fat;
  for (int i = 0; i < 10; ++i) {
    fat.put(any_host_cookie("f" + std::to_string(i), std::string(1000, 'x')), kNow_s);
  }
  CHECK(sent(fat, "http://a.test/").size() <= CookieJar::kMaxSentBytes);
}

TEST_CASE("the plain path can tell that a reply sets nothing") {
  Headers headers;
  headers.add("Cookie-Set", "a=b");
  CHECK_FALSE(sets_cookies(headers));
  headers.add("SET-COOKIE", "a=b");
  CHECK(sets_cookies(headers));
}

}  // namespace
}  // namespace locust_like::http
