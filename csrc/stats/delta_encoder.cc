#include "stats/delta_encoder.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "stats/delta.h"
#include "stats/table.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

template <typename Count, int kSubBits>
void write_buckets(ByteWriter& to, const Histogram<Count, kSubBits>& histogram) {
  const std::vector<BucketCount> occupied = histogram.occupied();
  to.varint(occupied.size());
  uint32_t next = 0;
  uint64_t larger = 0;
  for (const BucketCount& bucket : occupied) {
    to.varint(bucket.index - next);
    next = bucket.index + 1;
    larger += bucket.count > 1 ? 1 : 0;
  }
  to.varint(larger);
  size_t next_position = 0;
  for (size_t i = 0; i < occupied.size(); ++i) {
    if (occupied[i].count == 1) continue;
    to.varint(i - next_position);
    to.varint(occupied[i].count - 2);
    next_position = i + 1;
  }
}

template <typename Count>
void write_phases(ByteWriter& to, const BasicEntry<Count>& entry) {
  to.varint(entry.phase_calls);
  uint64_t present = 0;
  for (size_t i = 0; i < entry.phases.size(); ++i) {
    if (entry.phases[i].count() > 0 || entry.phase_total_ns[i] > 0) present |= uint64_t{1} << i;
  }
  to.varint(present);
  for (size_t i = 0; i < entry.phases.size(); ++i) {
    if ((present & (uint64_t{1} << i)) == 0) continue;
    to.varint(entry.phase_total_ns[i]);
    write_buckets(to, entry.phases[i]);
  }
}

template <typename Count>
uint64_t presence_of(const BasicEntry<Count>& entry) {
  uint64_t presence = 0;
  for (size_t i = 0; i < kCounters.size(); ++i) {
    if (entry.counters.*kCounters[i] != 0) presence |= uint64_t{1} << i;
  }
  const auto mark = [&](DeltaPart part, bool is_there) {
    if (is_there) presence |= bit_of(part);
  };
  mark(DeltaPart::kFailureCodes, std::any_of(entry.failure_codes.begin(), entry.failure_codes.end(),
                                             [](uint64_t count) { return count > 0; }));
  mark(DeltaPart::kStatuses, !entry.status_codes.items().empty());
  mark(DeltaPart::kTimes, entry.times.count() > 0);
  mark(DeltaPart::kIntended, entry.from_intended.count() > 0);
  mark(DeltaPart::kPhases, entry.phase_calls > 0);
  return presence;
}

template <typename Count>
void write_row(ByteWriter& to, const BasicEntry<Count>& entry) {
  const uint64_t presence = presence_of(entry);
  const auto has = [&](DeltaPart part) { return (presence & bit_of(part)) != 0; };
  to.varint(presence);
  for (const auto counter : kCounters) {
    if (entry.counters.*counter != 0) to.varint(entry.counters.*counter);
  }
  if (has(DeltaPart::kFailureCodes)) {
    const auto is_set = [](uint64_t count) { return count > 0; };
    to.varint(static_cast<uint64_t>(
        std::count_if(entry.failure_codes.begin(), entry.failure_codes.end(), is_set)));
    for (size_t code = 0; code < entry.failure_codes.size(); ++code) {
      if (entry.failure_codes[code] == 0) continue;
      to.varint(code);
      to.varint(entry.failure_codes[code]);
    }
  }
  if (has(DeltaPart::kStatuses)) {
    to.varint(entry.status_codes.items().size());
    for (const auto& [status, count] : entry.status_codes.items()) {
      to.varint(status);
      to.varint(count);
    }
  }
  if (has(DeltaPart::kTimes)) {
    write_buckets(to, entry.times);
    to.varint(entry.range.total_ns);
    to.varint(static_cast<uint64_t>(entry.range.min_ns));
    to.varint(static_cast<uint64_t>(entry.range.max_ns - entry.range.min_ns));
  }
  if (has(DeltaPart::kIntended)) write_buckets(to, entry.from_intended);
  if (has(DeltaPart::kPhases)) write_phases(to, entry);
}

// In a message: number, lengths, texts.
size_t bytes_of(const NumberedName& name) {
  constexpr size_t kMaxHeadBytes = 8;
  return kMaxHeadBytes + name.name->method.size() + name.name->name.size();
}

// Puts rows into pieces, in ascending order of number.
class PieceWriter {
 public:
  explicit PieceWriter(size_t max_bytes) : max_bytes_(max_bytes) {}

  template <typename Count>
  void add(const NumberedName& name, const BasicEntry<Count>& entry,
           const std::vector<const ErrorRow*>& errors) {
    constexpr size_t kMaxFailureHeadBytes = 32;
    ByteWriter row;
    write_row(row, entry);
    size_t bytes = row.bytes().size() + bytes_of(name);
    for (const ErrorRow* error : errors) bytes += error->text.size() + kMaxFailureHeadBytes;
    if (!piece_.names.empty() && bytes_ + bytes > max_bytes_) close();
    bytes_ += bytes;
    rows_.varint(name.number - next_number_);
    rows_.raw(row.bytes());
    for (const ErrorRow* error : errors) add_failure(*error);
    next_number_ = name.number + 1;
    piece_.names.push_back(name);
  }

  std::vector<DeltaPiece> take() {
    close();
    return std::move(pieces_);
  }

 private:
  void add_failure(const ErrorRow& error) {
    ++failure_count_;
    failures_.varint(piece_.names.size());
    failures_.varint(static_cast<uint64_t>(error.code));
    failures_.varint(error.status);
    failures_.text(error.text);
    failures_.varint(error.occurrences);
    add_captures(error);
  }

  // Those that the piece has room for: the counts must travel, examples may be fewer.
  void add_captures(const ErrorRow& error) {
    std::vector<std::string> fitting;
    for (const auto& capture : error.captures) {
      ByteWriter bytes;
      encode(*capture, bytes);
      if (bytes_ + bytes.bytes().size() > max_bytes_) break;
      bytes_ += bytes.bytes().size();
      fitting.push_back(bytes.take());
    }
    failures_.varint(fitting.size());
    for (const std::string& capture : fitting) failures_.text(capture);
  }

  void close() {
    if (piece_.names.empty()) return;
    ByteWriter all;
    all.varint(kDeltaVersion);
    all.varint(piece_.names.size());
    all.raw(rows_.bytes());
    all.varint(failure_count_);
    all.raw(failures_.bytes());
    piece_.bytes = all.take();
    pieces_.push_back(std::exchange(piece_, {}));
    rows_ = {};
    failures_ = {};
    failure_count_ = 0;
    next_number_ = 0;
    bytes_ = 0;
  }

  const size_t max_bytes_;
  std::vector<DeltaPiece> pieces_;
  DeltaPiece piece_;
  ByteWriter rows_;
  ByteWriter failures_;
  uint64_t failure_count_ = 0;
  uint32_t next_number_ = 0;
  size_t bytes_ = 0;
};

using RowErrors = std::map<uint32_t, std::vector<const ErrorRow*>>;  // by number

}  // namespace

size_t DeltaPiece::message_bytes() const {
  return std::accumulate(names.begin(), names.end(), bytes.size(),
                         [](size_t sum, const NumberedName& name) { return sum + bytes_of(name); });
}

const NumberedName& DeltaEncoder::number(const std::shared_ptr<const Name>& name) {
  const auto found = numbers_.find({name->method, name->name});
  if (found != numbers_.end()) return found->second;
  const NumberedName numbered{static_cast<uint32_t>(numbers_.size()), name};
  return numbers_.emplace(NameKey{name->method, name->name}, numbered).first->second;
}

std::vector<DeltaPiece> DeltaEncoder::encode(const Snapshot& delta) {
  std::vector<std::pair<const NumberedName*, const Entry*>> rows;
  for (const Snapshot::Row& row : delta.rows()) {
    rows.emplace_back(&number(row.name), row.entry.get());
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.first->number < b.first->number; });
  RowErrors errors;
  for (const Snapshot::Failure& failure : delta.failures()) {
    errors[number(failure.name).number].push_back(&failure.error);
  }
  PieceWriter writer(max_piece_bytes_);
  for (const auto& [name, entry] : rows) writer.add(*name, *entry, errors[name->number]);
  return writer.take();
}

std::optional<DeltaPiece> merge_pieces(const DeltaPiece& a, const DeltaPiece& b,
                                       size_t max_piece_bytes) {
  if (a.bytes.empty()) return b;
  if (b.bytes.empty()) return a;
  std::map<uint32_t, NumberedName> names;
  NameDictionary same_numbers;
  for (const DeltaPiece* piece : {&a, &b}) {
    for (const NumberedName& name : piece->names) {
      names.emplace(name.number, name);
      same_numbers.define(name.number, NameId{name.number});
    }
  }
  Table sum(kMaxCaptures);
  uint64_t requests = 0;
  for (const DeltaPiece* piece : {&a, &b}) {
    Delta delta;
    if (!delta.decode(piece->bytes).ok()) return std::nullopt;
    requests += delta.num_requests();
    if (requests > kMaxDeltaCount) return std::nullopt;
    DeltaBatch batch;
    batch.add(delta, same_numbers);
    sum.add(batch);
  }
  RowErrors errors;
  for (const ErrorRow& error : sum.errors().rows()) errors[error.name.value].push_back(&error);
  PieceWriter writer(max_piece_bytes);
  for (const auto& [number, name] : names) {
    writer.add(name, sum.entry(NameId{number}), errors[number]);
  }
  std::vector<DeltaPiece> merged = writer.take();
  if (merged.size() != 1) return std::nullopt;
  return std::move(merged.front());
}

}  // namespace locust_like::stats
