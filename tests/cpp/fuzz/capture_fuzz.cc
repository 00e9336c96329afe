// Any bytes as a capture: what is accepted survives its encoding. And as what strangers send:
// masking neither crashes nor lets a secret through where a name announces one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/masking.h"
#include "stats/capture.h"
#include "stats/wire.h"

namespace {

namespace stats = locust_like::stats;

constexpr std::string_view kSecret = "hunter2";

void require(bool holds) {
  if (!holds) std::abort();
}

void check_decoding(std::string_view bytes) {
  const auto capture = stats::decode_capture(bytes);
  if (capture == nullptr) return;
  stats::ByteWriter writer;
  stats::encode(*capture, writer);
  require(writer.bytes().size() <= stats::kMaxCaptureBytes);
  require(stats::decode_capture(writer.bytes()) != nullptr);
}

bool shows_secret(const std::string& text) { return text.find(kSecret) != std::string::npos; }

void check_masking(std::string_view text) {
  for (const char* type : {"", "application/json", "application/x-www-form-urlencoded"}) {
    (void)locust_like::masked_body(type, text);
  }
  for (const char* name : {"Cookie", "Set-Cookie", "Authorization", "Location", "Server"}) {
    (void)locust_like::masked_field(name, text);
  }
  (void)locust_like::masked_url(text);
  (void)locust_like::masked_text(text);
  if (shows_secret(std::string(text))) return;
  const std::string before(text);
  require(!shows_secret(locust_like::masked_field("Authorization", "Bearer hunter2")));
  require(!shows_secret(locust_like::masked_url("http://a.test/?" + before + "&token=hunter2")));
  require(!shows_secret(
      locust_like::masked_body("application/x-www-form-urlencoded", before + "&password=hunter2")));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_decoding(bytes);
  check_masking(bytes);
  return 0;
}
