#include "http/headers.h"

#include <algorithm>

namespace locust_like::http {
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

std::string_view trim_blanks(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool list_has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim_blanks(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

void Headers::add(std::string_view name, std::string_view value) {
  begin_field();
  append_name(name);
  append_value(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

size_t Headers::remove(std::string_view name) {
  size_t kept = 0;
  std::string bytes;
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Field field = at(i);
    if (equals_ignoring_case(field.first, name)) continue;
    Span span = fields_[i];
    span.name_at = static_cast<uint32_t>(bytes.size());
    bytes.append(field.first).append(field.second);
    fields_[kept++] = span;
  }
  const size_t removed = fields_.size() - kept;
  if (removed > 0) {
    fields_.resize(kept);
    bytes_ = std::move(bytes);
  }
  return removed;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name_size != name.size()) continue;
    const Field field = at(i);
    if (equals_ignoring_case(field.first, name)) return field.second;
  }
  return std::nullopt;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    const auto [field_name, value] = at(i);
    if (equals_ignoring_case(field_name, name) && list_has_token(value, token)) return true;
  }
  return false;
}

void Headers::clear() {
  bytes_.clear();
  fields_.clear();
}

}  // namespace locust_like::http
