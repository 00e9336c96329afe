// Any text as a URL, and as a reference to one: no crash; what is accepted holds no byte that could
// end a request line, and parsing its rendered form changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/request_template.h"
#include "http/url.h"

namespace {

using locust_like::Result;
using locust_like::http::Url;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Url& url) {
  const std::string text = url.to_string();
  require(text.find_first_of(std::string_view("\r\n\0 ", 4)) == std::string::npos);
  require(!url.path.empty() && url.path[0] == '/');
  const Result<Url> again = locust_like::http::parse_url(text);
  require(again.ok());
  require(again.value().to_string() == text);
  require(again.value().origin() == url.origin());
  require(locust_like::http::make_request_template("GET", url, {}).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Url> absolute = locust_like::http::parse_url(text);
  if (absolute.ok()) check(absolute.value());
  const Result<Url> base = locust_like::http::parse_url("https://u@h:1/a/b?c");
  const Result<Url> joined = locust_like::http::join_url(base.value(), text);
  if (joined.ok()) check(joined.value());
  return 0;
}
