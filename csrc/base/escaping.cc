#include "base/escaping.h"

#include <string_view>

namespace locust_like {
namespace {

// C0, DEL, and C1 in UTF-8 (0xC2 before 0x80 to 0x9F).
bool is_control_at(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return true;
  return byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

std::string escaped_text(std::string text) {
  size_t at = 0;
  while (at < text.size() && !is_control_at(text, at)) ++at;
  if (at == text.size()) return text;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string escaped = text.substr(0, at);
  for (; at < text.size(); ++at) {
    if (!is_control_at(text, at)) {
      escaped.push_back(text[at]);
      continue;
    }
    if (text[at] == '\xC2') ++at;
    const auto byte = static_cast<unsigned char>(text[at]);
    switch (byte) {
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      case '\t':
        escaped += "\\t";
        break;
      default:
        escaped.append({'\\', 'x', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return escaped;
}

}  // namespace locust_like
