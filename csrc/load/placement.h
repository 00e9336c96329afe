// Placement: which users run on which worker, and which few of them to start, stop or move next.
//
// The classes of N users are those of a fresh run (UserSequence::users_at(N)): growing starts the
// users that come next in that order, shrinking stops the newest. Each new user goes to the worker
// whose turn it is (WorkerShares), so with equal weights every step of a ramp is what Locust would
// do, and the way down is the way up backwards.
// When workers come or go, or classes change, nothing is computed anew from zero. What runs is
// compared with what should: as many users as wanted, of the wanted classes, on each worker its
// share rounded down or up. Only the difference is corrected, at most `most` users a step:
//   1. users too many stop: the newest, from the worker that got them, if that one can spare them;
//   2. users too few start: first those that a lost worker had, fixed counts first of all;
//   3. users of a class too many make way for users of a class too few;
//   4. users move from workers that have too many to workers that have too few.
// Where the order leaves open which class of a worker is meant, it is the one whose users are the
// most uneven between the workers concerned, so the mix of classes on each worker stays even.
// The state is a table of counts by worker and class, plus 4 bytes for each user of the highest
// target so far: its class, and the worker that it was first put on, which is a hint for the way
// down and may have become wrong. Rejected: a list of users with their workers (16 bytes a user to
// find one in constant time; the order within a class means nothing anyway), and Locust's way, a
// new distribution from zero at each change, which moves nearly all users.
// Worker and class mean the same throughout: a worker is named by its index, a class by its number
// in class_names(), which set_classes changes.
// Thread: not thread-safe; pure, no clock, no randomness.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "load/class_order.h"
#include "load/class_set.h"
#include "load/user_grid.h"
#include "load/worker_shares.h"

namespace locust_like::load {

// Users by class, in the order of Placement::class_names().
struct WorkerUsers {
  int worker;
  std::vector<int> counts;
};

// Users of a class more on a worker, or (below 0) fewer.
struct UserChange {
  int worker;
  size_t user_class;
  int users;
};

class Placement {
 public:
  // No classes, no workers.
  Placement();

  // Replaces the classes. Users of a class that is no longer wanted, or not so often, run until
  // step() exchanges them. kInvalidArgument, and nothing has changed: a name that comes twice, more
  // than ClassOrder::kMaxClasses. O(users log classes + workers * classes); nothing when the
  // classes are those it has.
  Status set_classes(std::vector<UserClass> classes);

  // Replaces the workers; one is the same as before if its index is. Users of those that are gone
  // run no longer, and are returned; step() starts others in their place. kInvalidArgument as
  // WorkerShares::of, and nothing has changed. O(users + workers * classes).
  Result<std::vector<WorkerUsers>> set_workers(std::vector<Worker> workers);

  // Goes towards `target` users and an even distribution. At most `most` users start and at most
  // `most` stop; one that moves, or makes way for another, does both. Returns the workers whose
  // counts may have changed, in the order of turns. Repeated, it settles. O(workers + classes),
  // with users to exchange O(workers * classes / 64), and for each user O(log workers + log
  // classes); besides O(classes / 64) to choose a class where the order leaves it open, and
  // O(workers) where no worker can spare a user of the class that must stop.
  std::vector<int> step(int target, int most);

  // What the last step() has changed, sorted by turn of the worker and class, without what it took
  // back. O(changes log changes). REQUIRES: neither workers nor classes were set since.
  std::vector<UserChange> changes() const;

  // Whether step(target, ...) has nothing to do. Fixed counts alone may allow fewer users than
  // `target`. O(workers + classes).
  bool is_settled(int target) const;

  // The classes sorted by name, then those that ran but were not wanted when the classes were set.
  const std::vector<std::string>& class_names() const { return names_; }
  // Users by class: of all workers, and of one (empty for an unknown one). Valid until the next
  // call that changes something.
  std::span<const int> counts() const { return grid_.totals(); }
  std::span<const int> of_worker(int worker) const;
  int placed() const { return grid_.users(); }

 private:
  static constexpr uint16_t kNoSeat = UINT16_MAX;

  // Of one user; both numbers are below 65,536, and as small as this it is sorted quickly.
  struct SeatChange {
    SeatChange(size_t seat, size_t user_class, int change)
        : place(static_cast<uint32_t>(seat << 16 | user_class)), users(change) {}
    size_t seat() const { return place >> 16; }
    size_t user_class() const { return place & UINT16_MAX; }
    uint32_t place;
    int users;  // +1 or -1
  };

  struct Step;
  // Classes with too few users, by whether their counts are fixed.
  struct Missing {
    ClassSet fixed;
    ClassSet weighted;
  };

  // The parts of a step, in this order.
  void shrink(int goal, Step& step);
  void start_missing(int count, Step& step);
  void grow(int goal, Step& step);
  void exchange(Step& step);
  void move(Step& step);

  // Users of each seat who may stop before it has less than its share of `users` users.
  std::vector<int> spare_users(int users) const;
  void stop_surplus(int count, const std::vector<int>& spare);
  void stop_anywhere(int count);
  // False when the seat has no user of `classes` of whom it has `enough` above its share.
  bool exchange_one(size_t seat, int64_t enough, ClassSet& classes, Missing& missing, Step& step);
  void start_one_of(Missing& missing, size_t seat);
  void start(size_t seat, size_t user_class);
  void stop(size_t seat, size_t user_class);

  // Running users of a class above (below 0: under) those that are wanted.
  int surplus(size_t user_class) const { return grid_.totals()[user_class] - wanted_[user_class]; }
  ClassSet surplus_classes() const;
  Missing missing() const;
  // How far a seat is above its share of a class, in users times all units of weight.
  int64_t above_share(size_t seat, size_t user_class) const;
  // The class with the best score of those in both sets; kNone if there is none. Looks at kLooked
  // of them at most, going on where the last call stopped.
  template <typename Score>
  size_t best_class(const ClassSet& one, const ClassSet& other, const Score& score);

  ClassOrder order_;
  std::vector<std::string> names_;
  WorkerShares shares_;
  std::map<int, size_t> seats_;  // by index of the worker
  UserGrid grid_;
  // The first `aim_` users of order_ are to run; wanted_ counts them by class. A step changes aim_
  // only so far as it can follow.
  int aim_ = 0;
  std::vector<int> wanted_;
  std::vector<uint16_t> first_seats_;  // by user
  size_t cursor_ = 0;                  // where best_class goes on
  size_t last_seat_ = 0;               // after which exchange goes on
  std::vector<SeatChange> changes_;    // of the last step, one for each user
};

}  // namespace locust_like::load
