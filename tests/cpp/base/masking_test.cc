#include "base/masking.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

namespace locust_like {

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
  CHECK(masked_body("application/json", R"({"data": "{\"token\": \"abc\"}"})") ==
        R"({"data": "{\"token\": \"***\"}"})");
  CHECK(masked_body("text/plain", "password=abc code=404") == "password=*** code=404");
}

TEST_CASE("texts lose the credentials that are somewhere in them") {
  const std::pair<std::string, std::string> cases[] = {
      {"GET http://ann:hunter2@a.test/x failed", "GET http://***@a.test/x failed"},
      {"404 for url: http://a.test/x?code=12&page=2",
       "404 for url: http://a.test/x?code=***&page=2"},
      {"/x?access_token=abc&y=1 and /y?sig=1;key=2#top",
       "/x?access_token=***&y=1 and /y?sig=***;key=***#top"},
      {"sent Authorization: Bearer abc.def\nAccept: text/html",
       "sent Authorization: Bearer ***\nAccept: text/html"},
      {"{'Authorization': 'Basic YTpi', 'X': '1'}", "{'Authorization': 'Basic ***', 'X': '1'}"},
      {"[('Authorization', 'Basic YTpi'), ('X', '1')]",
       "[('Authorization', 'Basic ***'), ('X', '1')]"},
      {"Cookie: sid=abc; theme=dark", "Cookie: sid=***; theme=***"},
      {"{\"Set-Cookie\": \"sid=abc; Path=/\"}", "{\"Set-Cookie\": \"sid=***; Path=/\"}"},
      {"X-Api-Key: abc", "X-Api-Key: ***"},
      {R"(got {"user": "eve", "password": "a\"b", "n": 1})",
       R"(got {"user": "eve", "password": "***", "n": 1})"},
      {R"(CatchResponseError("{\"token\": \"abc\", \"n\": 1}"))",
       R"(CatchResponseError("{\"token\": \"***\", \"n\": 1}"))"},
      {"{'token': b'abc', 'secret': 12}", "{'token': b'***', 'secret': ***}"},
      {"login(user='eve', password='a b', n=1)", "login(user='eve', password='***', n=1)"},
      {"login(api_key=abc)", "login(api_key=***)"},
      {"b'Authorization: Bearer abc\\r\\nHost: a'", "b'Authorization: Bearer ***\\r\\nHost: a'"},
  };
  for (const auto& [text, masked] : cases) {
    CHECK(masked_text(text) == masked);
    CHECK(masked_text(masked) == masked);
    for (size_t size = 0; size < text.size(); ++size) masked_text(text.substr(0, size));
  }
}

TEST_CASE("texts without credentials stay as they are") {
  for (const char* text :
       {"", ":", "=", ",", "://", "a://@", "HTTP 404", "code=404, key: 5, pin=1",
        "Unexpected token: <", "KeyError: 'token'", "token = response.json()['token']",
        "if password == expected:", "Authorization:", "password=",
        "no file ~/.local/state/join-token: copy it", "{\"token\": {\"id\": 1}}",
        "connect to 127.0.0.1:80: refused", "http://a.test/x?page=1&q=a@b", "tokens, secrets"}) {
    CHECK(masked_text(text) == text);
  }
}

}  // namespace locust_like
