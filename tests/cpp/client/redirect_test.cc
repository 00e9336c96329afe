#include "client/redirect.h"

#include <catch2/catch.hpp>

namespace locust_like::client {
namespace {

std::shared_ptr<const PreparedRequest> prepared(std::string_view method, std::string_view url,
                                                const http::Headers& headers = {}) {
  auto made = prepare_request(method, http::parse_url(url).value(), headers);
  REQUIRE(made.ok());
  return std::move(made).value();
}

http::ResponseHead reply(int status, std::string_view location) {
  http::ResponseHead head;
  head.status = status;
  head.headers.add("Location", location);
  return head;
}

TEST_CASE("which statuses redirect") {
  for (int status = 100; status < 600; ++status) {
    const bool expected =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    CHECK(is_redirect_status(status) == expected);
  }
}

TEST_CASE("the next method follows RFC 9110 and Fetch") {
  const auto [method, on_301_302, on_303] = GENERATE(table<std::string, std::string, std::string>({
      {"GET", "GET", "GET"},
      {"HEAD", "HEAD", "HEAD"},
      {"POST", "GET", "GET"},
      {"PUT", "PUT", "GET"},
      {"PATCH", "PATCH", "GET"},
      {"DELETE", "DELETE", "GET"},
      {"OPTIONS", "OPTIONS", "GET"},
  }));
  const auto from = prepared(method, "http://h/a");
  for (const auto& [status, expected] :
       {std::pair{301, on_301_302}, std::pair{302, on_301_302}, std::pair{303, on_303},
        std::pair{307, method}, std::pair{308, method}}) {
    INFO(method << " and " << status);
    const auto next = redirect(*from, reply(status, "/b"));
    REQUIRE(next.ok());
    CHECK(next.value().prepared->request.method == expected);
    CHECK(next.value().keeps_body == (method == expected));
    CHECK(next.value().prepared->url.to_string() == "http://h/b");
  }
}

TEST_CASE("credentials stay with their origin") {
  http::Headers headers;
  headers.add("authorization", "secret");
  headers.add("Cookie", "a=b");
  headers.add("X-Trace", "7");
  const auto from = prepared("GET", "https://h:8443/a", headers);
  const auto [location, kept] = GENERATE(table<std::string, bool>({
      {"/b", true},
      {"https://h:8443/b", true},
      {"https://h/b", false},
      {"http://h:8443/b", false},
      {"https://sub.h:8443/b", false},
      {"//other:8443/b", false},
  }));
  INFO(location);
  const auto next = redirect(*from, reply(302, location));
  REQUIRE(next.ok());
  const http::Headers& sent = next.value().prepared->request.headers;
  CHECK(sent.get("Authorization").has_value() == kept);
  CHECK_FALSE(sent.get("Cookie"));  // the call composes it for each exchange
  CHECK(sent.get("X-Trace") == "7");
  CHECK(next.value().same_origin == kept);
}

TEST_CASE("fields that describe a body go with it") {
  http::Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("Content-Encoding", "gzip");
  headers.add("Accept", "*/*");
  const auto from = prepared("POST", "http://h/a", headers);
  const auto without_body = redirect(*from, reply(302, "/b"));
  REQUIRE(without_body.ok());
  CHECK(without_body.value().prepared->request.headers.size() == 1);
  const auto with_body = redirect(*from, reply(308, "/b"));
  REQUIRE(with_body.ok());
  CHECK(with_body.value().prepared->request.headers.size() == 3);
}

TEST_CASE("rendered lines lose the same fields") {
  const std::string lines = "X-A: 1\r\nContent-Type: t\r\nCOOKIE: c\r\nX-B: 2\r\n";
  CHECK(redirected_lines(lines, true, true) == lines);
  CHECK(redirected_lines(lines, false, true) == "X-A: 1\r\nCOOKIE: c\r\nX-B: 2\r\n");
  CHECK(redirected_lines(lines, true, false) == "X-A: 1\r\nContent-Type: t\r\nX-B: 2\r\n");
  CHECK(redirected_lines("", false, false).empty());
}

TEST_CASE("a place that cannot be is class redirect and names both ends") {
  const auto from = prepared("GET", "http://h/a");
  const std::string location =
      GENERATE("ftp://h/", "http://", "http://h:0x1/", "http://h:70000/", "http://[::1", "//");
  const auto next = redirect(*from, reply(302, location));
  INFO(location);
  REQUIRE_FALSE(next.ok());
  CHECK(next.status().code() == Code::kRedirect);
  CHECK(next.status().message().starts_with("redirect from http://h/a: "));
}

TEST_CASE("a redirect without Location is class redirect") {
  http::ResponseHead head;
  head.status = 302;
  CHECK(redirect(*prepared("GET", "http://h/a"), head).status().code() == Code::kRedirect);
}

}  // namespace
}  // namespace locust_like::client
