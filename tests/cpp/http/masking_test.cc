#include "http/masking.h"

#include <catch2/catch.hpp>

namespace locust_like::http {

TEST_CASE("names tell secrets") {
  for (const char* name : {"password", "user[password]", "access_token", "X-Api-Key", "api_key",
                           "client_secret", "X-Amz-Signature", "key", "sig", "PIN", "jwt"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
  for (const char* name : {"", "monkey", "Content-Type", "keyword", "page", "Sec-WebSocket-Key",
                           "design", "zipcode"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("header fields keep what is no secret in them") {
  CHECK(masked_field("Authorization", "Bearer abc.def") == "Bearer ***");
  CHECK(masked_field("proxy-authorization", "abc") == "***");
  CHECK(masked_field("Cookie", "sid=abc; theme=dark") == "sid=***; theme=***");
  CHECK(masked_field("Cookie", "nothing") == "***");
  CHECK(masked_field("Set-Cookie", "sid=a=b; Path=/; HttpOnly") == "sid=***; Path=/; HttpOnly");
  CHECK(masked_field("X-Auth-Token", "abc") == "***");
  CHECK(masked_field("Location", "https://u:p@a.test/?code=1&a=2") ==
        "https://***@a.test/?code=***&a=2");
  CHECK(masked_field("Accept", "*/*") == "*/*");
}

TEST_CASE("URLs lose userinfo and secret parameters") {
  CHECK(masked_url("http://a.test/x?page=1") == "http://a.test/x?page=1");
  CHECK(masked_url("http://user:p%40ss@a.test:81/x") == "http://***@a.test:81/x");
  CHECK(masked_url("http://token@a.test?a@b") == "http://***@a.test?a@b");
  CHECK(masked_url("/x?a=1&access_token=abc;key=2#id_token=3&b=4") ==
        "/x?a=1&access_token=***;key=***#id_token=***&b=4");
  CHECK(masked_url("/x#token=1") == "/x#token=***");
  CHECK(masked_url("") == "");
}

TEST_CASE("forms and JSON lose secret members, whole or cut") {
  const std::string form = "application/x-www-form-urlencoded; charset=utf-8";
  CHECK(masked_body(form, "user=eve&password=abc") == "user=eve&password=***");
  CHECK(masked_body("application/json", R"({"user": "eve", "password": "a\"b", "n": 1})") ==
        R"({"user": "eve", "password": "***", "n": 1})");
  CHECK(masked_body("", R"([{"pin": 1234}, {"token":null}])") ==
        R"([{"pin": "***"}, {"token":"***"}])");
  CHECK(masked_body("application/json", R"({"token": "abc)") == R"({"token": "***")");
  CHECK(masked_body("application/json", R"({"token": {"id": 1}, "tok)") ==
        R"({"token": {"id": 1}, "tok)");
  CHECK(masked_body("application/json", "\"") == "\"");
  CHECK(masked_body("text/plain", "password=abc") == "password=abc");
}

}  // namespace locust_like::http
