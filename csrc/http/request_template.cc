#include "http/request_template.h"

#include <string>

namespace locust_like::http {
namespace {

Status invalid(std::string_view what, std::string_view which) {
  std::string text(what);
  return {Code::kInvalidArgument, text.append(" \"").append(which).append("\": nothing was sent")};
}

Status check_field(std::string_view name, std::string_view value) {
  if (!is_token(name)) return invalid("invalid header name", name);
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    return invalid("CR, LF or NUL in the value of header", name);
  }
  return {};
}

Status check_fields(const Headers& headers) {
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    if (Status status = check_field(name, value); !status.ok()) return status;
  }
  return {};
}

void append_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_lines(const Headers& headers, std::string& out) {
  for (size_t i = 0; i < headers.size(); ++i) {
    append_line(headers.at(i).first, headers.at(i).second, out);
  }
}

}  // namespace

Result<RequestTemplate> make_request_template(std::string_view method, const Url& url,
                                              const Headers& headers) {
  if (!is_token(method)) return invalid("invalid method", method);
  if (Status status = check_fields(headers); !status.ok()) return status;
  RequestTemplate request;
  request.method = method;
  request.scheme = url.scheme;
  request.authority = headers.get("host").value_or(url.authority());
  request.target = url.target();
  request.headers = headers;
  for (const char* framed_elsewhere : {"host", "content-length", "transfer-encoding"}) {
    request.headers.remove(framed_elsewhere);
  }
  request.h1_head.append(method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_line("Host", request.authority, request.h1_head);
  append_lines(request.headers, request.h1_head);
  return request;
}

void use_absolute_form(const Url& url, std::string_view proxy_authorization,
                       RequestTemplate& request) {
  const size_t target_at = request.method.size() + 1;
  request.h1_head.replace(target_at, request.target.size(), url.to_string());
  if (proxy_authorization.empty() || request.headers.get("Proxy-Authorization")) return;
  append_line("Proxy-Authorization", proxy_authorization, request.h1_head);
}

Status render_header_lines(const Headers& headers, std::string& out) {
  if (Status status = check_fields(headers); !status.ok()) return status;
  append_lines(headers, out);
  return {};
}

}  // namespace locust_like::http
