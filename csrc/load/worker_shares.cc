#include "load/worker_shares.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "load/heap.h"

namespace locust_like::load {
namespace {

constexpr double kUnitsPerWeight = 1000;
// A number of users (31 bits) times all units stays below 2^63.
constexpr int64_t kMaxUnits = int64_t{1} << 32;

// What is due beyond all possible numbers of users is never due.
constexpr int kSeatBits = 16;
constexpr uint64_t kSeatMask = (uint64_t{1} << kSeatBits) - 1;
constexpr uint64_t kNever = (uint64_t{1} << (64 - kSeatBits)) - 1;

uint64_t at(uint64_t users, size_t seat) { return std::min(users, kNever) << kSeatBits | seat; }
size_t seat_of(uint64_t at) { return at & kSeatMask; }

Status check(const std::vector<Worker>& workers) {
  if (workers.size() > WorkerShares::kMaxWorkers) {
    return {Code::kInvalidArgument, std::to_string(workers.size()) + " workers are too many"};
  }
  std::set<int> indices;
  for (const Worker& worker : workers) {
    const std::string name = "worker " + std::to_string(worker.index);
    if (!indices.insert(worker.index).second) {
      return {Code::kInvalidArgument, name + " is there twice"};
    }
    // Written so that NaN fails, too.
    if (!(worker.weight >= WorkerShares::kLeastWeight &&
          worker.weight <= WorkerShares::kMostWeight)) {
      return {Code::kInvalidArgument, name + ": a weight is 0.001 to 1000"};
    }
  }
  return {};
}

std::vector<Worker> in_order_of_turns(std::vector<Worker> workers) {
  std::sort(workers.begin(), workers.end(), [](const Worker& a, const Worker& b) {
    return std::tie(a.host, a.index) < std::tie(b.host, b.index);
  });
  std::map<std::string, int> on_host;
  std::vector<std::pair<int, Worker>> rounds;
  for (Worker& worker : workers) {
    const int round = on_host[worker.host]++;
    rounds.emplace_back(round, std::move(worker));
  }
  // Stable: within a round the workers stay sorted by host.
  std::stable_sort(rounds.begin(), rounds.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Worker> ordered;
  ordered.reserve(rounds.size());
  for (auto& [round, worker] : rounds) ordered.push_back(std::move(worker));
  return ordered;
}

}  // namespace

Result<WorkerShares> WorkerShares::of(std::vector<Worker> workers) {
  if (Status wrong = check(workers); !wrong.ok()) return wrong;
  WorkerShares shares;
  shares.workers_ = in_order_of_turns(std::move(workers));
  int64_t divisor = 0;
  for (const Worker& worker : shares.workers_) {
    shares.units_.push_back(std::llround(worker.weight * kUnitsPerWeight));
    divisor = std::gcd(divisor, shares.units_.back());
  }
  for (int64_t& units : shares.units_) {
    units /= divisor;
    shares.all_units_ += units;
  }
  if (shares.all_units_ > kMaxUnits) {
    return Status(Code::kInvalidArgument, "the workers' weights are too far apart");
  }
  return shares;
}

int WorkerShares::least(size_t seat, int users) const {
  return static_cast<int>(users * units_[seat] / all_units_);
}

int WorkerShares::most(size_t seat, int users) const {
  return static_cast<int>((users * units_[seat] + all_units_ - 1) / all_units_);
}

Turns::Turns(const WorkerShares& shares, std::vector<int> loads)
    : shares_(shares),
      loads_(std::move(loads)),
      users_(std::accumulate(loads_.begin(), loads_.end(), 0)) {
  std::map<int64_t, size_t> groups;
  for (size_t seat = 0; seat < loads_.size(); ++seat) {
    const size_t group = groups.try_emplace(shares.units(seat), groups.size()).first->second;
    group_of_.push_back(group);
    lines_.resize(groups.size());
    lines_[group].push_back(at(static_cast<uint64_t>(loads_[seat]), seat));
  }
  for (std::vector<At>& line : lines_) {
    std::make_heap(line.begin(), line.end(), std::greater<>());
    waiting_.push_back(release(seat_of(line.front())));
  }
  std::make_heap(waiting_.begin(), waiting_.end(), std::greater<>());
}

Turns::At Turns::release(size_t seat) const {
  const auto all_units = static_cast<uint64_t>(shares_.all_units());
  const auto units = static_cast<uint64_t>(shares_.units(seat));
  return at(static_cast<uint64_t>(loads_[seat]) * all_units / units, seat);
}

Turns::At Turns::deadline(size_t seat) const {
  const auto all_units = static_cast<uint64_t>(shares_.all_units());
  const auto units = static_cast<uint64_t>(shares_.units(seat));
  return at(((static_cast<uint64_t>(loads_[seat]) + 1) * all_units + units - 1) / units, seat);
}

// Some worker may always be served: were all ahead of their shares, their sum were, too.
size_t Turns::next() {
  const At now = at(static_cast<uint64_t>(users_), kSeatMask);
  while (!waiting_.empty() && waiting_.front() <= now) {
    ready_.push_back(deadline(seat_of(waiting_.front())));
    std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
    std::pop_heap(waiting_.begin(), waiting_.end(), std::greater<>());
    waiting_.pop_back();
  }
  const size_t seat = seat_of(ready_.front());
  std::pop_heap(ready_.begin(), ready_.end(), std::greater<>());
  ready_.pop_back();
  ++loads_[seat];
  ++users_;
  std::vector<At>& line = lines_[group_of_[seat]];
  replace_front(line, at(static_cast<uint64_t>(loads_[seat]), seat));
  waiting_.push_back(release(seat_of(line.front())));
  std::push_heap(waiting_.begin(), waiting_.end(), std::greater<>());
  return seat;
}

Transfers transfers(const WorkerShares& shares, const std::vector<int>& loads) {
  const size_t seats = shares.seats();
  const int users = std::accumulate(loads.begin(), loads.end(), 0);
  Transfers found{std::vector<int>(seats, 0), std::vector<int>(seats, 0)};
  int wanting = 0;  // users that those above their shares cannot give
  for (size_t seat = 0; seat < seats; ++seat) {
    found.gives[seat] = std::max(loads[seat] - shares.most(seat, users), 0);
    found.takes[seat] = std::max(shares.least(seat, users) - loads[seat], 0);
    found.moves += std::max(found.gives[seat], found.takes[seat]);
    wanting += found.takes[seat] - found.gives[seat];
  }
  // The rest comes from balanced workers whose share is rounded up, the last ones first, or goes to
  // those whose share is rounded down, the first ones first, as round-robin would have it.
  for (size_t seat = seats; wanting > 0 && seat-- > 0;) {
    if (loads[seat] - found.gives[seat] <= shares.least(seat, users)) continue;
    ++found.gives[seat];
    --wanting;
  }
  for (size_t seat = 0; wanting < 0 && seat < seats; ++seat) {
    if (loads[seat] + found.takes[seat] >= shares.most(seat, users)) continue;
    ++found.takes[seat];
    ++wanting;
  }
  found.moves = std::accumulate(found.gives.begin(), found.gives.end(), 0);
  return found;
}

}  // namespace locust_like::load
