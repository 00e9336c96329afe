// UserSequence: which user class spawns next.
//
// Each pick is the class that most reduces the Kullback-Leibler divergence between the wanted
// weights and the counts so far (primed with the weights), so every prefix of the sequence is as
// close to the weights as whole users allow. Classes with a fixed count come first, chosen among
// themselves in the same way. A weight counts only without a fixed count.
// Thread: not thread-safe; pure, no clock, no randomness.
// Source: Locust's dispatch._kl_generator, reproduced to the last bit of its doubles, because the
// order decides which users a run of N users has.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace locust_like::load {

struct UserClass {
  std::string name;
  double weight = 1;    // >= 0; 0 = never, unless fixed_count is set
  int fixed_count = 0;  // > 0: exactly so many users
  friend bool operator==(const UserClass&, const UserClass&) = default;
};

std::vector<UserClass> sorted_by_name(std::vector<UserClass> classes);

// Endless sequence of indices with proportions `weights`; see above.
class KlSequence {
 public:
  // Ties go to the smaller count, then the smaller weight, then the smaller index. Weights of zero
  // or less are never picked.
  explicit KlSequence(const std::vector<double>& weights);
  bool empty() const { return heap_.empty(); }
  // REQUIRES: !empty(). O(log distinct weights).
  size_t next();

 private:
  // The indices of one weight, picked in turn: before each round they all have the same gain, and
  // one that was picked has a weaker one than the rest.
  struct Group {
    std::vector<size_t> indices;
    size_t picked;  // of this round
  };
  // Lexicographic order is the order of picking. `gain` is weight * log2(x / (x + 1)) for x users
  // so far (primed with the weight); the most negative one is next.
  struct Candidate {
    double gain;
    double next_x;  // x + 1
    double weight;
    size_t group;
    friend auto operator<=>(const Candidate&, const Candidate&) = default;
  };
  static Candidate candidate(double x, double weight, size_t group);

  std::vector<Group> groups_;
  std::vector<Candidate> heap_;  // one for each group
};

// The classes of a fresh run, user by user: the fixed counts, then the weighted sequence.
class FreshSequence {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  // next() returns positions in `classes`. REQUIRES: they are sorted by name.
  explicit FreshSequence(const std::vector<UserClass>& classes);

  // kNone when no further user may spawn. O(log classes).
  size_t next();
  // How many users may spawn in all; INT_MAX when a class has a weight.
  int most_users() const { return most_users_; }

 private:
  KlSequence fixed_;
  KlSequence weighted_;
  int most_users_;
  int fixed_left_;
};

class UserSequence {
 public:
  static constexpr size_t kNone = FreshSequence::kNone;

  // Keeps the classes sorted by name; indices below are positions in classes().
  explicit UserSequence(std::vector<UserClass> classes);

  const std::vector<UserClass>& classes() const { return classes_; }

  // Index of the class to spawn next, when current[i] users of classes()[i] run now. Missing users
  // of fixed classes come first; then the weighted sequence goes on where the last call left it.
  // kNone when no class may spawn. REQUIRES: current.size() == classes().size().
  size_t next(const std::vector<int>& current);

  // Counts by class of a fresh run of `users` users: O(users log classes). Their sum is below
  // `users` when only fixed classes exist.
  std::vector<int> users_at(int users) const;

 private:
  size_t next_fixed(const std::vector<int>& current);

  std::vector<UserClass> classes_;
  KlSequence weighted_;
  // The sequence of the missing fixed users; made anew when the counts do not follow it.
  std::vector<size_t> fixed_queue_;  // reversed: the next one is at the back
};

}  // namespace locust_like::load
