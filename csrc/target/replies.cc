#include "target/replies.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/content_decoding.h"
#include "target/json_text.h"

namespace locust_like::target {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBinary = "application/octet-stream";
constexpr std::string_view kRootBody = "locust-like target\n";
constexpr std::string_view kJsonBody =
    R"({"message": "locust-like target", "numbers": [1, 2, 3], "nested": {"ok": true}})"
    "\n";
constexpr uint64_t kChunkBytes = 1024;

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
constexpr uint64_t kBlockBytes = 65'536;
static_assert(kChunkBytes % kAlphabet.size() == 0 && kBlockBytes % kAlphabet.size() == 0,
              "every piece but the last must end where the pattern begins again");

const std::string& pattern_block() {
  static const std::string block = [] {
    std::string made;
    while (made.size() < kBlockBytes) made.append(kAlphabet);
    return made;
  }();
  return block;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 418:
      return "I'm a teapot";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

void append_number(uint64_t number, std::string& out, int base = 10) {
  char digits[20];
  char* end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

bool has_no_body(int status) { return status == 204 || status == 304; }

// Status line and fields, up to where Content-Length or Transfer-Encoding follow.
void begin_head(int status, std::string_view type, const ReplyForm& form, std::string& out) {
  out.append("HTTP/1.1 ");
  append_number(static_cast<uint64_t>(status), out);
  out.append(" ").append(reason_of(status));
  out.append("\r\nServer: locust-like-target\r\n");
  if (!has_no_body(status)) out.append("Content-Type: ").append(type).append("\r\n");
  if (!form.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (form.is_http10) {
    out.append("Connection: keep-alive\r\n");
  }
}

void end_head(uint64_t length_bytes, std::string& out) {
  out.append("Content-Length: ");
  append_number(length_bytes, out);
  out.append("\r\n\r\n");
}

void append_whole(int status, std::string_view type, std::string_view body, const ReplyForm& form,
                  std::string& out) {
  begin_head(status, type, form, out);
  if (has_no_body(status)) {
    out.append("\r\n");
    return;
  }
  end_head(body.size(), out);
  if (!form.head_only) out.append(body);
}

void append_problem(const Route& route, const ReplyForm& form, std::string_view details,
                    std::string& out) {
  std::string body = std::to_string(route.status);
  body.append(" ").append(route.problem);
  if (!details.empty()) body.append(": ").append(details);
  body.append("\npaths: ").append(kPathList).append("\n");
  append_whole(route.status, kText, body, form, out);
}

void append_redirect(uint64_t hops, const ReplyForm& form, std::string& out) {
  begin_head(302, kText, form, out);
  out.append("Location: /");
  if (hops > 1) {
    out.append("redirect/");
    append_number(hops - 1, out);
  }
  out.append("\r\n");
  end_head(0, out);
}

void append_delay(uint64_t delay_ms, const ReplyForm& form, std::string& out) {
  char body[40] = "delay_ms ";
  char* end = std::to_chars(body + 9, body + sizeof body - 1, delay_ms).ptr;
  *end++ = '\n';
  append_whole(200, kText, {body, static_cast<size_t>(end - body)}, form, out);
}

void append_status(int status, const ReplyForm& form, std::string& out) {
  char body[16] = "status ";
  char* end = std::to_chars(body + 7, body + sizeof body - 1, status).ptr;
  *end++ = '\n';
  append_whole(status, kText, {body, static_cast<size_t>(end - body)}, form, out);
}

BodyStream append_stream_head(const Route& route, ReplyForm& form, std::string& out) {
  bool chunked = route.path == Path::kChunked && !form.is_http10;
  // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
  bool until_close = route.path == Path::kChunked && form.is_http10;
  if (until_close) form.keep_alive = false;
  begin_head(200, kBinary, form, out);
  if (chunked) {
    out.append("Transfer-Encoding: chunked\r\n\r\n");
  } else if (until_close) {
    out.append("\r\n");
  } else {
    end_head(route.number, out);
  }
  if (form.head_only) return {};
  return {route.number, chunked, chunked || route.number > 0};
}

}  // namespace

char body_pattern(uint64_t index) { return kAlphabet[index % kAlphabet.size()]; }

Replies::Replies() {
  append_whole(200, kText, kRootBody, ReplyForm(), root_);
  std::string text = R"({"gzipped": true, "text": ")";
  for (int i = 0; i < 16; ++i) text.append("the same words again and again, ");
  gzip_ = http::encode_gzip(text.append("\"}\n"));
}

BodyStream Replies::append(const Route& route, ReplyForm& form, std::string_view text,
                           std::string& out) const {
  if (!route.problem.empty()) {
    append_problem(route, form, text, out);
    return {};
  }
  switch (route.path) {
    case Path::kRoot:
      if (form.keep_alive && !form.is_http10 && !form.head_only) {
        out.append(root_);
      } else {
        append_whole(200, kText, kRootBody, form, out);
      }
      break;
    case Path::kJson:
      append_whole(200, kJson, kJsonBody, form, out);
      break;
    case Path::kBytes:
    case Path::kChunked:
      return append_stream_head(route, form, out);
    case Path::kDelay:
      append_delay(route.number, form, out);
      break;
    case Path::kStatus:
      append_status(route.status, form, out);
      break;
    case Path::kRedirect:
      append_redirect(route.number, form, out);
      break;
    case Path::kEcho:
      append_whole(200, route.raw ? kBinary : kJson, text, form, out);
      break;
    case Path::kStats:
    case Path::kStatsReset:
      append_whole(200, kJson, text, form, out);
      break;
    case Path::kGzip:
      begin_head(200, kJson, form, out);
      out.append("Content-Encoding: gzip\r\n");
      end_head(gzip_.size(), out);
      if (!form.head_only) out.append(gzip_);
      break;
    case Path::kUnknown:
    case Path::kInvalid:
      break;  // always with a problem
  }
  return {};
}

void append_body(BodyStream& stream, uint64_t most_bytes, std::string& out) {
  const std::string& block = pattern_block();
  uint64_t budget = most_bytes;
  while (stream.left_bytes > 0 && budget > 0) {
    uint64_t piece = std::min(stream.left_bytes, stream.chunked ? kChunkBytes : kBlockBytes);
    if (stream.chunked) {
      append_number(piece, out, 16);
      out.append("\r\n");
    }
    out.append(block, 0, piece);
    if (stream.chunked) out.append("\r\n");
    stream.left_bytes -= piece;
    budget -= std::min(budget, piece);
  }
  if (stream.left_bytes == 0 && stream.open) {
    if (stream.chunked) out.append("0\r\n\r\n");
    stream.open = false;
  }
}

std::string describe_request(const http::RequestHead& head, std::string_view body) {
  std::string out = R"({"method": )";
  append_json_string(head.method, out);
  out.append(R"(, "target": )");
  append_json_string(head.target, out);
  out.append(R"(, "http_version": "1.)").append(std::to_string(head.version_minor)).append("\"");
  out.append(R"(, "headers": [)");
  for (size_t i = 0; i < head.headers.size(); ++i) {
    auto [name, value] = head.headers.at(i);
    out.append(i == 0 ? "[" : ", [");
    append_json_string(name, out);
    out.append(", ");
    append_json_string(value, out);
    out.append("]");
  }
  out.append(R"(], "body": )");
  append_json_string(body, out);
  return out.append("}\n");
}

}  // namespace locust_like::target
