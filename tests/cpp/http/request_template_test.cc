#include "http/request_template.h"

#include <catch2/catch.hpp>

namespace locust_like::http {
namespace {

Url example() { return parse_url("http://u:p@h.example:81/a?b=c").value(); }

}  // namespace

TEST_CASE("a request head is rendered once, without the blank line") {
  Headers headers;
  headers.add("Accept", "*/*");
  headers.add("content-length", "9");
  headers.add("Transfer-Encoding", "chunked");
  const Result<RequestTemplate> made = make_request_template("GET", example(), headers);
  REQUIRE(made.ok());
  const RequestTemplate& request = made.value();
  CHECK(request.h1_head == "GET /a?b=c HTTP/1.1\r\nHost: h.example:81\r\nAccept: */*\r\n");
  CHECK(request.method == "GET");
  CHECK(request.scheme == "http");
  CHECK(request.authority == "h.example:81");
  CHECK(request.target == "/a?b=c");
  CHECK(request.headers.size() == 1);
}

TEST_CASE("a Host given by the script wins and is sent once") {
  Headers headers;
  headers.add("host", "virtual");
  const Result<RequestTemplate> made = make_request_template("GET", example(), headers);
  REQUIRE(made.ok());
  CHECK(made.value().authority == "virtual");
  CHECK(made.value().h1_head == "GET /a?b=c HTTP/1.1\r\nHost: virtual\r\n");
}

TEST_CASE("nothing that could smuggle a line is rendered") {
  for (const char* method : {"", "GE T", "GET\r\n", "G\xc3\xa4T", "GET /"}) {
    INFO(method);
    const Result<RequestTemplate> made = make_request_template(method, example(), {});
    REQUIRE_FALSE(made.ok());
    CHECK(made.status().code() == Code::kInvalidArgument);
    CHECK_THAT(made.status().message(), Catch::EndsWith("nothing was sent"));
  }
  using Field = std::pair<std::string, std::string>;
  for (const auto& [name, value] :
       {Field{"", "v"}, Field{"a b", "v"}, Field{"a:", "v"}, Field{"a\r\nb", "v"},
        Field{"a", "v\r\nX: y"}, Field{"a", "v\n"}, Field{"a", std::string("v\0", 2)}}) {
    INFO(name << ": " << value);
    Headers headers;
    headers.add("Good", "1");
    headers.add(name, value);
    const Result<RequestTemplate> made = make_request_template("GET", example(), headers);
    REQUIRE_FALSE(made.ok());
    CHECK(made.status().code() == Code::kInvalidArgument);
    std::string out = "before";
    CHECK_FALSE(render_header_lines(headers, out).ok());
    CHECK(out == "before");
  }
}

TEST_CASE("extra lines are rendered in order") {
  Headers headers;
  headers.add("Cookie", "a=b");
  headers.add("X-Latin", "\xe4");
  std::string out;
  REQUIRE(render_header_lines(headers, out).ok());
  CHECK(out == "Cookie: a=b\r\nX-Latin: \xe4\r\n");
}

}  // namespace locust_like::http
