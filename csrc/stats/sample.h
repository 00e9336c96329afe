// Sample: one finished call as a plain struct, the only thing that enters a Table.
//
// The client layer fills it in the I/O thread; events.request.fire fills it from a script. It holds
// no owning members: failure_text and source need only live for the duration of Table::record.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"

namespace locust_like::stats {

// kLateFailure takes back a success that was counted before (the body turned out not to decode when
// the script read it): it adds a failure, and no request.
enum class Outcome : uint8_t { kSuccess, kFailure, kCancelled, kLateFailure };

inline bool is_failure(Outcome outcome) {
  return outcome == Outcome::kFailure || outcome == Outcome::kLateFailure;
}

// What the final reply came in; kNone where none came, and for samples that scripts report.
enum class Protocol : uint8_t { kNone, kHttp10, kHttp11, kHttp2 };

// Where the time of a call went; sums over all its exchanges, in nanoseconds.
enum class Phase : uint8_t { kBlocked, kDns, kConnect, kTls, kSend, kWait, kReceive };
inline constexpr int kPhaseCount = 7;
using PhaseTimes = std::array<int64_t, kPhaseCount>;

class CaptureSource;

struct Sample {
  NameId name;
  Outcome outcome = Outcome::kSuccess;
  Code failure = Code::kOk;  // class of the failure; kOk unless the outcome is a failure
  uint16_t status = 0;       // HTTP status of the final reply; 0 = none came
  Protocol protocol = Protocol::kNone;
  bool has_time = true;          // false: counted as a request, not in the times (script gave None)
  bool has_phases = false;       // false for samples that scripts report
  int64_t response_time_ns = 0;  // taken up -> last byte, minus blocked; >= 0
  // Open model only: intended start -> last byte; negative = this call had no intended start.
  int64_t from_intended_ns = -1;
  PhaseTimes phases_ns{};
  uint64_t sent_bytes = 0;      // on the wire above TLS, head and body
  uint64_t received_bytes = 0;  // on the wire above TLS, head and body
  uint64_t content_bytes =
      0;  // body bytes of the final reply as they came (Locust's response length)
  // Accounting of what the server saw: exchanges = 1 + hops + challenges + retries - never_sent.
  uint32_t exchanges = 0;   // requests of which at least one byte was written
  uint32_t hops = 0;        // redirects followed
  uint32_t challenges = 0;  // authentication rounds
  uint32_t retries = 0;     // sent again on a fresh connection
  uint32_t never_sent = 0;  // requests of the call that ended before any byte left
  // Text of the failure as users read it. Empty: the table makes one from failure and status.
  std::string_view failure_text;
  // What a failure can be captured from; null: nothing. Like the text, it need only live for the
  // duration of Table::record.
  const CaptureSource* source = nullptr;
};

}  // namespace locust_like::stats
