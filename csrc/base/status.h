// Status: the only error type of the core.
//
// A Status is a Code plus a message that says what was tried, on what, and the text of the
// operating system or TLS library. Codes are at the same time the failure classes that users see in
// statistics ("timeout-read", "closed-early" ...), so a failed exchange and its row cannot
// disagree. Messages may quote what a script or a server wrote: control characters in them are
// escaped here, so that no server writes lines of its own into a log or colours a terminal.
// Checklist: if you add a Code, also extend kCodeNames in status.cc, docs/statistics.md,
// and the exception table in bindings/errors.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace locust_like {

enum class Code : uint8_t {
  kOk,
  kCancelled,        // the user was stopped while the call was in flight, or it was never judged
  kInvalidArgument,  // our caller's mistake; nothing was sent
  kDns,
  kConnect,
  kTls,
  kTimeoutConnect,
  kTimeoutRead,
  kTimeoutTotal,
  kReset,
  kClosedEarly,
  kProtocol,
  kTooLarge,
  kDecode,
  kRedirect,
  kH2Goaway,      // HTTP/2: the server ended the connection in order, before this reply
  kH2Stream,      // HTTP/2: the server reset the stream
  kH2Connection,  // HTTP/2: the connection broke a rule or a limit of ours
  kResources,     // the generator ran out of ports, descriptors or memory
  kStatus,        // an HTTP status that counts as a failure
  kScript,        // the script said failure()
  kInternal,
  // New codes come last, since snapshots hold numbers.
  kProxy,          // the proxy was not reached, or refused to lead to the server
  kBlockedTarget,  // the operator does not want load to go there; nothing was sent
};
inline constexpr int kCodeCount = static_cast<int>(Code::kBlockedTarget) + 1;

// The word users see, for example "timeout-connect". Never empty.
std::string_view code_name(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(escaped(std::move(message))) {}
  // Message = what + ": " + strerror(error_number). Example: "connect to 127.0.0.1:1: Connection
  // refused".
  static Status from_errno(Code code, std::string_view what, int error_number);

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // "class: message", or "ok".
  std::string to_string() const;

 private:
  static std::string escaped(std::string message);

  Code code_ = Code::kOk;
  std::string message_;
};

}  // namespace locust_like
