#include "target/counters.h"

#include <algorithm>

namespace locust_like::target {
namespace {

void append_field(std::string_view name, uint64_t value, std::string& out) {
  if (out.back() != '{') out.append(", ");
  out.append("\"").append(name).append("\": ").append(std::to_string(value));
}

void open_object(std::string_view name, std::string& out) {
  out.append(", \"").append(name).append("\": {");
}

}  // namespace

std::string to_json(const Counters& counters) {
  std::string out = "{";
  append_field("requests", counters.requests, out);
  append_field("stats_requests", counters.stats_requests, out);
  append_field("malformed", counters.malformed, out);
  append_field("aborted", counters.aborted, out);
  append_field("connections_accepted", counters.connections_accepted, out);
  append_field("connections_open", counters.connections_open, out);
  append_field("bytes_received", counters.bytes_received, out);
  append_field("bytes_sent", counters.bytes_sent, out);
  open_object("by_path", out);
  for (int index = 0; index < kPathCount; ++index) {
    Path path = static_cast<Path>(index);
    if (!is_stats(path)) append_field(path_name(path), counters.by_path[index], out);
  }
  out.push_back('}');
  open_object("by_status", out);
  for (auto [status, count] : counters.by_status) append_field(std::to_string(status), count, out);
  out.push_back('}');
  open_object("delay_lateness", out);
  append_field("count", counters.delay_lateness.count, out);
  append_field("p50_us", counters.delay_lateness.p50_us, out);
  append_field("p99_us", counters.delay_lateness.p99_us, out);
  append_field("max_us", counters.delay_lateness.max_us, out);
  return out.append("}}\n");
}

void CounterBoard::count_request(Path path, int status) {
  if (is_stats(path)) {
    add(stats_requests_, 1);
    return;
  }
  add(by_path_[static_cast<size_t>(path)], 1);
  add(by_status_.at(status), 1);
}

void CounterBoard::count_lateness(Nanos lateness) {
  auto us = static_cast<uint64_t>(std::max<int64_t>(lateness.count(), 0) / 1'000);
  add(lateness_us_[std::min<uint64_t>(us, kLatenessBuckets - 1)], 1);
  if (us > read(lateness_max_us_)) lateness_max_us_.store(us, std::memory_order_relaxed);
}

void CounterBoard::reset() {
  auto clear = [](Cell& cell) { cell.store(0, std::memory_order_relaxed); };
  for (Cell& cell : by_path_) clear(cell);
  for (Cell& cell : by_status_) clear(cell);
  for (Cell& cell : lateness_us_) clear(cell);
  for (Cell* cell : {&lateness_max_us_, &stats_requests_, &malformed_, &accepted_, &aborted_,
                     &received_, &sent_}) {
    clear(*cell);
  }
}

DelayLateness CounterBoard::lateness() const {
  DelayLateness result{.max_us = read(lateness_max_us_)};
  for (const Cell& cell : lateness_us_) result.count += read(cell);
  uint64_t seen = 0;
  for (uint64_t us = 0; us < kLatenessBuckets; ++us) {
    uint64_t before = seen;
    seen += read(lateness_us_[us]);
    // What fell into the last bucket is only known to be at most the maximum.
    uint64_t value = us == kLatenessBuckets - 1 ? result.max_us : us;
    if (before * 2 < result.count && seen * 2 >= result.count) result.p50_us = value;
    if (before * 100 < result.count * 99 && seen * 100 >= result.count * 99) result.p99_us = value;
  }
  return result;
}

Counters CounterBoard::snapshot() const {
  Counters result;
  for (int index = 0; index < kPathCount; ++index) {
    result.by_path[index] = read(by_path_[index]);
    result.requests += result.by_path[index];
  }
  for (int status = 0; status < kStatusCount; ++status) {
    if (uint64_t count = read(by_status_[status])) result.by_status[status] = count;
  }
  result.stats_requests = read(stats_requests_);
  result.malformed = read(malformed_);
  result.connections_accepted = read(accepted_);
  result.connections_open = read(open_);
  result.aborted = read(aborted_);
  result.bytes_received = read(received_);
  result.bytes_sent = read(sent_);
  result.delay_lateness = lateness();
  return result;
}

}  // namespace locust_like::target
