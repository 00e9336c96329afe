// Any bytes under any content codings: no crash, no more than the limit in memory, and the two
// failures that there may be. What was encoded here is decoded to what it was.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/content_decoding.h"

namespace {

using locust_like::Code;
namespace http = locust_like::http;

constexpr size_t kMostBytes = 1 << 20;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// The first two bytes choose up to three codings.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr std::array<std::string_view, 8> kCodings = {
      "gzip", "deflate", "br", "zstd", "identity", "x-gzip", "unknown", ""};
  if (size < 2) return 0;
  std::string codings(kCodings.at(data[0] % 8));
  if (data[1] % 4 != 0) codings.append(", ").append(kCodings.at(data[0] / 8 % 8));
  if (data[1] % 4 == 3) codings.append(",").append(kCodings.at(data[1] / 4 % 8));
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto decoded = http::decode_content(codings, body, kMostBytes);
  if (decoded.ok()) {
    require(decoded.value().size() <= kMostBytes);
  } else {
    const Code code = decoded.status().code();
    require(code == Code::kDecode || code == Code::kTooLarge);
  }
  const auto again = http::decode_content("gzip", http::encode_gzip(body), kMostBytes);
  require(again.ok() && again.value() == body);
  return 0;
}
