#include "client/options.h"

#include <catch2/catch.hpp>

#include "support/certificates.h"

namespace locust_like::client {
namespace {

TEST_CASE("a prepared request knows its origin and its head") {
  http::Headers headers;
  headers.add("Accept", "*/*");
  const auto made =
      prepare_request("GET", http::parse_url("https://[::1]:8443/a?b=c").value(), headers);
  REQUIRE(made.ok());
  const PreparedRequest& prepared = *made.value();
  CHECK(prepared.origin->tls);
  CHECK(prepared.origin->host == "::1");
  CHECK(prepared.origin->port == 8443);
  CHECK(prepared.origin->key == "https://[::1]:8443");
  CHECK(prepared.request.target == "/a?b=c");
  CHECK(prepared.request.h1_head.find("Accept: */*\r\n") != std::string::npos);
}

TEST_CASE("schemes and ports make different origins") {
  const auto key = [](std::string_view url) {
    return prepare_request("GET", http::parse_url(url).value(), {}).value()->origin->key;
  };
  CHECK(key("http://h/") == key("http://H:80/other"));
  CHECK(key("http://h/") != key("https://h/"));
  CHECK(key("http://h/") != key("http://h:81/"));
}

TEST_CASE("what could smuggle a request is refused") {
  const http::Url url = http::parse_url("http://h/").value();
  CHECK(prepare_request("GET x", url, {}).status().code() == Code::kInvalidArgument);
  http::Headers headers;
  headers.add("X-A", "b\r\nEvil: yes");
  CHECK(prepare_request("GET", url, headers).status().code() == Code::kInvalidArgument);
}

TEST_CASE("a TLS context is made once, and a failure is told each time") {
  testing::Certificates certificates;
  TlsProvider good({.ca_file = certificates.ca_file()});
  const auto first = good.context();
  REQUIRE(first.ok());
  CHECK(good.context().value() == first.value());
  TlsProvider bad({.ca_file = "/nonexistent.pem"});
  CHECK_FALSE(bad.context().ok());
  CHECK_FALSE(bad.context().ok());
}

}  // namespace
}  // namespace locust_like::client
