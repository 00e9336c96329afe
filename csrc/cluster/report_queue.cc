#include "cluster/report_queue.h"

#include <algorithm>
#include <utility>

#include "cluster/message.h"

namespace locust_like::cluster {

size_t ReportQueue::Waiting::bytes() const {
  size_t bytes = sizeof *this + counted.delta.size();
  for (const Parcel& parcel : parcels) bytes += sizeof parcel + parcel.bytes();
  return bytes;
}

void ReportQueue::add(Counted counted) {
  for (const Parcel& parcel : parcels_) bytes_ -= sizeof parcel + parcel.bytes();
  Waiting report{std::move(counted), std::exchange(parcels_, {})};
  bytes_ += report.bytes();
  reports_.push_back(std::move(report));
}

Status ReportQueue::add_parcel(std::string_view kind, std::string_view document) {
  if (kind.size() > kMaxKindBytes || document.size() > kMaxDocumentBytes) {
    return {Code::kInvalidArgument, "send to master: " + std::to_string(document.size()) +
                                        " bytes are more than a message may have (" +
                                        std::to_string(kMaxDocumentBytes) + ")"};
  }
  Parcel parcel{std::string(kind), std::string(document)};
  const size_t bytes = sizeof parcel + parcel.bytes();
  if (bytes_ + bytes > kMaxQueueBytes) {
    return {Code::kResources, "send to master: it has not acknowledged " + std::to_string(bytes_) +
                                  " bytes before this"};
  }
  bytes_ += bytes;
  parcels_.push_back(std::move(parcel));
  return {};
}

void ReportQueue::close_parcels(uint64_t run, int64_t wall_ns) {
  if (!parcels_.empty()) add({run, wall_ns, 0, false, {}});
}

std::vector<uint64_t> ReportQueue::start_over(uint64_t acknowledged, TimePoint now) {
  std::vector<uint64_t> drained = acknowledge(acknowledged, now);
  next_ = 0;
  gone_back_for_ = UINT64_MAX;
  progress_at_ = now;
  return drained;
}

std::vector<uint64_t> ReportQueue::acknowledge(uint64_t sequence, TimePoint now) {
  std::vector<uint64_t> drained;
  while (acknowledged_ < sequence && numbered_ > 0) {
    const Waiting& report = reports_.front();
    if (report.counted.is_final) drained.push_back(report.counted.run);
    bytes_ -= report.bytes();
    reports_.pop_front();
    ++acknowledged_;
    --numbered_;
    if (next_ > 0) --next_;
    progress_at_ = now;
  }
  return drained;
}

void ReportQueue::go_back(uint64_t acknowledged, TimePoint now) {
  if (acknowledged < acknowledged_ || acknowledged == gone_back_for_) return;
  gone_back_for_ = acknowledged;
  next_ = 0;
  progress_at_ = now;
}

Sent ReportQueue::send_due(Transport& transport, uint32_t generation, TimePoint now) {
  if (next_ > 0 && now - progress_at_ >= kResendInterval) {
    next_ = 0;
    progress_at_ = now;
  }
  while (next_ < std::min(reports_.size(), kMaxUnacknowledged)) {
    const Sent sent = transport.send({}, encode_report(next_, generation));
    if (sent != Sent::kYes) return sent;
    if (next_ == 0) progress_at_ = now;
    ++next_;
    numbered_ = std::max(numbered_, next_);
  }
  return Sent::kYes;
}

std::string ReportQueue::encode_report(size_t index, uint32_t generation) const {
  const Waiting& waiting = reports_[index];
  Report report;
  report.generation = generation;
  report.sequence = acknowledged_ + 1 + index;
  report.run = waiting.counted.run;
  report.start_wall_ns = waiting.counted.start_wall_ns;
  report.length_ns = waiting.counted.length_ns;
  report.is_final = waiting.counted.is_final;
  report.delta = waiting.counted.delta;
  for (const Parcel& parcel : waiting.parcels) {
    report.parcels.push_back({parcel.kind, parcel.document});
  }
  return encode(WorkerMessage(std::move(report)));
}

}  // namespace locust_like::cluster
