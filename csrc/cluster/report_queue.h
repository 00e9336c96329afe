// ReportQueue: what a worker has counted and its master has not acknowledged.
//
// A report gets its sequence when it is first sent; from then on its content never changes, because
// the master may have counted it and only the acknowledgement got lost. At most kMaxUnacknowledged
// are under way. Reports that were never sent wait; when more than kMaxWaitingReports do, two
// neighbours of one run become one. Above kMaxQueueBytes log parcels go first, and are counted;
// figures never.
// Names are told once in an admission: by the first report, in order of sequence, that uses them.
// Thread: not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "cluster/transport.h"
#include "stats/delta_encoder.h"

namespace locust_like::cluster {

// The kind of parcels that may be dropped.
inline constexpr std::string_view kLogParcel = "log";

struct Parcel {
  std::string kind;
  std::string document;
  size_t bytes() const { return sizeof *this + kind.size() + document.size(); }
};

// What was counted in one interval.
struct Counted {
  uint64_t run = 0;
  int64_t start_wall_ns = 0;
  int64_t length_ns = 0;
  bool is_final = false;  // the last of its run
  stats::DeltaPiece delta;
};

class ReportQueue {
 public:
  // Queues figures, with parcels that gathered before.
  void add(Counted counted);
  // Errors: Code::kInvalidArgument for a parcel above its limit, Code::kResources when the queue is
  // full of what may not be dropped.
  Status add_parcel(std::string_view kind, std::string_view document);
  // Makes reports of all parcels that wait for one; `run` and `wall_ns` are now's.
  void close_parcels(uint64_t run, int64_t wall_ns);

  // A new admission by a master that knows what is `acknowledged`: everything after that is sent
  // again. Returns as acknowledge().
  std::vector<uint64_t> start_over(uint64_t acknowledged, TimePoint now);
  // Returns the runs whose final report is acknowledged by this.
  std::vector<uint64_t> acknowledge(uint64_t sequence, TimePoint now);
  // The master missed one: sends again what follows its acknowledgement, once for each.
  void go_back(uint64_t acknowledged, TimePoint now);
  // Sends what is due and fits the window.
  void send_due(Transport& transport, uint32_t generation, TimePoint now);

  // Of the oldest report that is not acknowledged, or of the next to come.
  uint64_t first_sequence() const { return acknowledged_ + 1; }
  bool empty() const { return reports_.empty() && parcels_.empty(); }
  size_t size() const { return reports_.size(); }
  size_t bytes() const { return bytes_; }
  uint64_t dropped_logs() const { return dropped_logs_; }

 private:
  friend class Fingerprint;  // of tests, to tell states apart

  struct Waiting {
    Counted counted;
    std::vector<Parcel> parcels;
    size_t bytes = 0;
  };

  static size_t bytes_of(const Waiting& report);
  std::vector<Parcel> take_parcels();
  std::string encode_report(size_t index, uint32_t generation);
  void merge_waiting();
  static bool may_merge(const Waiting& first, const Waiting& second);
  static bool merge(Waiting& first, Waiting& second);
  bool drop_log();

  // reports_[i] has the sequence acknowledged_ + 1 + i.
  std::deque<Waiting> reports_;
  std::deque<Parcel> parcels_;  // for the next report
  uint64_t acknowledged_ = 0;
  size_t numbered_ = 0;  // of reports_, those that were ever sent
  size_t next_ = 0;      // of reports_, the first not under way
  size_t bytes_ = 0;     // of both
  TimePoint progress_at_;
  uint64_t gone_back_for_ = UINT64_MAX;
  uint64_t dropped_logs_ = 0;
  // By number of the name: the sequence of the report that tells it in this admission; 0 = none
  // yet.
  std::vector<uint64_t> told_by_;
};

}  // namespace locust_like::cluster
