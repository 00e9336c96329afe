#include "http/framing.h"

#include <charconv>
#include <optional>
#include <string>

namespace locust_like::http {
namespace {

Status protocol_error(std::string_view what, std::string_view value) {
  return {Code::kProtocol, std::string(what).append(": \"").append(value).append("\"")};
}

std::optional<uint64_t> parse_length(std::string_view text) {
  uint64_t length = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, length);
  if (error != std::errc() || stop != end) return std::nullopt;
  return length;
}

Status read_length(std::string_view value, std::optional<uint64_t>& length) {
  const std::optional<uint64_t> parsed = parse_length(value);
  if (!parsed) return protocol_error("Content-Length is not a number of bytes", value);
  if (length && *length != *parsed) {
    return protocol_error("a second, different Content-Length", value);
  }
  length = parsed;
  return {};
}

}  // namespace

Result<Framing> read_framing(const Headers& headers, int version_minor) {
  std::optional<uint64_t> length;
  bool is_chunked = false;
  bool says_close = false;
  bool says_keep_alive = version_minor > 0;
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    switch (name.size()) {
      case sizeof("Connection") - 1:
        if (equals_ignoring_case(name, "connection")) {
          says_close = says_close || list_has_token(value, "close");
          says_keep_alive = says_keep_alive || list_has_token(value, "keep-alive");
        }
        break;
      case sizeof("Content-Length") - 1:
        if (equals_ignoring_case(name, "content-length")) {
          if (Status status = read_length(value, length); !status.ok()) return status;
        }
        break;
      case sizeof("Transfer-Encoding") - 1:
        if (equals_ignoring_case(name, "transfer-encoding")) {
          if (is_chunked) return protocol_error("a second Transfer-Encoding", value);
          if (!equals_ignoring_case(value, "chunked")) {
            return protocol_error("a Transfer-Encoding other than chunked", value);
          }
          is_chunked = true;
        }
        break;
      default:
        break;
    }
  }
  if (is_chunked && length) {
    return Status(Code::kProtocol, "Content-Length together with Transfer-Encoding");
  }
  Framing framing;
  framing.keep_alive = says_keep_alive && !says_close;
  if (is_chunked) framing.kind = Framing::Kind::kChunked;
  if (length) framing.kind = Framing::Kind::kLength;
  framing.length_bytes = length.value_or(0);
  return framing;
}

}  // namespace locust_like::http
