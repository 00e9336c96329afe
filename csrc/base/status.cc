#include "base/status.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/escaping.h"

namespace locust_like {
namespace {

constexpr std::array<std::string_view, kCodeCount> kCodeNames = {
    "ok",
    "cancelled",
    "invalid-argument",
    "dns",
    "connect",
    "tls",
    "timeout-connect",
    "timeout-read",
    "timeout-total",
    "reset",
    "closed-early",
    "protocol",
    "too-large",
    "decode",
    "redirect",
    "h2-goaway",
    "h2-stream",
    "h2-conn",
    "resources",
    "status",
    "script",
    "internal",
    "proxy",
    "blocked-target",
};

}  // namespace

std::string_view code_name(Code code) { return kCodeNames.at(static_cast<size_t>(code)); }

Status Status::from_errno(Code code, std::string_view what, int error_number) {
  char buffer[256];
  const char* text = strerror_r(error_number, buffer, sizeof buffer);
  std::string message(what);
  message.append(": ").append(text);
  return {code, std::move(message)};
}

std::string Status::escaped(std::string message) { return escaped_text(std::move(message)); }

std::string Status::to_string() const {
  if (ok()) return "ok";
  std::string text(code_name(code_));
  return text.append(": ").append(message_);
}

}  // namespace locust_like
