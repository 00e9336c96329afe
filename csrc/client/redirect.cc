#include "client/redirect.h"

#include <utility>

#include "http/url.h"

namespace locust_like::client {
namespace {

std::string next_method(const std::string& method, int status) {
  if (status == 303 && method != "HEAD") return "GET";
  if ((status == 301 || status == 302) && method == "POST") return "GET";
  return method;
}

bool describes_body(std::string_view name) {
  return http::equals_ignoring_case(name, "Content-Type") ||
         http::equals_ignoring_case(name, "Content-Encoding") ||
         http::equals_ignoring_case(name, "Content-Language");
}

bool is_credential(std::string_view name) {
  return http::equals_ignoring_case(name, "Authorization") ||
         http::equals_ignoring_case(name, "Cookie") ||
         http::equals_ignoring_case(name, "Proxy-Authorization");
}

bool is_kept(std::string_view name, bool keeps_body, bool same_origin) {
  return (keeps_body || !describes_body(name)) && (same_origin || !is_credential(name));
}

}  // namespace

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Redirected> redirect(const PreparedRequest& from, const http::ResponseHead& reply,
                            const Profile& profile) {
  const auto location = reply.headers.get("Location");
  const std::string what = "redirect from " + from.url.to_string();
  if (!location) return Status(Code::kRedirect, what + ": no Location");
  auto url = http::join_url(from.url, *location);
  if (!url.ok()) return Status(Code::kRedirect, what + ": " + url.status().message());
  const std::string method = next_method(from.request.method, reply.status);
  const bool keeps_body = method == from.request.method;
  const bool same_origin = url.value().origin() == from.url.origin();
  http::Headers headers;
  for (size_t i = 0; i < from.request.headers.size(); ++i) {
    const auto [name, value] = from.request.headers.at(i);
    if (http::equals_ignoring_case(name, "Cookie")) continue;
    if (is_kept(name, keeps_body, same_origin)) headers.add(name, value);
  }
  auto prepared = prepare_request(method, url.value(), headers, profile);
  if (!prepared.ok()) return Status(Code::kRedirect, what + ": " + prepared.status().message());
  return Redirected{std::move(prepared).value(), keeps_body, same_origin};
}

std::string redirected_lines(std::string_view lines, bool keeps_body, bool same_origin) {
  std::string kept;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n") + 2);
    if (is_kept(line.substr(0, line.find(':')), keeps_body, same_origin)) kept.append(line);
    lines.remove_prefix(line.size());
  }
  return kept;
}

}  // namespace locust_like::client
