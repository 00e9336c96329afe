#include "load/placement.h"

#include <algorithm>
#include <map>
#include <set>

namespace locust_like::load {
namespace {

Status check(const std::vector<UserClass>& classes) {
  if (classes.size() > ClassOrder::kMaxClasses) {
    return {Code::kInvalidArgument, std::to_string(classes.size()) + " classes are too many"};
  }
  std::set<std::string> names;
  for (const UserClass& user : classes) {
    if (!names.insert(user.name).second) {
      return {Code::kInvalidArgument, "class " + user.name + " is there twice"};
    }
  }
  return {};
}

// Where each of `names` stands in `among`; UserGrid::kNew for one that does not.
std::vector<size_t> positions(const std::vector<std::string>& names,
                              const std::vector<std::string>& among) {
  std::map<std::string, size_t> known;
  for (size_t i = 0; i < among.size(); ++i) known[among[i]] = i;
  std::vector<size_t> found;
  for (const std::string& name : names) {
    const auto place = known.find(name);
    found.push_back(place == known.end() ? UserGrid::kNew : place->second);
  }
  return found;
}

}  // namespace

Placement::Placement() : order_({}), grid_(0, 0) {}

Status Placement::set_classes(std::vector<UserClass> classes) {
  if (Status wrong = check(classes); !wrong.ok()) return wrong;
  ClassOrder order(std::move(classes));
  if (order.classes() == order_.classes()) return {};
  order_ = std::move(order);

  std::vector<std::string> names;
  for (const UserClass& user : order_.classes()) names.push_back(user.name);
  const std::vector<size_t> kept = positions(names_, names);
  for (size_t i = 0; i < names_.size(); ++i) {
    if (kept[i] == UserGrid::kNew && grid_.totals()[i] > 0) names.push_back(names_[i]);
  }
  grid_ = grid_.with_classes(positions(names, names_));
  names_ = std::move(names);

  aim_ = std::min(aim_, order_.most_users());
  wanted_.assign(names_.size(), 0);
  for (int user = 0; user < aim_; ++user) ++wanted_[order_.at(user)];
  cursor_ = 0;
  return {};
}

Result<std::vector<WorkerUsers>> Placement::set_workers(std::vector<Worker> workers) {
  Result<WorkerShares> made = WorkerShares::of(std::move(workers));
  if (!made.ok()) return made.status();
  WorkerShares shares = std::move(made).value();

  std::map<int, size_t> seats;
  std::vector<size_t> from(shares.seats(), UserGrid::kNew);
  std::vector<uint16_t> now(shares_.seats(), kNoSeat);
  for (size_t seat = 0; seat < shares.seats(); ++seat) {
    const int index = shares.worker(seat).index;
    seats[index] = seat;
    const auto before = seats_.find(index);
    if (before == seats_.end()) continue;
    from[seat] = before->second;
    now[before->second] = static_cast<uint16_t>(seat);
  }
  std::vector<WorkerUsers> gone;
  for (size_t seat = 0; seat < now.size(); ++seat) {
    if (now[seat] != kNoSeat) continue;
    const std::span<const int> row = grid_.row(seat);
    gone.push_back({shares_.worker(seat).index, {row.begin(), row.end()}});
  }
  for (uint16_t& seat : first_seats_) {
    if (seat != kNoSeat) seat = now[seat];
  }
  grid_ = grid_.with_seats(from);
  shares_ = std::move(shares);
  seats_ = std::move(seats);
  return gone;
}

bool Placement::is_settled(int target) const {
  return aim_ == std::clamp(target, 0, order_.most_users()) && grid_.totals() == wanted_ &&
         transfers(shares_, grid_.loads()).moves == 0;
}

std::span<const int> Placement::of_worker(int worker) const {
  const auto found = seats_.find(worker);
  return found == seats_.end() ? std::span<const int>() : grid_.row(found->second);
}

}  // namespace locust_like::load
