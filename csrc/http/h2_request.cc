#include "http/h2_request.h"

#include <algorithm>
#include <charconv>

#include "http/headers.h"

namespace locust_like::http {
namespace {

constexpr size_t kPseudoFields = 4;

// Of one HTTP/1.1 connection, or said by the pseudo fields.
constexpr std::array<std::string_view, 8> kLeftOut = {
    "connection", "host",    "content-length", "transfer-encoding",
    "keep-alive", "upgrade", "http2-settings", "proxy-connection"};

}  // namespace

H2RequestFields::H2RequestFields(const RequestTemplate& request, std::string_view extra_head,
                                 std::optional<uint64_t> body_bytes)
    : length_text_{} {
  const auto lines = std::count(extra_head.begin(), extra_head.end(), '\n');
  fields_.reserve(kPseudoFields + request.headers.size() + static_cast<size_t>(lines) + 1);
  add(":method", request.method);
  add(":scheme", request.scheme);
  add(":authority", request.authority);
  add(":path", request.target);
  for (size_t i = 0; i < request.headers.size(); ++i) {
    add_unless_framing(request.headers.at(i).first, request.headers.at(i).second);
  }
  while (!extra_head.empty()) {
    const std::string_view line = extra_head.substr(0, extra_head.find("\r\n"));
    const size_t colon = line.find(':');
    add_unless_framing(line.substr(0, colon), trim_blanks(line.substr(colon + 1)));
    extra_head.remove_prefix(line.size() + 2);
  }
  if (!body_bytes.has_value()) return;
  const auto [end, error] = std::to_chars(
      length_text_.data(), length_text_.data() + length_text_.size(), body_bytes.value());
  add("content-length", {length_text_.data(), static_cast<size_t>(end - length_text_.data())});
}

H2RequestFields::~H2RequestFields() = default;

void H2RequestFields::add_unless_framing(std::string_view name, std::string_view value) {
  const auto is_name = [&](std::string_view other) { return equals_ignoring_case(name, other); };
  if (std::any_of(kLeftOut.begin(), kLeftOut.end(), is_name)) return;
  if (is_name("te") && !equals_ignoring_case(value, "trailers")) return;
  add(name, value);
}

// nghttp2 copies both and makes names lower-case; its pointers are not const for no reason of ours.
void H2RequestFields::add(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  fields_.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
}

}  // namespace locust_like::http
