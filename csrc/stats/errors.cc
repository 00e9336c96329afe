#include "stats/errors.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/masking.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr size_t kMinAddressDigits = 4;
// Of a text, before it is cut: what is masked makes it shorter.
constexpr size_t kMostMaskedBytes = 4 * kMaxErrorTextBytes;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string text_for(Code code, uint16_t status) {
  if (code == Code::kStatus) return "HTTP " + std::to_string(status);
  return std::string(code_name(code));
}

bool is_found_by_text(Code code, std::string_view text) {
  return code == Code::kScript || text == kOtherErrors;
}

}  // namespace

std::string masked_error_text(std::string_view whole) {
  const std::string text = masked_text(whole.substr(0, kMostMaskedBytes));
  std::string masked;
  size_t copied = 0;
  size_t at = text.find("0x");
  while (at != std::string_view::npos) {
    size_t end = at + 2;
    while (end < text.size() && is_hex(text[end])) ++end;
    const bool is_address = end - at - 2 >= kMinAddressDigits;
    if (is_address) {
      masked.append(text, copied, at - copied).append("0x....");
      copied = end;
    }
    at = text.find("0x", is_address ? end : at + 2);
  }
  masked.append(text, copied);
  masked.resize(utf8_prefix(masked, kMaxErrorTextBytes).size());
  return masked;
}

size_t ErrorTable::KeyHash::operator()(const Key& key) const {
  const uint64_t number = (uint64_t{key.name.value} << 32) |
                          (uint64_t{static_cast<uint8_t>(key.code)} << 16) | key.status;
  const size_t hash = std::hash<uint64_t>{}(number * 0x9E3779B97F4A7C15U);
  return key.text.empty() ? hash : hash ^ std::hash<std::string_view>{}(key.text);
}

ErrorRow& ErrorTable::record(NameId name, Code code, uint16_t status, std::string_view text) {
  if (code != Code::kScript) {
    ErrorRow& row = find_or_add({name, code, status, {}}, text);
    ++row.occurrences;
    return row;
  }
  // What holds neither an address nor a secret, as their rules begin, needs no copy.
  const bool is_plain = text.size() <= kMaxErrorTextBytes &&
                        text.find("0x") == std::string_view::npos &&
                        text.find_first_of(":=,") == std::string_view::npos;
  const std::string masked = is_plain ? std::string() : masked_error_text(text);
  ErrorRow& row = find_or_add({name, code, status, is_plain ? text : std::string_view(masked)}, {});
  ++row.occurrences;
  return row;
}

void ErrorTable::add_capture(ErrorRow& row, std::shared_ptr<const Capture> capture) {
  ++captures_;
  row.captures.push_back(std::move(capture));
}

void ErrorTable::merge(const ErrorRow& row) {
  const bool by_text = is_found_by_text(row.code, row.text);
  const Key key = {row.name, row.code, row.status, by_text ? row.text : std::string_view()};
  ErrorRow& mine = find_or_add(key, row.text);
  const bool is_new = mine.occurrences == 0;
  mine.occurrences += row.occurrences;
  mine.first_seen_wall_s =
      is_new ? row.first_seen_wall_s : std::min(mine.first_seen_wall_s, row.first_seen_wall_s);
  mine.last_seen_wall_s = std::max(mine.last_seen_wall_s, row.last_seen_wall_s);
  for (const auto& capture : row.captures) {
    if (wants_capture(mine)) add_capture(mine, capture);
  }
}

ErrorRow& ErrorTable::find_or_add(const Key& key, std::string_view text) {
  if (const auto found = index_.find(key); found != index_.end()) return *found->second;
  if (rows_.size() >= max_rows_ && key.text != kOtherErrors) {
    return find_or_add({key.name, key.code, 0, kOtherErrors}, kOtherErrors);
  }
  const bool by_text = !key.text.empty();
  ErrorRow& row = rows_.emplace_back();
  row.name = key.name;
  row.code = key.code;
  row.status = key.status;
  row.text = by_text ? key.text : utf8_prefix(masked_text(text), kMaxErrorTextBytes);
  if (row.text.empty()) row.text = text_for(key.code, key.status);
  index_.emplace(Key{key.name, key.code, key.status, by_text ? std::string_view(row.text) : ""},
                 &row);
  return row;
}

void ErrorTable::clear() {
  index_.clear();
  rows_.clear();
  captures_ = 0;
}

}  // namespace locust_like::stats
