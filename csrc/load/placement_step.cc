// The parts of a step of Placement, each of which corrects one kind of difference.
#include <algorithm>
#include <utility>

#include "load/placement.h"

namespace locust_like::load {
namespace {

constexpr size_t kNone = ClassSet::kNone;
// Classes that are compared before one is taken: enough for an even mix, and a bound for the time.
constexpr size_t kLooked = 16;

// Seats and how many users each has left to give or to take; the one with the most comes first, and
// of equal ones the last, as round-robin going back.
class SeatQueue {
 public:
  explicit SeatQueue(const std::vector<int>& amounts) {
    for (size_t seat = 0; seat < amounts.size(); ++seat) {
      if (amounts[seat] > 0) heap_.emplace_back(amounts[seat], seat);
    }
    std::make_heap(heap_.begin(), heap_.end());
  }
  bool empty() const { return heap_.empty(); }
  size_t seat() const { return heap_.front().second; }
  void take_one() {
    std::pop_heap(heap_.begin(), heap_.end());
    if (--heap_.back().first == 0) return heap_.pop_back();
    std::push_heap(heap_.begin(), heap_.end());
  }
  void drop() {
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }

 private:
  std::vector<std::pair<int, size_t>> heap_;
};

}  // namespace

struct Placement::Step {
  int left;  // users that may still start, stop or move
};

std::vector<int> Placement::step(int target, int most) {
  const int goal = std::clamp(target, 0, order_.most_users());
  Step step{std::max(most, 0)};
  changes_.clear();
  shrink(goal, step);
  if (grid_.seats() > 0) {
    start_missing(std::min(aim_ - placed(), step.left), step);
    grow(goal, step);
    exchange(step);
    move(step);
  }
  std::vector<bool> has_changed(grid_.seats(), false);
  for (const SeatChange& change : changes_) has_changed[change.seat()] = true;
  std::vector<int> changed;
  for (size_t seat = 0; seat < grid_.seats(); ++seat) {
    if (has_changed[seat]) changed.push_back(shares_.worker(seat).index);
  }
  return changed;
}

std::vector<UserChange> Placement::changes() const {
  std::vector<SeatChange> sorted = changes_;
  std::sort(sorted.begin(), sorted.end(),
            [](const SeatChange& a, const SeatChange& b) { return a.place < b.place; });
  std::vector<UserChange> sums;
  for (auto next = sorted.begin(); next != sorted.end();) {
    const SeatChange& first = *next;
    int users = 0;
    for (; next != sorted.end() && next->place == first.place; ++next) users += next->users;
    if (users == 0) continue;
    sums.push_back({shares_.worker(first.seat()).index, first.user_class(), users});
  }
  return sums;
}

// Users whom a lost worker had are not there to be stopped, so they cost nothing.
void Placement::shrink(int goal, Step& step) {
  const int before = aim_;
  aim_ = std::min(aim_, std::max(goal, std::min(aim_, placed()) - step.left));
  for (int user = aim_; user < before; ++user) --wanted_[order_.at(user)];
  const int count = std::clamp(placed() - aim_, 0, step.left);
  if (count == 0) return;

  std::vector<int> spare = spare_users(placed() - count);
  int stopped = 0;
  for (int user = before - 1; user >= aim_ && stopped < count; --user) {
    const size_t user_class = order_.at(user);
    const uint16_t seat = first_seats_[static_cast<size_t>(user)];
    if (seat == kNoSeat || spare[seat] == 0 || surplus(user_class) <= 0) continue;
    if (grid_.at(seat, user_class) == 0) continue;
    stop(seat, user_class);
    --spare[seat];
    ++stopped;
  }
  stop_surplus(count - stopped, spare);
  step.left -= count;
}

std::vector<int> Placement::spare_users(int users) const {
  std::vector<int> spare(grid_.seats());
  for (size_t seat = 0; seat < spare.size(); ++seat) {
    spare[seat] = std::max(grid_.loads()[seat] - shares_.least(seat, users), 0);
  }
  return spare;
}

// REQUIRES: `count` users are of classes with surplus.
void Placement::stop_surplus(int count, const std::vector<int>& spare) {
  if (count == 0) return;
  ClassSet classes = surplus_classes();
  SeatQueue seats(spare);
  while (count > 0 && !seats.empty()) {
    const size_t seat = seats.seat();
    const size_t found =
        best_class(classes, grid_.present(seat), [&](size_t i) { return above_share(seat, i); });
    if (found == kNone) {
      seats.drop();
      continue;
    }
    stop(seat, found);
    if (surplus(found) == 0) classes.erase(found);
    seats.take_one();
    --count;
  }
  stop_anywhere(count);
}

void Placement::stop_anywhere(int count) {
  for (size_t i = 0; i < grid_.classes() && count > 0; ++i) {
    for (; surplus(i) > 0 && count > 0; --count) {
      size_t most = 0;
      for (size_t seat = 1; seat < grid_.seats(); ++seat) {
        if (grid_.at(seat, i) > grid_.at(most, i)) most = seat;
      }
      stop(most, i);
    }
  }
}

// REQUIRES: `count` users are missing.
void Placement::start_missing(int count, Step& step) {
  if (count <= 0) return;
  step.left -= count;
  Turns turns(shares_, grid_.loads());
  Missing missing = this->missing();
  for (; count > 0; --count) start_one_of(missing, turns.next());
}

Placement::Missing Placement::missing() const {
  Missing found{ClassSet(grid_.classes()), ClassSet(grid_.classes())};
  for (size_t i = 0; i < order_.classes().size(); ++i) {
    if (surplus(i) >= 0) continue;
    (order_.classes()[i].fixed_count > 0 ? found.fixed : found.weighted).insert(i);
  }
  return found;
}

// REQUIRES: there is one.
void Placement::start_one_of(Missing& missing, size_t seat) {
  const bool fixed = missing.fixed.next_in_both(missing.fixed, 0) != kNone;
  ClassSet& classes = fixed ? missing.fixed : missing.weighted;
  const size_t found =
      best_class(classes, classes, [&](size_t i) { return -above_share(seat, i); });
  start(seat, found);
  if (surplus(found) == 0) classes.erase(found);
}

void Placement::grow(int goal, Step& step) {
  if (aim_ >= goal || step.left == 0) return;
  const int end = aim_ + std::min(goal - aim_, step.left);
  first_seats_.resize(std::max(first_seats_.size(), static_cast<size_t>(end)), kNoSeat);
  Turns turns(shares_, grid_.loads());
  int adopted = 0;  // users whose class had one too many already
  for (; aim_ < end; ++aim_) {
    const size_t user_class = order_.at(aim_);
    ++wanted_[user_class];
    if (surplus(user_class) >= 0) {
      ++adopted;
      continue;
    }
    const size_t seat = turns.next();
    first_seats_[static_cast<size_t>(aim_)] = static_cast<uint16_t>(seat);
    start(seat, user_class);
    --step.left;
  }
  start_missing(adopted, step);
}

// Worker after worker lets one user of a class too many make way, as long as it has more of them
// than its share; when none has, whoever has one. No worker's number of users changes.
void Placement::exchange(Step& step) {
  ClassSet classes = surplus_classes();
  if (step.left == 0 || classes.next_in_both(classes, 0) == kNone) return;
  Missing missing = this->missing();
  for (const int64_t enough : {int64_t{1}, INT64_MIN}) {
    std::vector<size_t> seats(grid_.seats());
    for (size_t i = 0; i < seats.size(); ++i) seats[i] = (last_seat_ + 1 + i) % seats.size();
    while (!seats.empty() && step.left > 0) {
      std::erase_if(seats, [&](size_t seat) {
        return step.left > 0 && !exchange_one(seat, enough, classes, missing, step);
      });
    }
  }
}

bool Placement::exchange_one(size_t seat, int64_t enough, ClassSet& classes, Missing& missing,
                             Step& step) {
  const size_t found =
      best_class(classes, grid_.present(seat), [&](size_t i) { return above_share(seat, i); });
  if (found == kNone || above_share(seat, found) < enough) return false;
  stop(seat, found);
  if (surplus(found) == 0) classes.erase(found);
  start_one_of(missing, seat);
  --step.left;
  last_seat_ = seat;
  return true;
}

void Placement::move(Step& step) {
  if (step.left == 0) return;
  const Transfers planned = transfers(shares_, grid_.loads());
  if (planned.moves == 0) return;
  SeatQueue givers(planned.gives);
  SeatQueue takers(planned.takes);
  for (; step.left > 0 && !givers.empty(); --step.left) {
    const size_t from = givers.seat();
    const size_t to = takers.seat();
    const size_t moved = best_class(grid_.present(from), grid_.present(from), [&](size_t i) {
      return grid_.at(from, i) * shares_.units(to) - grid_.at(to, i) * shares_.units(from);
    });
    stop(from, moved);
    start(to, moved);
    givers.take_one();
    takers.take_one();
  }
}

void Placement::start(size_t seat, size_t user_class) {
  grid_.add(seat, user_class);
  changes_.emplace_back(seat, user_class, 1);
}

void Placement::stop(size_t seat, size_t user_class) {
  grid_.remove(seat, user_class);
  changes_.emplace_back(seat, user_class, -1);
}

ClassSet Placement::surplus_classes() const {
  ClassSet found(grid_.classes());
  for (size_t i = 0; i < grid_.classes(); ++i) {
    if (surplus(i) > 0) found.insert(i);
  }
  return found;
}

int64_t Placement::above_share(size_t seat, size_t user_class) const {
  return grid_.at(seat, user_class) * shares_.all_units() -
         wanted_[user_class] * shares_.units(seat);
}

template <typename Score>
size_t Placement::best_class(const ClassSet& one, const ClassSet& other, const Score& score) {
  size_t best = kNone;
  int64_t best_score = 0;
  size_t looked = 0;
  bool from_the_start = false;
  size_t next = cursor_;
  while (looked < kLooked) {
    const size_t i = one.next_in_both(other, next);
    if (i == kNone || (from_the_start && i >= cursor_)) {
      if (from_the_start) return best;  // all have been seen; the cursor stays
      from_the_start = true;
      next = 0;
      continue;
    }
    ++looked;
    next = i + 1;
    const int64_t found = score(i);
    if (best != kNone && found <= best_score) continue;
    best = i;
    best_score = found;
  }
  cursor_ = next;
  return best;
}

}  // namespace locust_like::load
