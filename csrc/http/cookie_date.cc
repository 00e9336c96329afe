// The date algorithm of RFC 6265 5.1.1: tokens in any order, first fit wins.
#include <array>
#include <chrono>

#include "http/headers.h"
#include "http/set_cookie.h"

namespace locust_like::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_date_delimiter(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == 0x09 || (u >= 0x20 && u <= 0x2f) || (u >= 0x3b && u <= 0x40) ||
         (u >= 0x5b && u <= 0x60) || (u >= 0x7b && u <= 0x7e);
}

// Reads `least` to `most` digits off the front; a further digit behind them is no match.
std::optional<int> take_number(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  int value = 0;
  while (count < text.size() && is_digit(text[count])) {
    if (count == most) return std::nullopt;
    value = value * 10 + (text[count] - '0');
    ++count;
  }
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

class CookieDate {
 public:
  void take(std::string_view token) {
    if (!has_time_ && take_time(token)) return;
    if (take_field(token, 1, day_)) return;
    if (month_ < 0 && take_month(token)) return;
    take_field(token, 2, year_);
  }

  std::optional<int64_t> seconds() const {
    int year = year_;
    if (year >= 70 && year <= 99) year += 1900;
    if (year >= 0 && year <= 69) year += 2000;
    if (!has_time_ || day_ < 1 || month_ < 0 || year < 1601) return std::nullopt;
    if (hour_ > 23 || minute_ > 59 || second_ > 59) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month_ + 1)),
                                           std::chrono::day(static_cast<unsigned>(day_))};
    if (!date.ok()) return std::nullopt;
    const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((days * 24 + hour_) * 60 + minute_) * 60 + second_;
  }

 private:
  bool take_time(std::string_view token) {
    const auto hour = take_number(token, 1, 2);
    if (!hour || !token.starts_with(':')) return false;
    token.remove_prefix(1);
    const auto minute = take_number(token, 1, 2);
    if (!minute || !token.starts_with(':')) return false;
    token.remove_prefix(1);
    const auto second = take_number(token, 1, 2);
    if (!second) return false;
    has_time_ = true;
    hour_ = *hour;
    minute_ = *minute;
    second_ = *second;
    return true;
  }

  // A day has one or two digits, a year two to four; whatever follows them does not count.
  static bool take_field(std::string_view token, size_t least, int& field) {
    if (field >= 0) return false;
    const auto number = take_number(token, least, least * 2);
    if (number) field = *number;
    return number.has_value();
  }

  bool take_month(std::string_view token) {
    static constexpr std::array<std::string_view, 12> kMonths = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    for (size_t i = 0; i < kMonths.size(); ++i) {
      if (equals_ignoring_case(token.substr(0, 3), kMonths.at(i))) month_ = static_cast<int>(i);
    }
    return month_ >= 0;
  }

  bool has_time_ = false;
  int hour_ = 0, minute_ = 0, second_ = 0;
  int day_ = -1, month_ = -1, year_ = -1;
};

}  // namespace

std::optional<int64_t> parse_cookie_date(std::string_view text) {
  CookieDate date;
  while (!text.empty()) {
    size_t size = 0;
    while (size < text.size() && !is_date_delimiter(text[size])) ++size;
    if (size > 0) date.take(text.substr(0, size));
    text.remove_prefix(size == text.size() ? size : size + 1);
  }
  return date.seconds();
}

}  // namespace locust_like::http
