#include "http/set_cookie.h"

#include <catch2/catch.hpp>

namespace locust_like::http {
namespace {

constexpr int64_t kNow_s = 1'700'000'000;

std::optional<Cookie> parse(std::string_view line, std::string_view url = "http://a.test/x/y?q") {
  return parse_set_cookie(line, parse_url(url).value(), kNow_s);
}

TEST_CASE("a bare cookie belongs to its host and to the folder of its URL") {
  const auto cookie = parse("  id = v=1  ; Unknown=1;;");
  REQUIRE(cookie);
  CHECK(cookie->name == "id");
  CHECK(cookie->value == "v=1");
  CHECK(cookie->domain == "a.test");
  CHECK(cookie->host_only);
  CHECK(cookie->path == "/x");
  CHECK(cookie->expires_s == kNeverExpires);
  CHECK_FALSE(cookie->secure);
  CHECK_FALSE(cookie->http_only);
}

TEST_CASE("what is no cookie is ignored") {
  const std::string line = GENERATE(std::string("novalue"), std::string("=v"), std::string(" = v"),
                                    std::string(""), std::string("a=b\x01"), std::string("a=b\x7f"),
                                    "a=" + std::string(kMaxCookieBytes, 'x'));
  CHECK_FALSE(parse(line));
}

TEST_CASE("attributes are read without case, the last of a name counts") {
  const auto cookie = parse("a=; PATH=/b; path=/c; HTTPONLY; sameSite=None");
  REQUIRE(cookie);
  CHECK(cookie->value.empty());
  CHECK(cookie->path == "/c");
  CHECK(cookie->http_only);
  CHECK(parse("a=b; Path=relative")->path == "/x");
  CHECK(parse("a=b", "http://a.test/only")->path == "/");
}

TEST_CASE("a domain must cover the host and may be no public suffix") {
  const auto [host, domain, stored, host_only] =
      GENERATE(table<std::string, std::string, std::string, bool>({
          {"www.example.com", "example.com", "example.com", false},
          {"www.example.com", ".Example.COM", "example.com", false},
          {"example.com", "example.com", "example.com", false},
          {"www.example.com", "", "www.example.com", true},
          {"www.example.com", "other.com", "", false},
          {"example.com", "www.example.com", "", false},
          {"badexample.com", "example.com", "", false},
          {"www.example.com", "com", "", false},
          {"shop.example.co.uk", "co.uk", "", false},
          {"me.github.io", "github.io", "", false},
          {"github.io", "github.io", "github.io", true},
          {"localhost", "localhost", "localhost", true},
          {"www.xn--tda.com", "\xc3\x9c.com", "xn--tda.com", false},
          {"127.0.0.1", "127.0.0.1", "127.0.0.1", false},
          {"127.0.0.1", "0.0.1", "", false},
      }));
  INFO(host << " sets " << domain);
  const auto cookie = parse("a=b; Domain=" + domain, "http://" + host + "/");
  REQUIRE(cookie.has_value() == !stored.empty());
  if (!cookie) return;
  CHECK(cookie->domain == stored);
  if (stored != "127.0.0.1") CHECK(cookie->host_only == host_only);
}

TEST_CASE("Secure and the prefixes need the right to them") {
  const auto [line, url, accepted] = GENERATE(table<std::string, std::string, bool>({
      {"a=b; Secure", "https://a.test/", true},
      {"a=b; Secure", "http://a.test/", false},
      {"a=b; Secure", "http://127.0.0.1:80/", true},
      {"a=b; Secure", "http://x.localhost/", true},
      {"__Secure-a=b; Secure", "https://a.test/", true},
      {"__Secure-a=b", "https://a.test/", false},
      {"__Host-a=b; Secure; Path=/", "https://a.test/", true},
      {"__host-a=b; Secure; Path=/; Domain=a.test", "https://a.test/", false},
      {"__Host-a=b; Secure", "https://a.test/", false},
      {"__Host-a=b; Secure; Path=/x", "https://a.test/", false},
  }));
  INFO(line << " from " << url);
  CHECK(parse(line, url).has_value() == accepted);
}

TEST_CASE("Max-Age wins over Expires and is capped") {
  CHECK(parse("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT")->expires_s == kNow_s + 60);
  CHECK(parse("a=b; Max-Age=0")->expires_s <= kNow_s);
  CHECK(parse("a=b; Max-Age=-5")->expires_s <= kNow_s);
  CHECK(parse("a=b; Max-Age=99999999999999999999")->expires_s == kNow_s + kMaxCookieAge_s);
  CHECK(parse("a=b; Max-Age=1x")->expires_s == kNeverExpires);
  CHECK(parse("a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT")->expires_s == kNow_s + kMaxCookieAge_s);
  CHECK(parse("a=b; Expires=nonsense")->expires_s == kNeverExpires);
}

TEST_CASE("dates are read as RFC 6265 5.1.1 says") {
  const auto [text, seconds] = GENERATE(table<std::string, int64_t>({
      {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
      {"Sun Nov  6 08:49:37 1994", 784111777},
      {"6 nov 1994 8:49:37", 784111777},
      {"01 Jan 1970 00:00:00", 0},
      {"29 Feb 2024 12:00:00", 1709208000},
      {"1 Jan 69 00:00:00", 3124224000},
  }));
  INFO(text);
  CHECK(parse_cookie_date(text) == seconds);
}

TEST_CASE("what is no date is none") {
  const std::string text = GENERATE("", "tomorrow", "30 Feb 2024 00:00:00", "1 Jan 2024",
                                    "1 Jan 2024 24:00:00", "1 Jan 1600 00:00:00",
                                    "Jan 2024 10:00:00", "0 Jan 2024 10:00:00", "1 2024 10:00:00");
  INFO(text);
  CHECK_FALSE(parse_cookie_date(text));
}

TEST_CASE("paths match at slashes") {
  CHECK(path_matches("/", "/"));
  CHECK(path_matches("/a/b", "/a"));
  CHECK(path_matches("/a/b", "/a/"));
  CHECK(path_matches("/a", "/a"));
  CHECK_FALSE(path_matches("/ab", "/a"));
  CHECK_FALSE(path_matches("/a", "/a/"));
}

}  // namespace
}  // namespace locust_like::http
