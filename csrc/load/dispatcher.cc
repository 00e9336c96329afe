#include "load/dispatcher.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

#include "load/heap.h"

namespace locust_like::load {
namespace {

std::vector<double> weights_without_fixed(const std::vector<UserClass>& classes) {
  std::vector<double> weights;
  weights.reserve(classes.size());
  for (const UserClass& user : classes) weights.push_back(user.fixed_count > 0 ? 0 : user.weight);
  return weights;
}

std::vector<double> fixed_counts(const std::vector<UserClass>& classes) {
  std::vector<double> counts;
  counts.reserve(classes.size());
  for (const UserClass& user : classes) counts.push_back(user.fixed_count);
  return counts;
}

int sum_of_fixed(const std::vector<UserClass>& classes) {
  int64_t sum = 0;
  for (const UserClass& user : classes) sum += std::max(user.fixed_count, 0);
  return static_cast<int>(std::min<int64_t>(sum, INT_MAX));
}

}  // namespace

std::vector<UserClass> sorted_by_name(std::vector<UserClass> classes) {
  std::sort(classes.begin(), classes.end(),
            [](const UserClass& a, const UserClass& b) { return a.name < b.name; });
  return classes;
}

KlSequence::Candidate KlSequence::candidate(double x, double weight, size_t group) {
  return {weight * std::log2(x / (x + 1.0)), x + 1.0, weight, group};
}

KlSequence::KlSequence(const std::vector<double>& weights) {
  std::map<double, std::vector<size_t>> by_weight;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0 && std::isfinite(weights[i])) by_weight[weights[i]].push_back(i);
  }
  for (auto& [weight, indices] : by_weight) {
    heap_.push_back(candidate(weight, weight, groups_.size()));
    groups_.push_back({std::move(indices), 0});
  }
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
}

size_t KlSequence::next() {
  const Candidate best = heap_.front();
  Group& group = groups_[best.group];
  const size_t index = group.indices[group.picked];
  if (++group.picked == group.indices.size()) {
    group.picked = 0;
    replace_front(heap_, candidate(best.next_x, best.weight, best.group));
  }
  return index;
}

FreshSequence::FreshSequence(const std::vector<UserClass>& classes)
    : fixed_(fixed_counts(classes)),
      weighted_(weights_without_fixed(classes)),
      most_users_(weighted_.empty() ? sum_of_fixed(classes) : INT_MAX),
      fixed_left_(sum_of_fixed(classes)) {}

size_t FreshSequence::next() {
  if (fixed_left_ > 0) {
    --fixed_left_;
    return fixed_.next();
  }
  return weighted_.empty() ? kNone : weighted_.next();
}

UserSequence::UserSequence(std::vector<UserClass> classes)
    : classes_(sorted_by_name(std::move(classes))), weighted_(weights_without_fixed(classes_)) {}

size_t UserSequence::next(const std::vector<int>& current) {
  const size_t fixed = next_fixed(current);
  if (fixed != kNone) return fixed;
  return weighted_.empty() ? kNone : weighted_.next();
}

size_t UserSequence::next_fixed(const std::vector<int>& current) {
  std::vector<double> missing(classes_.size(), 0);
  size_t total = 0;
  for (size_t i = 0; i < classes_.size(); ++i) {
    const int count = classes_[i].fixed_count - current[i];
    if (classes_[i].fixed_count <= 0 || count <= 0) continue;
    missing[i] = count;
    total += static_cast<size_t>(count);
  }
  if (total == 0) {
    fixed_queue_.clear();
    return kNone;
  }
  if (fixed_queue_.size() != total) {
    KlSequence sequence(missing);
    fixed_queue_.clear();
    for (size_t i = 0; i < total; ++i) fixed_queue_.push_back(sequence.next());
    std::reverse(fixed_queue_.begin(), fixed_queue_.end());
  }
  const size_t index = fixed_queue_.back();
  fixed_queue_.pop_back();
  return index;
}

std::vector<int> UserSequence::users_at(int users) const {
  FreshSequence fresh(classes_);
  std::vector<int> counts(classes_.size(), 0);
  for (int i = 0; i < std::min(users, fresh.most_users()); ++i) ++counts[fresh.next()];
  return counts;
}

}  // namespace locust_like::load
