#include "client/proxy.h"

#include <catch2/catch.hpp>

namespace locust_like::client {
namespace {

TEST_CASE("a proxy is read from its URL") {
  const Proxy proxy = parse_proxy("http://us%40er:p%3Aw@Proxy.test:3128/").value();
  CHECK(proxy.label() == "http://proxy.test:3128");
  CHECK(proxy.user == "us@er");
  CHECK(proxy.authorization() == "Basic dXNAZXI6cDp3");
  CHECK(parse_proxy("proxy.test:8080").value().label() == "http://proxy.test:8080");
  CHECK(parse_proxy("http://proxy.test").value().label() == "http://proxy.test:80");
  CHECK(parse_proxy("socks5://[::1]").value().label() == "socks5://[::1]:1080");
  CHECK(parse_proxy("socks5h://u:p@proxy.test:80").value().label() == "socks5h://proxy.test:80");
  CHECK(parse_proxy("http://proxy.test").value().authorization().empty());
}

TEST_CASE("what is no proxy is refused without its credentials in the text") {
  for (const char* text :
       {"ftp://user:hidden@proxy.test", "socks4://user:hidden@proxy.test", "http://user:hidden@",
        "http://user:hidden@proxy.test:99999", "socks5://:hidden@proxy.test", ""}) {
    INFO(text);
    const Status status = parse_proxy(text).status();
    CHECK(status.code() == Code::kInvalidArgument);
    CHECK(status.message().find("hidden") == std::string::npos);
  }
}

std::string chosen(const ProxyRules& rules, std::string_view url) {
  const auto proxy = rules.choose(http::parse_url(url).value());
  return proxy ? proxy->host : "";
}

TEST_CASE("the most special pattern chooses the proxy") {
  ProxyRules rules;
  CHECK(rules.add("all", "http://any").ok());
  CHECK(rules.add("https", "http://secure").ok());
  CHECK(rules.add("HTTPS://Special.test", "http://special").ok());
  CHECK(rules.add("all://both.test", "http://both").ok());
  CHECK(chosen(rules, "http://x.test/") == "any");
  CHECK(chosen(rules, "https://x.test/") == "secure");
  CHECK(chosen(rules, "https://special.test/") == "special");
  CHECK(chosen(rules, "http://both.test/") == "both");
  CHECK(rules.add("http://\xc3\xbc.test", "http://outside-ascii").ok());
  CHECK(chosen(rules, "http://xn--tda.test/") == "outside-ascii");
  CHECK(rules.add("ftp", "http://x").code() == Code::kInvalidArgument);
  CHECK(chosen(ProxyRules(), "http://x.test/").empty());
}

TEST_CASE("exceptions lead straight to hosts, domains, addresses and networks") {
  ProxyRules rules;
  CHECK(rules.add("all", "http://any").ok());
  rules.set_exceptions(
      "host.test, .Domain.test *.star.test,10.0.0.0/8, 127.0.0.1:81 [::1]:82 fe80::1");
  for (const char* url : {"http://host.test/", "http://sub.host.test/", "https://a.b.domain.test/",
                          "http://domain.test/", "http://x.star.test/", "http://10.1.2.3/",
                          "http://127.0.0.1:81/", "http://[::1]:82/", "http://[fe80::1]/"}) {
    INFO(url);
    CHECK(chosen(rules, url).empty());
  }
  for (const char* url : {"http://nothost.test/", "http://test/", "http://11.0.0.1/",
                          "http://127.0.0.1/", "http://[::1]/"}) {
    INFO(url);
    CHECK(chosen(rules, url) == "any");
  }
  rules.set_exceptions("\xc3\xbc.test");
  CHECK(chosen(rules, "http://a.xn--tda.test/").empty());
  rules.set_exceptions("*");
  CHECK(chosen(rules, "http://anywhere.test/").empty());
}

}  // namespace
}  // namespace locust_like::client
