// Delta: what another process counted in an interval, read from the bytes that it sent.
//
// Names travel as numbers of the sender; NameDictionary says which of our names they are. Reading
// is apart from counting: decode() checks everything, so that a malformed delta counts nothing,
// and leaves plain lists that Table::add() only has to walk. The lists keep their memory from one
// delta to the next: a master reads 100,000 rows a second this way and allocates nothing.
// Layout, in wire.h's items: version, number of rows, rows, number of failures, failures.
//   row: gap to the number before, presence (a bit for each counter, then for what follows),
//     counters, failure codes, statuses, response times, times from the intended start, phases.
//   failure: index of its row, code, status, text, occurrences.
//   buckets: how many, then for each twice the gap to the one before, plus 1 when a count follows;
//     no count = 1, which most buckets of a second have.
// Thread: not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "stats/entry.h"

namespace locust_like::stats {

// Raised with every change of the layout, of Code, Phase or kCounters.
inline constexpr uint64_t kDeltaVersion = 1;
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
  std::optional<NameId> find(uint32_t number) const;
  void clear() { ids_.clear(); }

 private:
  std::vector<std::optional<NameId>> ids_;  // by number
};

class Delta {
 public:
  struct Bucket {
    uint32_t index = 0;
    uint32_t count = 0;
  };
  // Part of one of the lists below.
  struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  struct Row {
    uint32_t number = 0;  // of its name; ascending
    Counters counters;
    TimeRange range;
    uint64_t phase_calls = 0;
    std::array<uint64_t, kPhaseCount> phase_total_ns{};
    Span failure_codes;  // Bucket.index = code
    Span statuses;       // Bucket.index = status
    Span times;
    Span from_intended;
    std::array<Span, kPhaseCount> phases;
  };
  struct Failure {
    uint32_t row = 0;  // index of its row
    Code code = Code::kScript;
    uint16_t status = 0;
    uint32_t occurrences = 0;
    std::string_view text;  // lives as long as the decoded bytes
  };

  // Replaces the content. Errors: Code::kProtocol on anything that no encoder writes; the content
  // is then of no use. Memory stays within a small multiple of the input.
  Status decode(std::string_view bytes);

  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<Failure>& failures() const { return failures_; }
  const Bucket* begin(Span span) const { return buckets_.data() + span.begin; }
  const Bucket* end(Span span) const { return buckets_.data() + span.end; }
  uint64_t num_requests() const { return num_requests_; }

 private:
  class Reader;

  std::vector<Row> rows_;
  std::vector<Failure> failures_;
  std::vector<Bucket> buckets_;
  uint64_t num_requests_ = 0;
};

}  // namespace locust_like::stats
