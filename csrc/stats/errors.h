// ErrorTable: failure texts, counted by fingerprint.
//
// A failure that the engine made is found by (name, code, status) alone, so a storm of refused
// connections costs no string work; the first text stands for all. A script's failure is found
// by its text, with secrets masked (base/masking.h), and memory addresses, because
// `<Foo object at 0x7f...>` would otherwise make a new row each time. At most `max_rows` different
// rows; later ones count under "(other errors)" of their name and code. The first failures of a row
// may be captured. Thread: not thread-safe. Errors: none.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "stats/capture.h"

namespace locust_like::stats {

inline constexpr size_t kMaxErrorRows = 1000;
inline constexpr size_t kMaxErrorTextBytes = 1000;
inline constexpr std::string_view kOtherErrors = "(other errors)";

struct ErrorRow {
  NameId name;
  Code code = Code::kScript;
  uint16_t status = 0;
  std::string text;
  uint64_t occurrences = 0;
  double first_seen_wall_s = 0;  // 0 in a thread's delta, which knows no wall clock
  double last_seen_wall_s = 0;
  std::vector<std::shared_ptr<const Capture>> captures;  // the first, at most kMaxCapturesPerRow
};

// `text` with secrets masked and every address ("0x" and at least four hex digits) replaced by
// "0x....", cut at kMaxErrorTextBytes on a UTF-8 boundary.
std::string masked_error_text(std::string_view text);

class ErrorTable {
 public:
  explicit ErrorTable(size_t max_rows = kMaxErrorRows, size_t max_captures = kMaxCaptures)
      : max_rows_(max_rows), max_captures_(max_captures) {}
  ErrorTable(ErrorTable&&) noexcept = default;
  ErrorTable& operator=(ErrorTable&&) noexcept = default;
  ErrorTable(const ErrorTable&) = delete;  // the index points into the rows
  ErrorTable& operator=(const ErrorTable&) = delete;
  ~ErrorTable() = default;

  // Counts one failure and returns its row. Empty `text`: one is made from code and status.
  // Allocates for a new row and for a text that needs masking.
  ErrorRow& record(NameId name, Code code, uint16_t status, std::string_view text);
  // Whether another capture of a row of this table would be kept.
  bool wants_capture(const ErrorRow& row) const {
    return row.captures.size() < kMaxCapturesPerRow && captures_ < max_captures_;
  }
  // REQUIRES: wants_capture(row).
  void add_capture(ErrorRow& row, std::shared_ptr<const Capture> capture);
  // Adds the counts of a row of another table, whose text is masked already, and those of its
  // captures that are wanted.
  void merge(const ErrorRow& row);

  // In order of first appearance. Rows stay where they are until clear().
  const std::deque<ErrorRow>& rows() const { return rows_; }
  bool empty() const { return rows_.empty(); }
  void clear();

 private:
  struct Key {
    NameId name;
    Code code;
    uint16_t status;
    std::string_view text;  // empty for failures of the engine
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };

  // The row of this fingerprint; a new one takes `key.text` (or, if that is empty, `text`) as its
  // text.
  ErrorRow& find_or_add(const Key& key, std::string_view text);

  size_t max_rows_;
  size_t max_captures_;
  size_t captures_ = 0;  // of all rows
  std::deque<ErrorRow> rows_;
  std::unordered_map<Key, ErrorRow*, KeyHash> index_;  // key texts live in the rows
};

}  // namespace locust_like::stats
