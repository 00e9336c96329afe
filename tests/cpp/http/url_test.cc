#include "http/url.h"

#include <catch2/catch.hpp>
#include <vector>

namespace locust_like::http {
namespace {

Url parse(std::string_view text) {
  INFO(text);
  Result<Url> url = parse_url(text);
  REQUIRE(url.ok());
  return url.value();
}

struct Vector {
  std::string_view input;
  std::string_view expected;
};

}  // namespace

TEST_CASE("a URL's parts are read") {
  const Url url = parse("HTTPS://us%40er:p%3Ass@Host.Example:8443/a/b?x=1&y=2#frag");
  CHECK(url.scheme == "https");
  CHECK(url.has_userinfo);
  CHECK(url.user == "us@er");
  CHECK(url.password == "p:ss");
  CHECK(url.host == "host.example");
  CHECK(url.port == 8443);
  CHECK(url.path == "/a/b");
  CHECK(url.query == "x=1&y=2");
  CHECK(url.authority() == "host.example:8443");
  CHECK(url.origin() == "https://host.example:8443");
  CHECK(url.target() == "/a/b?x=1&y=2");
  CHECK(url.to_string() == "https://host.example:8443/a/b?x=1&y=2");
}

TEST_CASE("the default port is known and not sent in Host") {
  CHECK(parse("http://h").port == 80);
  CHECK(parse("https://h:").port == 443);
  CHECK(parse("http://h:80").authority() == "h");
  CHECK(parse("https://h:80").authority() == "h:80");
  CHECK(parse("http://h").origin() == "http://h:80");
}

TEST_CASE("IPv6 addresses keep their brackets on the wire and lose their zone") {
  const Url plain = parse("http://[2001:DB8::1]:81/x");
  CHECK(plain.is_ipv6());
  CHECK(plain.host == "2001:DB8::1");
  CHECK(plain.authority() == "[2001:DB8::1]:81");
  CHECK(plain.origin() == "http://[2001:DB8::1]:81");
  for (const char* text : {"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/"}) {
    const Url zoned = parse(text);
    CHECK(zoned.host == "fe80::1%eth0");
    CHECK(zoned.authority() == "[fe80::1]");
    CHECK(zoned.to_string() == "http://[fe80::1%25eth0]/");
  }
}

// Expected targets are what requests 2 sends for the same URLs.
TEST_CASE("paths and queries are encoded as requests does") {
  const std::vector<Vector> vectors = {
      {"http://h", "/"},
      {"http://h/a b", "/a%20b"},
      {"http://h/\xc3\xa4?q=\xc3\xbc", "/%C3%A4?q=%C3%BC"},
      {"http://h/%7Ea%2f%c3", "/~a%2F%C3"},
      {"http://h/100%", "/100%25"},
      {"http://h/%41%zz", "/%2541%25zz"},
      {"http://h/a/./b/../c", "/a/c"},
      {"http://h/a/b/..", "/a/"},
      {"http://h/..", "/"},
      {"http://h?x=1", "/?x=1"},
      {"http://h/?", "/"},
      {"http://h/a?b?c", "/a?b?c"},
      {"http://h/[x]{y}|\"<>^`", "/%5Bx%5D%7By%7D%7C%22%3C%3E%5E%60"},
      {"http://h/?[x]", "/?%5Bx%5D"},
      {"http://h/a//b", "/a//b"},
      {"http://h/a;b=c?d&e=f+g", "/a;b=c?d&e=f+g"},
      {"http://h/ ", "/%20"},
      {"http://h/%20%2B", "/%20%2B"},
      {"http://h/?path=C:\\x", "/?path=C:%5Cx"},
      {"http://h/a/.../b", "/a/.../b"},
      {"http://h/!$&'()*+,=:@-._~", "/!$&'()*+,=:@-._~"},
      {"  http://h/a#frag", "/a"},
      {"http://h/?a#b", "/?a"},
  };
  for (const Vector& vector : vectors) {
    INFO(vector.input);
    CHECK(parse(vector.input).target() == vector.expected);
  }
}

TEST_CASE("encoded dots count as dots") { CHECK(parse("http://h/a/%2e%2E/b").path == "/b"); }

// What requests sends for the same names, through the package idna.
TEST_CASE("host names outside ASCII take their IDNA form") {
  const std::vector<Vector> vectors = {
      {"http://m\xc3\xbcnchen.test/", "xn--mnchen-3ya.test"},
      {"http://M\xc3\x9cNCHEN.test/", "xn--mnchen-3ya.test"},
      {"http://m%C3%BCnchen.test/", "xn--mnchen-3ya.test"},
      {"http://mu\xcc\x88nchen.test/", "xn--mnchen-3ya.test"},  // a letter and its dots apart
      {"http://fa\xc3\x9f.test/", "xn--fa-hia.test"},
      {"http://\xe6\x97\xa5\xe6\x9c\xac\xe3\x80\x82test/", "xn--wgv71a.test"},
      {"http://xn--mnchen-3ya.test/", "xn--mnchen-3ya.test"},
      {"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "127.0.0.1"},
  };
  for (const Vector& vector : vectors) {
    INFO(vector.input);
    CHECK(parse(vector.input).host == vector.expected);
  }
  const Url joined = join_url(parse("http://a.test/"), "//\xc3\xbc.test:81/\xc3\xbc").value();
  CHECK(joined.to_string() == "http://xn--tda.test:81/%C3%BC");
}

TEST_CASE("parsing what to_string gives changes nothing") {
  for (const char* text : {"http://h/a%2Fb?x=%20", "https://[::1%25a%25b]:1/", "http://h/%",
                           "http://h//..//a/.", "http://a.b:0/?%%"}) {
    const Url url = parse(text);
    CHECK(parse(url.to_string()).to_string() == url.to_string());
  }
}

TEST_CASE("bad URLs are refused with the reason") {
  const std::vector<Vector> vectors = {
      {"", "no scheme"},
      {"/path", "no scheme"},
      {"example.com/x", "no scheme"},
      {"ftp://h/", "neither http nor https"},
      {"file:///etc/passwd", "neither http nor https"},
      {"http:/h", "must follow the scheme"},
      {"http://", "no host"},
      {"http:///x", "no host"},
      {"http://u@/x", "no host"},
      {"http://:80/", "no host"},
      {"http://h:65536/", "port"},
      {"http://h:-1/", "port"},
      {"http://h:8a/", "port"},
      {"http://[::1/", "without"},
      {"http://[::1]x/", "follows"},
      {"http://[1.2.3.4]/", "IPv6"},
      {"http://[::g]/", "IPv6"},
      {"http://[::1%]/", "zone"},
      {"http://\xe2\x98\x83.test/", "IDNA form (xn--...): string contains a disallowed"},
      {"http://\xfc.test/", "IDNA"},  // not UTF-8
      {"http://\xc3\xbc..test/", "empty"},
      {"http://\xc2\xad/", "empty"},  // a soft hyphen, of which nothing is left
      {"http://%00\xc3\xbc/", "NUL"},
      {"http://a\xe2\x84\x80/", "character"},  // one sign that stands for "a/c"
      {"http://a b/", "character"},
      {"http://a%00b/", "character"},
      {"http://h/a\r\nX: y", "line break"},
      {"http://h\\@evil/", "backslash"},
      {std::string_view("http://h/\0", 10), "NUL"},
  };
  for (const Vector& vector : vectors) {
    INFO(vector.input);
    const Result<Url> url = parse_url(vector.input);
    REQUIRE_FALSE(url.ok());
    CHECK(url.status().code() == Code::kInvalidArgument);
    CHECK_THAT(url.status().message(), Catch::Contains(std::string(vector.expected)));
  }
}

TEST_CASE("a long bad URL is cut in the message") {
  CHECK(parse_url("x://" + std::string(10'000, 'a')).status().message().size() < 400);
}

// RFC 3986 5.4.1 and 5.4.2, without the references that carry a fragment only for the client.
TEST_CASE("references are joined to a base") {
  const Url base = parse("http://u:p@a/b/c/d;p?q");
  const std::vector<Vector> vectors = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {";x", "http://a/b/c/;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"},
      {"https://other:1/x", "https://other:1/x"},
      {"a b?c d", "http://a/b/c/a%20b?c%20d"},
  };
  for (const Vector& vector : vectors) {
    INFO(vector.input);
    const Result<Url> url = join_url(base, vector.input);
    REQUIRE(url.ok());
    CHECK(url.value().to_string() == vector.expected);
  }
}

TEST_CASE("userinfo stays with its host") {
  const Url base = parse("http://u:p@a/b");
  CHECK(join_url(base, "/c").value().user == "u");
  CHECK_FALSE(join_url(base, "//b/c").value().has_userinfo);
  CHECK_FALSE(join_url(base, "http://a/c").value().has_userinfo);
}

TEST_CASE("bad references are refused") {
  const Url base = parse("http://a/b");
  for (const char* reference : {"javascript:alert(1)", "//", "/a\nb", "\\\\evil", "ftp://h/"}) {
    INFO(reference);
    const Result<Url> url = join_url(base, reference);
    REQUIRE_FALSE(url.ok());
    CHECK(url.status().code() == Code::kInvalidArgument);
  }
}

}  // namespace locust_like::http
