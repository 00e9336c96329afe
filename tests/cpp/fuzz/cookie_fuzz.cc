// Any lines as Set-Cookie: no crash; what is kept was allowed to its sender, and the Cookie line
// that comes of it is one line within the limits, whatever the lines say.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "http/cookies.h"

namespace {

namespace http = locust_like::http;

constexpr int64_t kNow_s = 1'700'000'000;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_one_word(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0;", 4)) == std::string_view::npos;
}

void check_cookie(std::string_view line, const http::Url& url) {
  const auto cookie = http::parse_set_cookie(line, url, kNow_s);
  if (!cookie) return;
  require(is_one_word(cookie->name) && is_one_word(cookie->value));
  require(cookie->name.size() + cookie->value.size() <= http::kMaxCookieBytes);
  require(http::domain_matches(url.host, cookie->domain));
  require(!cookie->host_only || cookie->domain == url.host);
  require(cookie->path.starts_with('/'));
  require(!cookie->secure || http::is_secure_origin(url));
  require(cookie->expires_s == http::kNeverExpires ||
          cookie->expires_s <= kNow_s + http::kMaxCookieAge_s);
}

void check_jar(const http::CookieJar& jar, const http::Url& url, std::string_view own) {
  std::string lines;
  jar.append_line({url, own, true}, kNow_s, lines);
  if (lines.empty()) return;
  require(lines.starts_with("Cookie: ") && lines.ends_with("\r\n"));
  require(lines.find_first_of("\r\n") == lines.size() - 2);
  require(lines.size() <= http::CookieJar::kMaxSentBytes + 10 + own.size());
}

}  // namespace

// The first byte chooses the sender; the lines of the rest are Set-Cookie fields.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const http::Url urls[] = {
      http::parse_url("https://app.example.com/a/b").value(),
      http::parse_url("http://app.example.com/a").value(),
      http::parse_url("http://127.0.0.1/").value(),
      http::parse_url("https://[::1]:8443/a/b/").value(),
      http::parse_url("http://localhost/").value(),
  };
  const http::Url& url = urls[data[0] % std::size(urls)];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  http::CookieJar jar;
  http::Headers headers;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    check_cookie(line, url);
    headers.add("Set-Cookie", line);
  }
  jar.store(headers, url, kNow_s);
  require(jar.list(kNow_s).size() <= http::CookieJar::kMaxPerReply);
  for (const http::Url& target : urls) check_jar(jar, target, "");
  check_jar(jar, url, "own=1; other=2");
  return 0;
}
