// Headers: ordered, case-insensitive list of header fields in two flat buffers.
//
// All names and values live in one string, fields are offsets into it, so filling a reused Headers
// allocates nothing once its capacity has grown: the parser writes a reply's fields straight into
// the response object of the call.
// Views returned live until the next non-const call; views passed to add() and set() must not point
// into the same Headers. Not thread-safe. At most 4 GiB of text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locust_like::http {

// Tables for the character classes below; a look-up costs less than comparisons.
namespace tables {
constexpr std::array<unsigned char, 256> make_lower() {
  std::array<unsigned char, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[c] = static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  return table;
}

constexpr std::array<bool, 256> make_token() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = table[c + ('a' - 'A')] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

inline constexpr auto kLower = make_lower();
inline constexpr auto kToken = make_token();
}  // namespace tables

// RFC 9110 5.6.2: what methods and field names consist of.
inline bool is_token_char(char c) { return tables::kToken[static_cast<unsigned char>(c)]; }
bool is_token(std::string_view text);                 // false when empty
std::string_view trim_blanks(std::string_view text);  // spaces and tabs at both ends

// ASCII only, as field names are.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (tables::kLower[static_cast<unsigned char>(a[i])] !=
        tables::kLower[static_cast<unsigned char>(b[i])]) {
      return false;
    }
  }
  return true;
}

// Whether a list like "a, B" holds the token, compared without case.
bool list_has_token(std::string_view list, std::string_view token);

class Headers {
 public:
  using Field = std::pair<std::string_view, std::string_view>;

  void add(std::string_view name, std::string_view value);
  // Replaces all fields of that name by one; appends when there was none.
  void set(std::string_view name, std::string_view value);
  // Returns how many fields were removed.
  size_t remove(std::string_view name);
  // First value of that name, compared without case.
  std::optional<std::string_view> get(std::string_view name) const;
  bool has_token(std::string_view name, std::string_view token) const;  // "a, B" lists, no case

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  // REQUIRES: index < size().
  Field at(size_t index) const {
    const Span& span = fields_[index];
    const char* name = bytes_.data() + span.name_at;
    return {{name, span.name_size}, {name + span.name_size, span.value_size}};
  }
  size_t total_bytes() const { return bytes_.size(); }
  void clear();  // keeps capacity

  // Parser side: a field arrives in pieces. begin_field(), append_name()*, append_value()*, and
  // end_field(), which drops white space behind the value (RFC 9112 5.1). Inline: a reply of ten
  // fields makes forty of these calls.
  void begin_field() { fields_.push_back({static_cast<uint32_t>(bytes_.size()), 0, 0}); }
  void append_name(std::string_view piece) {
    bytes_.append(piece);
    fields_.back().name_size += static_cast<uint32_t>(piece.size());
  }
  void append_value(std::string_view piece) {
    bytes_.append(piece);
    fields_.back().value_size += static_cast<uint32_t>(piece.size());
  }
  void end_field() {
    Span& span = fields_.back();
    while (span.value_size > 0 && (bytes_.back() == ' ' || bytes_.back() == '\t')) {
      bytes_.pop_back();
      --span.value_size;
    }
  }
  bool last_name_is_empty() const { return fields_.back().name_size == 0; }

 private:
  struct Span {
    uint32_t name_at, name_size, value_size;  // the value follows the name directly
  };
  std::string bytes_;
  std::vector<Span> fields_;
};

}  // namespace locust_like::http
