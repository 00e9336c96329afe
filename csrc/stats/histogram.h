// Histogram: mergeable latency histogram with a stated error bound.
//
// Log-linear in whole microseconds: every octave [2^e, 2^(e+1)) is cut into 2^kSubBits equal
// buckets, so a bucket is at most 1/2^kSubBits of its value wide (0.78 % with 7 bits, 3.1 % with 5)
// and its mid-point errs by half of that. Below 2^kSubBits us each microsecond has its own bucket,
// and the error is half a microsecond. The range ends at 2^32 us (71 minutes); longer times count
// in the last bucket. An octave's page of counters is allocated when its first value comes: a
// typical endpoint touches 4-8 of 26 pages.
// Chosen over HdrHistogram (188 KB at three digits) and DDSketch (a logarithm per value): merging
// is adding, subtracting is exact, and recording costs 2-3 ns. Thread: not thread-safe. Errors:
// none; memory is bounded by kBuckets counters.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace locust_like::stats {

// One occupied bucket of some histogram.
struct BucketCount {
  uint32_t index = 0;
  uint64_t count = 0;
  friend bool operator==(const BucketCount&, const BucketCount&) = default;
};

// Where values fall: pure arithmetic, shared by all histograms of one resolution.
template <int kSubBits>
struct Buckets {
  static constexpr uint32_t kPerPage = 1U << kSubBits;
  static constexpr uint32_t kPages = 32 - kSubBits + 1;
  static constexpr uint32_t kCount = kPages * kPerPage;

  static constexpr uint32_t index_of(uint64_t us) {
    if (us >> 32 != 0) return kCount - 1;
    // Setting the bit of the first octave makes the linear part (shift 0) need no branch.
    const int shift = std::bit_width(us | kPerPage) - 1 - kSubBits;
    return (static_cast<uint32_t>(shift) << kSubBits) + static_cast<uint32_t>(us >> shift);
  }
  // Bucket `index` holds lower_us <= value < upper_us.
  static constexpr uint64_t lower_us(uint32_t index) {
    const uint32_t page = index >> kSubBits;
    if (page == 0) return index;
    return uint64_t{(index & (kPerPage - 1)) + kPerPage} << (page - 1);
  }
  static constexpr uint64_t upper_us(uint32_t index) {
    const uint32_t page = index >> kSubBits;
    return lower_us(index) + (uint64_t{1} << (page == 0 ? 0 : page - 1));
  }
  static constexpr double middle_us(uint32_t index) {
    return static_cast<double>(lower_us(index) + upper_us(index)) / 2;
  }
};

// Position, counted from 0 in ascending order, of the value below which `share` of `count` values
// stay. Source: Locust's calculate_response_time_percentile, same double expression.
// REQUIRES: count > 0.
inline uint64_t rank_of(double share, uint64_t count) {
  const double position = static_cast<double>(count) * std::clamp(share, 0.0, 1.0);
  return std::min(static_cast<uint64_t>(position), count - 1);
}

template <typename Count, int kSubBits>
class Histogram {
 public:
  using Layout = Buckets<kSubBits>;

  Histogram() = default;
  ~Histogram() = default;
  Histogram(Histogram&&) noexcept = default;
  Histogram& operator=(Histogram&&) noexcept = default;
  Histogram(const Histogram& other) { merge(other); }
  Histogram& operator=(const Histogram& other) {
    if (this != &other) *this = Histogram(other);
    return *this;
  }

  // O(1); allocates when the octave is new.
  void record(uint64_t us) { add(Layout::index_of(us), 1); }
  // REQUIRES: index < Layout::kCount.
  void add(uint32_t index, uint64_t count) {
    std::unique_ptr<Count[]>& page = pages_[index >> kSubBits];
    if (!page) page = std::make_unique<Count[]>(Layout::kPerPage);
    page[index & (Layout::kPerPage - 1)] += static_cast<Count>(count);
    count_ += count;
  }

  // For many buckets in a row: add() for each, but the sum is kept apart until the end.
  class Adder {
   public:
    explicit Adder(Histogram& to) : to_(to) {}
    ~Adder() { to_.count_ += added_; }
    Adder(const Adder&) = default;  // REQUIRES: nothing was added yet
    Adder& operator=(const Adder&) = delete;
    // REQUIRES: index < Layout::kCount.
    void operator()(uint32_t index, uint64_t count) {
      std::unique_ptr<Count[]>& page = to_.pages_[index >> kSubBits];
      if (!page) page = std::make_unique<Count[]>(Layout::kPerPage);
      page[index & (Layout::kPerPage - 1)] += static_cast<Count>(count);
      added_ += count;
    }

   private:
    Histogram& to_;
    uint64_t added_ = 0;
  };

  template <typename OtherCount>
  void merge(const Histogram<OtherCount, kSubBits>& other) {
    for (uint32_t p = 0; p < Layout::kPages; ++p) {
      const OtherCount* from = other.page(p);
      if (!from) continue;
      if (!pages_[p]) pages_[p] = std::make_unique<Count[]>(Layout::kPerPage);
      Count* to = pages_[p].get();
      for (uint32_t i = 0; i < Layout::kPerPage; ++i) to[i] += static_cast<Count>(from[i]);
    }
    count_ += other.count();
  }

  // Takes away what `earlier` had counted. A bucket never goes below zero, so a histogram that was
  // reset in between gives what came after the reset.
  void subtract(const Histogram& earlier) {
    count_ = 0;
    for (uint32_t p = 0; p < Layout::kPages; ++p) {
      if (!pages_[p]) continue;
      const Count* from = earlier.page(p);
      for (uint32_t i = 0; i < Layout::kPerPage; ++i) {
        Count& value = pages_[p][i];
        if (from) value -= std::min(value, from[i]);
        count_ += value;
      }
    }
  }

  // Forgets all counts; pages stay for reuse.
  void clear() {
    if (count_ == 0) return;
    for (auto& page : pages_) {
      if (page) std::fill_n(page.get(), Layout::kPerPage, Count{0});
    }
    count_ = 0;
  }

  uint64_t count() const { return count_; }

  // Calls visit(index, count) for every occupied bucket in ascending order until it returns false.
  template <typename Visit>
  void visit_occupied(Visit&& visit) const {
    for (uint32_t p = 0; p < Layout::kPages; ++p) {
      if (!pages_[p]) continue;
      for (uint32_t i = 0; i < Layout::kPerPage; ++i) {
        const Count value = pages_[p][i];
        if (value != 0 && !visit((p << kSubBits) + i, uint64_t{value})) return;
      }
    }
  }

  std::vector<BucketCount> occupied() const {
    std::vector<BucketCount> buckets;
    visit_occupied([&](uint32_t index, uint64_t count) {
      buckets.push_back({index, count});
      return true;
    });
    return buckets;
  }

  // Bucket of the value at position `rank` in ascending order. REQUIRES: rank < count().
  uint32_t bucket_at(uint64_t rank) const {
    uint64_t seen = 0;
    uint32_t found = 0;
    visit_occupied([&](uint32_t index, uint64_t count) {
      seen += count;
      found = index;
      return seen <= rank;
    });
    return found;
  }

  // Mid-point of the bucket of percentile `share` (0-1) in microseconds; nothing when empty.
  std::optional<double> percentile_us(double share) const {
    if (count_ == 0) return std::nullopt;
    return Layout::middle_us(bucket_at(rank_of(share, count_)));
  }

  // Counters of one octave, or null. For merge().
  const Count* page(uint32_t index) const { return pages_[index].get(); }

 private:
  std::array<std::unique_ptr<Count[]>, Layout::kPages> pages_{};
  uint64_t count_ = 0;
};

// Response times and times from the intended start; phases. Intervals of one thread count in 32
// bits ("delta"), sums of a run in 64.
inline constexpr int kTimeSubBits = 7;
inline constexpr int kPhaseSubBits = 5;
using TimeBuckets = Buckets<kTimeSubBits>;
template <typename Count>
using TimeHistogram = Histogram<Count, kTimeSubBits>;
template <typename Count>
using PhaseHistogram = Histogram<Count, kPhaseSubBits>;

}  // namespace locust_like::stats
