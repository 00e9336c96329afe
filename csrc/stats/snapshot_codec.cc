// Encoding of Snapshots. Layout, in wire.h's items:
//   version, taken_ns, taken_wall, start_wall,
//   number of methods, methods, number of rows, rows, number of failures, failures.
// A row: index of its method, name, counters in the order of kCounters, failure codes, statuses,
// total, min and max, histograms. A failure: index of its row, code, status, text, counts, its
// captures as texts.
// The total is not sent, because it is the sum of the rows. Failures of codes beyond this build's
// are malformed, because Code is part of the version.
#include <algorithm>
#include <string>
#include <utility>

#include "stats/accumulator.h"
#include "stats/snapshot.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr uint64_t kMaxTotalNs = uint64_t{1} << 60;  // 36 years of response time
constexpr uint64_t kMaxStatus = 999;
constexpr auto kMaxTimeNs = static_cast<uint64_t>(INT64_MAX);

void write_entry(ByteWriter& writer, const Entry& entry) {
  for (const auto counter : kCounters) writer.varint(entry.counters.*counter);
  for (const uint64_t count : entry.failure_codes) writer.varint(count);
  auto statuses = entry.status_codes.items();
  std::sort(statuses.begin(), statuses.end());
  writer.varint(statuses.size());
  for (const auto& [status, count] : statuses) {
    writer.varint(status);
    writer.varint(count);
  }
  writer.real(entry.last_recorded_wall_s);
  writer.buckets(entry.times.occupied());
  if (entry.times.count() > 0) {
    writer.varint(entry.range.total_ns);
    writer.varint(static_cast<uint64_t>(entry.range.min_ns));
    writer.varint(static_cast<uint64_t>(entry.range.max_ns));
  }
  writer.buckets(entry.from_intended.occupied());
  writer.varint(entry.phase_calls);
  if (entry.phase_calls == 0) return;
  for (size_t i = 0; i < entry.phases.size(); ++i) {
    writer.varint(entry.phase_total_ns[i]);
    writer.buckets(entry.phases[i].occupied());
  }
}

template <int kSubBits>
void read_histogram(ByteReader& reader, Histogram<uint64_t, kSubBits>& histogram) {
  for (const auto& [index, count] : reader.buckets(Buckets<kSubBits>::kCount)) {
    histogram.add(index, count);
  }
}

void read_statuses(ByteReader& reader, StatusCounts& statuses) {
  const uint64_t count = reader.varint(kMaxStatus + 1);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const auto status = static_cast<uint16_t>(reader.varint(kMaxStatus));
    statuses.add(status, reader.varint(kMaxCount));
  }
}

void read_phases(ByteReader& reader, Entry& entry) {
  entry.phase_calls = reader.varint(kMaxCount);
  if (entry.phase_calls == 0) return;
  for (size_t i = 0; i < entry.phases.size(); ++i) {
    entry.phase_total_ns[i] = reader.varint(kMaxTotalNs);
    read_histogram(reader, entry.phases[i]);
  }
}

// Counts that belong together agree. Failures may exceed requests: a late one follows its request,
// perhaps into the next interval.
bool is_consistent(const Entry& entry) {
  const Counters& counters = entry.counters;
  const bool has_times = entry.times.count() > 0;
  return !entry.empty() && with_protocol(counters) <= counters.num_requests &&
         counters.num_without_time <= counters.num_requests &&
         entry.times.count() == counters.num_requests - counters.num_without_time &&
         entry.from_intended.count() <= counters.num_requests &&
         entry.phase_calls <= counters.num_requests &&
         std::all_of(entry.phases.begin(), entry.phases.end(),
                     [&](const auto& phase) { return phase.count() <= entry.phase_calls; }) &&
         (!has_times || entry.range.min_ns <= entry.range.max_ns);
}

bool read_entry(ByteReader& reader, Entry& entry) {
  for (const auto counter : kCounters) entry.counters.*counter = reader.varint(kMaxCount);
  for (uint64_t& count : entry.failure_codes) count = reader.varint(kMaxCount);
  read_statuses(reader, entry.status_codes);
  entry.last_recorded_wall_s = reader.real();
  read_histogram(reader, entry.times);
  if (reader.ok() && entry.times.count() > 0) {
    entry.range.total_ns = reader.varint(kMaxTotalNs);
    entry.range.min_ns = static_cast<int64_t>(reader.varint(kMaxTimeNs));
    entry.range.max_ns = static_cast<int64_t>(reader.varint(kMaxTimeNs));
  }
  read_histogram(reader, entry.from_intended);
  read_phases(reader, entry);
  return reader.ok() && is_consistent(entry);
}

Status malformed(std::string_view what, const ByteReader& reader) {
  return {Code::kProtocol, "decode snapshot: bad " + std::string(what) + ", " +
                               std::to_string(reader.remaining()) + " bytes left"};
}

bool read_methods(ByteReader& reader, std::vector<std::string_view>& methods) {
  const uint64_t count = reader.varint(kMaxNamesWithOther + 1);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) methods.push_back(reader.text(kMaxNameBytes));
  return reader.ok();
}

bool read_rows(ByteReader& reader, Accumulator& sum, std::vector<NameId>& ids) {
  std::vector<std::string_view> methods;
  if (!read_methods(reader, methods)) return false;
  const uint64_t count = reader.varint(kMaxNamesWithOther + 1);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const uint64_t method = reader.varint(methods.size());
    const std::string_view name = reader.text(kMaxNameBytes);
    Entry entry;
    if (!read_entry(reader, entry) || method >= methods.size()) return false;
    const NameId id = sum.intern(methods[method], name);
    if (id.value != ids.size()) return false;  // the same name twice
    ids.push_back(id);
    sum.add(id, entry);
  }
  return reader.ok();
}

bool read_captures(ByteReader& reader, ErrorRow& row) {
  const uint64_t count = reader.varint(kMaxCapturesPerRow);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    row.captures.push_back(decode_capture(reader.text(kMaxCaptureBytes)));
    if (row.captures.back() == nullptr) return false;
  }
  return reader.ok();
}

bool read_failures(ByteReader& reader, Accumulator& sum, const std::vector<NameId>& ids) {
  const uint64_t count = reader.varint(kMaxErrorRows + ids.size() * kCodeCount);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    ErrorRow row;
    const uint64_t index = reader.varint(ids.size());
    row.code = static_cast<Code>(reader.varint(kCodeCount - 1));
    row.status = static_cast<uint16_t>(reader.varint(UINT16_MAX));
    row.text = reader.text(kMaxErrorTextBytes);
    row.occurrences = reader.varint(kMaxCount);
    row.first_seen_wall_s = reader.real();
    row.last_seen_wall_s = reader.real();
    if (!read_captures(reader, row) || index >= ids.size() || row.occurrences == 0) return false;
    row.name = ids[index];
    sum.add_error(row);
  }
  return reader.ok();
}

}  // namespace

std::string Snapshot::encode() const {
  ByteWriter writer;
  writer.varint(kSnapshotVersion);
  writer.varint(static_cast<uint64_t>(to_ns(times_.taken)));
  writer.real(times_.taken_wall_s);
  writer.real(times_.start_wall_s);
  std::vector<std::string_view> methods;
  std::vector<size_t> method_of;
  for (const Row& row : rows_) {
    const auto found = std::find(methods.begin(), methods.end(), row.name->method);
    method_of.push_back(static_cast<size_t>(found - methods.begin()));
    if (found == methods.end()) methods.push_back(row.name->method);
  }
  writer.varint(methods.size());
  for (const std::string_view method : methods) writer.text(method);
  writer.varint(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    writer.varint(method_of[i]);
    writer.text(rows_[i].name->name);
    write_entry(writer, *rows_[i].entry);
  }
  writer.varint(failures_->size());
  for (const Failure& failure : *failures_) {
    const Row* row = find(failure.name->method, failure.name->name);
    writer.varint(static_cast<uint64_t>(row - rows_.data()));
    writer.varint(static_cast<uint64_t>(failure.error.code));
    writer.varint(failure.error.status);
    writer.text(failure.error.text);
    writer.varint(failure.error.occurrences);
    writer.real(failure.error.first_seen_wall_s);
    writer.real(failure.error.last_seen_wall_s);
    writer.varint(failure.error.captures.size());
    for (const auto& capture : failure.error.captures) {
      ByteWriter bytes;
      stats::encode(*capture, bytes);
      writer.text(bytes.bytes());
    }
  }
  return writer.take();
}

Result<Snapshot> Snapshot::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.varint() != kSnapshotVersion) return malformed("version", reader);
  SnapshotTimes times;
  times.taken = TimePoint(Nanos(static_cast<int64_t>(reader.varint(kMaxTimeNs))));
  times.taken_wall_s = reader.real();
  times.start_wall_s = reader.real();
  if (!reader.ok() || times.start_wall_s > times.taken_wall_s) return malformed("times", reader);
  Accumulator sum;
  std::vector<NameId> ids;
  if (!read_rows(reader, sum, ids)) return malformed("row", reader);
  if (!read_failures(reader, sum, ids)) return malformed("failure", reader);
  if (!reader.at_end()) return malformed("end", reader);
  return sum.snapshot(times);
}

}  // namespace locust_like::stats
