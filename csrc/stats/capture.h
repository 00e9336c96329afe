// Capture: one failed call as it was sent and answered, kept so that people can look at it.
//
// Whoever makes one has masked the secrets in it: nothing behind masks again, so no output can
// forget to. Captures are few and bounded: a row of failures keeps its first ones, a table counts
// all of them, and heads and bodies are cut. They travel with the failures that they belong to.
// Thread: immutable once shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "stats/sample.h"

namespace locust_like::stats {

class ByteWriter;

inline constexpr size_t kMaxCapturesPerRow = 3;
inline constexpr size_t kMaxCaptures = 200;           // of a run
inline constexpr size_t kMaxCapturesOfInterval = 20;  // of one thread
inline constexpr size_t kMaxCapturedFieldsBytes = 8192;
inline constexpr size_t kMaxCapturedBodyBytes = 4096;
inline constexpr size_t kMaxCapturedTextBytes = 2048;  // of everything else

struct CapturedMessage {
  std::string fields;       // header fields in order, "Name: value\n" each
  std::string body;         // how it begins; a reply's is decoded
  uint64_t body_bytes = 0;  // of the whole, as it travels
  bool is_whole = true;     // nothing of the body is left out
};

struct Capture {
  double wall_s = 0;  // when the call ended
  std::string method;
  std::string url;  // of the last exchange
  Protocol protocol = Protocol::kNone;
  std::string remote_address;  // empty: there was no connection
  uint16_t status = 0;         // 0 = no reply came
  std::string reason;
  uint32_t hops = 0;  // redirects that were followed before
  int64_t response_time_ns = 0;
  PhaseTimes phases_ns{};
  CapturedMessage request;
  CapturedMessage reply;
};

// The longest encoding.
inline constexpr size_t kMaxCaptureBytes =
    2 * (kMaxCapturedFieldsBytes + kMaxCapturedBodyBytes) + 5 * kMaxCapturedTextBytes;

void encode(const Capture& capture, ByteWriter& to);
// Null on anything that encode() does not write.
std::shared_ptr<const Capture> decode_capture(std::string_view bytes);

// What can be captured, asked only when a capture is wanted.
class CaptureSource {
 public:
  virtual ~CaptureSource() = default;
  virtual std::shared_ptr<const Capture> capture() const = 0;
};

// For a capture that had to be made before it was known whether it is wanted.
class ReadyCapture final : public CaptureSource {
 public:
  explicit ReadyCapture(std::shared_ptr<const Capture> capture) : capture_(std::move(capture)) {}
  std::shared_ptr<const Capture> capture() const override { return capture_; }

 private:
  std::shared_ptr<const Capture> capture_;
};

}  // namespace locust_like::stats
