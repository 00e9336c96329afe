// Delta: what another process counted in an interval, as the bytes that it sent.
//
// Names travel as numbers of the sender; NameDictionary says which of our names they are. Reading
// is done twice: decode() checks everything and keeps only where the rows are, then Table::add()
// counts straight from the bytes. So a malformed delta counts nothing, and a master that takes
// 100,000 rows a second writes none of them down before it adds it up.
// Layout, in wire.h's items: version, number of rows, rows, number of failures, failures.
//   row: gap to the number before, presence (a bit for each counter, then for what follows),
//     counters, failure codes, statuses, response times, times from the intended start, phases.
//   failure: index of its row, code, status, text, occurrences, number of captures, captures as
//     capture.h encodes them, each as a text.
//   buckets: how many, the gap of each to the one before; how many hold more than 1 (in a second,
//     few do), for each of those the gap to the one before in this list, its count less 2.
// Thread: not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "stats/entry.h"

namespace locust_like::stats {

// Raised with every change of the layout, of Code, Phase or kCounters.
inline constexpr uint64_t kDeltaVersion = 2;
// Above any honest count of an interval; sums of two still fit in a DeltaEntry.
inline constexpr uint64_t kMaxDeltaCount = INT32_MAX;

// Bits of a row's presence, after one for each counter.
enum class DeltaPart : uint8_t {
  kFailureCodes = kCounters.size(),
  kStatuses,
  kTimes,
  kIntended,
  kPhases,
};

constexpr uint64_t bit_of(DeltaPart part) { return uint64_t{1} << static_cast<int>(part); }

// Our ids of the numbers that one sender uses.
class NameDictionary {
 public:
  // False when the number stands for another name already.
  bool define(uint32_t number, NameId id);
  std::optional<NameId> find(uint32_t number) const {
    return number < ids_.size() ? ids_[number] : std::nullopt;
  }
  void clear() { ids_.clear(); }

 private:
  std::vector<std::optional<NameId>> ids_;  // by number
};

class Delta {
 public:
  struct Row {
    uint32_t number = 0;  // of its name
    uint32_t offset = 0;  // of its content in bytes()
  };

  // Checks all of `bytes`, which must outlive the next use of this. Reuses memory. Errors:
  // Code::kProtocol on anything that no encoder writes; the content is then of no use.
  Status decode(std::string_view bytes);

  std::string_view bytes() const { return bytes_; }
  // Ascending by number.
  const std::vector<Row>& rows() const { return rows_; }
  // Offset of what follows the rows.
  uint32_t failures_at() const { return failures_at_; }
  uint64_t num_requests() const { return num_requests_; }

 private:
  std::string_view bytes_;
  std::vector<Row> rows_;
  uint32_t failures_at_ = 0;
  uint64_t num_requests_ = 0;
};

}  // namespace locust_like::stats
