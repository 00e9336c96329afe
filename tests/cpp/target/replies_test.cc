#include "target/replies.h"

#include <catch2/catch.hpp>

#include "http/content_decoding.h"

namespace locust_like::target {
namespace {

struct Rendered {
  std::string head;
  std::string body;
  BodyStream stream;
  ReplyForm form;
};

Rendered render(std::string_view target, ReplyForm form = {}, std::string_view text = {},
                std::string_view method = "GET") {
  static const Replies replies;
  std::string out;
  BodyStream stream = replies.append(find_route(method, target), form, text, out);
  size_t end = out.find("\r\n\r\n") + 4;
  return {out.substr(0, end), out.substr(end), stream, form};
}

bool has_line(const Rendered& reply, std::string_view line) {
  return reply.head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

TEST_CASE("a body is as long as its Content-Length") {
  for (const char* target : {"/", "/json", "/delay/5", "/status/500", "/gzip", "/redirect/2",
                             "/nope", "/bytes/x", "/echo", "/stats"}) {
    INFO(target);
    Rendered reply = render(target, {}, "some text");
    CHECK(has_line(reply, "Content-Length: " + std::to_string(reply.body.size())));
    CHECK_FALSE(reply.stream.open);
  }
}

TEST_CASE("HEAD has the same head and no body") {
  for (const char* target : {"/", "/json", "/gzip", "/bytes/70", "/chunked/70", "/nope", "/echo"}) {
    INFO(target);
    Rendered whole = render(target, {}, "text");
    Rendered head = render(target, {.head_only = true}, "text", "HEAD");
    CHECK(head.head == whole.head);
    CHECK(head.body.empty());
    CHECK_FALSE(head.stream.open);
  }
}

TEST_CASE("the connection's fate is said in the form of the peer's version") {
  CHECK(render("/").head.find("Connection") == std::string::npos);
  CHECK(has_line(render("/", {.keep_alive = false}), "Connection: close"));
  CHECK(has_line(render("/", {.is_http10 = true}), "Connection: keep-alive"));
  CHECK(render("/", {.keep_alive = false}).body == render("/").body);
}

TEST_CASE("204 and 304 have neither body nor length") {
  for (const char* target : {"/status/204", "/status/304"}) {
    Rendered reply = render(target);
    CHECK(reply.body.empty());
    CHECK(reply.head.find("Content-Length") == std::string::npos);
  }
}

TEST_CASE("any final status is rendered, known or not") {
  CHECK(render("/status/503").head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  CHECK(render("/status/299").head.starts_with("HTTP/1.1 299 "));
}

TEST_CASE("redirects count down to the root") {
  CHECK(has_line(render("/redirect/3"), "Location: /redirect/2"));
  CHECK(has_line(render("/redirect/1"), "Location: /"));
  CHECK(render("/redirect/1").head.starts_with("HTTP/1.1 302 "));
}

TEST_CASE("gzip decodes to JSON and is smaller than it") {
  Rendered reply = render("/gzip");
  CHECK(has_line(reply, "Content-Encoding: gzip"));
  Result<std::string> text = http::decode_content("gzip", reply.body, 10'000);
  REQUIRE(text.ok());
  CHECK(text.value().starts_with(R"({"gzipped": true)"));
  CHECK(reply.body.size() < text.value().size() / 2);
}

TEST_CASE("a refusal says what is accepted and what was wrong") {
  CHECK(render("/bytes/-1").body.find("0 to 1073741824") != std::string::npos);
  CHECK(render("/nope").body.find("/delay/MS") != std::string::npos);
  CHECK(render("/nope", {}, "the details").body.find("the details") != std::string::npos);
}

TEST_CASE("streamed bodies come in turns of about the given size and end exactly") {
  Rendered reply = render("/bytes/200000");
  CHECK(has_line(reply, "Content-Length: 200000"));
  std::string body;
  int turns = 0;
  for (; reply.stream.open; ++turns) append_body(reply.stream, 65'536, body);
  CHECK(turns == 4);
  REQUIRE(body.size() == 200'000);
  for (size_t i = 0; i < body.size(); i += 997) REQUIRE(body[i] == body_pattern(i));
}

TEST_CASE("chunks are framed, and the last one is empty") {
  Rendered reply = render("/chunked/1030");
  CHECK(has_line(reply, "Transfer-Encoding: chunked"));
  std::string body;
  while (reply.stream.open) append_body(reply.stream, 1, body);
  CHECK(body.starts_with("400\r\n0123"));
  CHECK(body.ends_with("\r\n6\r\n012345\r\n0\r\n\r\n"));
  Rendered empty = render("/chunked/0");
  body.clear();
  append_body(empty.stream, 1, body);
  CHECK(body == "0\r\n\r\n");
  CHECK_FALSE(empty.stream.open);
}

TEST_CASE("HTTP/1.0 gets a chunked body until close") {
  Rendered reply = render("/chunked/10", {.is_http10 = true});
  CHECK(reply.head.find("chunked") == std::string::npos);
  CHECK(reply.head.find("Content-Length") == std::string::npos);
  CHECK(has_line(reply, "Connection: close"));
  CHECK_FALSE(reply.form.keep_alive);
  append_body(reply.stream, 100, reply.body);
  CHECK(reply.body == "0123456789");
}

TEST_CASE("a request is described as JSON, headers in order and repeated ones kept") {
  http::RequestHead head;
  head.method = "PUT";
  head.target = "/echo?q=\"";
  head.headers.add("Host", "t");
  head.headers.add("X", "1");
  head.headers.add("X", "2");
  CHECK(describe_request(head, "b\n") ==
        R"({"method": "PUT", "target": "/echo?q=\"", "http_version": "1.1", )"
        R"("headers": [["Host", "t"], ["X", "1"], ["X", "2"]], "body": "b\u000a"})"
        "\n");
}

}  // namespace
}  // namespace locust_like::target
