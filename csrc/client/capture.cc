// Call::capture(): the last exchange of a call as people may see it. Made for few calls, so it
// copies freely; the secrets go here, before anybody else has it.
#include <algorithm>
#include <optional>

#include "base/masking.h"
#include "client/call.h"
#include "http/content_decoding.h"

namespace locust_like::client {
namespace {

// Longer bodies are not worth the time to decode them for their beginning.
constexpr size_t kMostToDecodeBytes = 16384;
constexpr size_t kMostDecodedBytes = 262144;

std::string cut(std::string text, size_t most_bytes) {
  if (text.size() > most_bytes) text.resize(most_bytes);
  return text;
}

// Appends a line unless it would not fit.
void add_field(std::string_view name, std::string_view value, std::string& fields) {
  const std::string masked = masked_field(name, value);
  constexpr size_t kMarks = 3;  // ": " and the line's end
  if (fields.size() + name.size() + masked.size() + kMarks > stats::kMaxCapturedFieldsBytes) return;
  fields.append(name).append(": ").append(masked).append("\n");
}

void add_fields(const http::Headers& headers, std::string& fields) {
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    add_field(name, value, fields);
  }
}

// Rendered "Name: value\r\n" lines.
void add_lines(std::string_view lines, std::string& fields) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    const size_t colon = std::min(line.find(": "), line.size());
    add_field(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())), fields);
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
}

// The value of a field among those that were captured.
std::string_view captured_value(std::string_view fields, std::string_view name) {
  while (!fields.empty()) {
    const size_t end = std::min(fields.find('\n'), fields.size());
    const std::string_view line = fields.substr(0, end);
    const size_t colon = std::min(line.find(": "), line.size());
    if (http::equals_ignoring_case(line.substr(0, colon), name)) {
      return line.substr(std::min(colon + 2, line.size()));
    }
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  return {};
}

void capture_body(std::string_view body, stats::CapturedMessage& to) {
  const std::string_view beginning = body.substr(0, stats::kMaxCapturedBodyBytes);
  std::string masked = masked_body(captured_value(to.fields, "Content-Type"), beginning);
  to.is_whole = body.size() == beginning.size() && masked.size() <= stats::kMaxCapturedBodyBytes;
  to.body = cut(std::move(masked), stats::kMaxCapturedBodyBytes);
}

// Nothing where it cannot be decoded: bytes of gzip tell nobody anything.
std::optional<std::string> decoded(const http::Headers& headers, const std::string& body) {
  std::string codings;
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    if (!http::equals_ignoring_case(name, "Content-Encoding")) continue;
    codings.append(codings.empty() ? "" : ", ").append(value);
  }
  if (codings.empty()) return body.substr(0, stats::kMaxCapturedBodyBytes + 1);
  if (body.size() > kMostToDecodeBytes) return std::nullopt;
  auto result = http::decode_content(codings, body, kMostDecodedBytes);
  if (!result.ok()) return std::nullopt;
  return std::move(result).value();
}

}  // namespace

std::shared_ptr<const stats::Capture> Call::capture() const {
  constexpr size_t kText = stats::kMaxCapturedTextBytes;
  auto capture = std::make_shared<stats::Capture>();
  const http::RequestTemplate& sent = current().request;
  capture->wall_s = wall_now_s();
  capture->method = cut(sent.method, kText);
  capture->url = cut(masked_url(current().url.to_string()), kText);
  capture->protocol = sample.protocol;
  if (reply.remote_address.port() != 0) capture->remote_address = reply.remote_address.to_string();
  capture->status = sample.status;
  capture->reason = cut(reply.head.reason, kText);
  capture->hops = sample.hops;
  capture->response_time_ns = sample.response_time_ns;
  for (size_t i = 0; i < capture->phases_ns.size(); ++i) {
    capture->phases_ns[i] = std::max<int64_t>(sample.phases_ns[i], 0);
  }
  std::string& fields = capture->request.fields;
  add_field("Host", sent.authority, fields);
  add_fields(sent.headers, fields);
  add_lines(request.extra_head, fields);
  if (upload_ && !body_dropped_) {
    capture->request.body_bytes = upload_->bytes;
    capture->request.is_whole = upload_->bytes == 0;
  } else if (request.has_body && !body_dropped_) {
    capture_body(request.body, capture->request);
    capture->request.body_bytes = request.body.size();
  }
  add_fields(reply.head.headers, capture->reply.fields);
  const std::optional<std::string> body = decoded(reply.head.headers, reply.body);
  capture_body(body.value_or(""), capture->reply);
  capture->reply.body_bytes = sample.content_bytes;
  if (!body || (reply.body.empty() && sample.content_bytes > 0)) capture->reply.is_whole = false;
  return capture;
}

}  // namespace locust_like::client
