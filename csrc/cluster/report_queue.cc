#include "cluster/report_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cluster/message.h"

namespace locust_like::cluster {

size_t ReportQueue::bytes_of(const Waiting& report) {
  size_t bytes = sizeof report + report.counted.delta.bytes.size() +
                 report.counted.delta.names.size() * sizeof(stats::NumberedName);
  for (const Parcel& parcel : report.parcels) bytes += parcel.bytes();
  return bytes;
}

void ReportQueue::add(Counted counted) {
  Waiting report{std::move(counted), take_parcels(), 0};
  report.bytes = bytes_of(report);
  bytes_ += report.bytes;
  reports_.push_back(std::move(report));
  merge_waiting();
}

// As many as a report may have.
std::vector<Parcel> ReportQueue::take_parcels() {
  std::vector<Parcel> taken;
  size_t taken_bytes = 0;
  while (!parcels_.empty() && taken.size() < kMaxParcels &&
         taken_bytes + parcels_.front().bytes() <= kMaxParcelsBytes) {
    taken_bytes += parcels_.front().bytes();
    taken.push_back(std::move(parcels_.front()));
    parcels_.pop_front();
  }
  bytes_ -= taken_bytes;
  return taken;
}

Status ReportQueue::add_parcel(std::string_view kind, std::string_view document) {
  if (kind.size() > kMaxKindBytes || document.size() > kMaxDocumentBytes) {
    return {Code::kInvalidArgument, "send to master: " + std::to_string(document.size()) +
                                        " bytes are more than a message may have (" +
                                        std::to_string(kMaxDocumentBytes) + ")"};
  }
  Parcel parcel{std::string(kind), std::string(document)};
  while (bytes_ + parcel.bytes() > kMaxQueueBytes) {
    if (drop_log()) continue;
    if (kind == kLogParcel) {
      ++dropped_logs_;
      return {};
    }
    return {Code::kResources, "send to master: it has not yet acknowledged the " +
                                  std::to_string(bytes_) + " bytes before this"};
  }
  bytes_ += parcel.bytes();
  parcels_.push_back(std::move(parcel));
  return {};
}

// Drops the oldest log parcel of a report that was never sent. False when there is none.
bool ReportQueue::drop_log() {
  const auto is_log = [](const Parcel& parcel) { return parcel.kind == kLogParcel; };
  for (size_t i = numbered_; i < reports_.size(); ++i) {
    Waiting& report = reports_[i];
    const auto found = std::find_if(report.parcels.begin(), report.parcels.end(), is_log);
    if (found == report.parcels.end()) continue;
    bytes_ -= found->bytes();
    report.bytes -= found->bytes();
    report.parcels.erase(found);
    ++dropped_logs_;
    return true;
  }
  const auto found = std::find_if(parcels_.begin(), parcels_.end(), is_log);
  if (found == parcels_.end()) return false;
  bytes_ -= found->bytes();
  parcels_.erase(found);
  ++dropped_logs_;
  return true;
}

void ReportQueue::close_parcels(uint64_t run, int64_t wall_ns) {
  while (!parcels_.empty()) add({run, wall_ns, 0, false, {}});
}

// Makes one of the two neighbours that are the shortest together, so that old times lose detail
// evenly.
void ReportQueue::merge_waiting() {
  if (reports_.size() - numbered_ <= kMaxWaitingReports) return;
  size_t best = reports_.size();
  int64_t best_ns = INT64_MAX;
  for (size_t i = numbered_; i + 1 < reports_.size(); ++i) {
    const int64_t together_ns = reports_[i].counted.length_ns + reports_[i + 1].counted.length_ns;
    if (together_ns >= best_ns || !may_merge(reports_[i], reports_[i + 1])) continue;
    best = i;
    best_ns = together_ns;
  }
  if (best == reports_.size()) return;
  const size_t before = reports_[best].bytes + reports_[best + 1].bytes;
  if (!merge(reports_[best], reports_[best + 1])) return;
  bytes_ -= before - reports_[best].bytes;
  reports_.erase(reports_.begin() + static_cast<ptrdiff_t>(best) + 1);
}

bool ReportQueue::may_merge(const Waiting& first, const Waiting& second) {
  return first.counted.run == second.counted.run && !first.counted.is_final &&
         first.bytes + second.bytes <= kMaxParcelsBytes &&
         first.parcels.size() + second.parcels.size() <= kMaxParcels;
}

bool ReportQueue::merge(Waiting& first, Waiting& second) {
  std::optional<stats::DeltaPiece> sum =
      stats::merge_pieces(first.counted.delta, second.counted.delta, kMaxDeltaBytes);
  if (!sum) return false;
  first.counted.delta = std::move(*sum);
  const int64_t end_ns = second.counted.start_wall_ns + second.counted.length_ns;
  first.counted.length_ns = std::max<int64_t>(end_ns - first.counted.start_wall_ns, 0);
  first.counted.is_final = second.counted.is_final;
  std::move(second.parcels.begin(), second.parcels.end(), std::back_inserter(first.parcels));
  first.bytes = bytes_of(first);
  return true;
}

std::vector<uint64_t> ReportQueue::start_over(uint64_t acknowledged, TimePoint now) {
  std::vector<uint64_t> drained = acknowledge(acknowledged, now);
  next_ = 0;
  gone_back_for_ = UINT64_MAX;
  progress_at_ = now;
  told_by_.clear();
  return drained;
}

std::vector<uint64_t> ReportQueue::acknowledge(uint64_t sequence, TimePoint now) {
  std::vector<uint64_t> drained;
  while (acknowledged_ < sequence && numbered_ > 0) {
    const Waiting& report = reports_.front();
    if (report.counted.is_final) drained.push_back(report.counted.run);
    bytes_ -= report.bytes;
    reports_.pop_front();
    ++acknowledged_;
    --numbered_;
    if (next_ > 0) --next_;
    progress_at_ = now;
  }
  return drained;
}

void ReportQueue::go_back(uint64_t acknowledged, TimePoint now) {
  if (acknowledged != acknowledged_ || acknowledged == gone_back_for_) return;
  gone_back_for_ = acknowledged;
  next_ = 0;
  progress_at_ = now;
}

void ReportQueue::send_due(Transport& transport, uint32_t generation, TimePoint now) {
  if (next_ > 0 && now - progress_at_ >= kResendInterval) {
    next_ = 0;
    progress_at_ = now;
  }
  while (next_ < std::min(reports_.size(), kMaxUnacknowledged)) {
    if (transport.send({}, encode_report(next_, generation)) != Sent::kYes) return;
    if (next_ == 0) progress_at_ = now;
    ++next_;
    numbered_ = std::max(numbered_, next_);
  }
}

std::string ReportQueue::encode_report(size_t index, uint32_t generation) {
  const Counted& counted = reports_[index].counted;
  Report report;
  report.generation = generation;
  report.sequence = acknowledged_ + 1 + index;
  report.run = counted.run;
  report.start_wall_ns = counted.start_wall_ns;
  report.length_ns = counted.length_ns;
  report.is_final = counted.is_final;
  report.delta = counted.delta.bytes;
  for (const stats::NumberedName& name : counted.delta.names) {
    if (name.number >= told_by_.size()) told_by_.resize(name.number + 1);
    uint64_t& told_by = told_by_[name.number];
    if (told_by == 0) told_by = report.sequence;
    // Also again in a report that goes out again: who counts it counts none after it before.
    if (told_by != report.sequence) continue;
    report.names.push_back({name.number, name.name->method, name.name->name});
  }
  for (const Parcel& parcel : reports_[index].parcels) {
    report.parcels.push_back({parcel.kind, parcel.document});
  }
  return encode(WorkerMessage(std::move(report)));
}

}  // namespace locust_like::cluster
