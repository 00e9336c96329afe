#include "load/dispatcher.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <tuple>

namespace locust_like::load {
namespace {

// The first `count` picks as letters: class i is 'A' + i.
std::string picks(const std::vector<double>& weights, int count) {
  KlSequence sequence(weights);
  std::string letters;
  for (int i = 0; i < count; ++i) letters.push_back(static_cast<char>('A' + sequence.next()));
  return letters;
}

// Spawns `count` users one by one and returns their letters; '-' where no class may spawn.
std::string spawn(UserSequence& sequence, std::vector<int>& current, int count) {
  std::string letters;
  for (int i = 0; i < count; ++i) {
    const size_t index = sequence.next(current);
    if (index == UserSequence::kNone) {
      letters.push_back('-');
      continue;
    }
    ++current[index];
    letters.append(sequence.classes()[index].name);
  }
  return letters;
}

}  // namespace

// Expected orders were produced by running Locust 2.47.0's generator.
TEST_CASE("the KL order is Locust's, pick by pick") {
  const std::vector<std::pair<std::vector<double>, std::string>> vectors = {
      {{5, 1}, "AABAAAAABAAAAABAAAAABAAAAABAAA"},
      {{20, 25}, "BABABABABBABABABABBABABABABBAB"},
      {{3, 2, 1}, "ABCABAABCABAABCABAABCABAABCABA"},
      {{1, 1, 1}, "ABCABCABCABCABCABCABCABCABCABC"},
      {{0.5, 1.5, 1}, "BCABCBBCABCBBCABCBBCABCBBCABCB"},
      {{1.5, 2, 2.4}, "CBACBACBCABCBCACBACBCABCBACBCA"},
      {{7, 3, 2, 1, 1}, "ABACADEBAACABAABACADEBAACABAAB"},
      {{1, 10, 0, 3}, "BBDBBABDBBBDBBBBDBBBADBBBDBBBB"},
      {{33, 33, 34}, "CABCABCABCABCABCABCABCABCABCAB"},
      {{0.1, 0.2, 0.3}, "CBACBCCBACBCCBACBCCBACBCCBACBC"},
  };
  for (const auto& [weights, expected] : vectors) {
    CHECK(picks(weights, static_cast<int>(expected.size())) == expected);
  }
}

TEST_CASE("many classes of few weights come in the order of one search over all of them") {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> weights(1 + random() % 40);
    for (double& weight : weights) weight = static_cast<double>(1 + random() % 6) / 2;
    KlSequence sequence(weights);
    std::vector<double> x = weights;
    for (int i = 0; i < 500; ++i) {
      const auto key = [&](size_t at) {
        return std::tuple(weights[at] * std::log2(x[at] / (x[at] + 1.0)), x[at], weights[at], at);
      };
      size_t best = 0;
      for (size_t at = 1; at < weights.size(); ++at) best = key(at) < key(best) ? at : best;
      REQUIRE(sequence.next() == best);
      x[best] += 1;
    }
  }
}

TEST_CASE("integer weights are met exactly at every multiple of their sum") {
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    std::vector<double> weights(2 + random() % 5);
    for (double& weight : weights) weight = 1 + static_cast<double>(random() % 30);
    const int sum = static_cast<int>(std::accumulate(weights.begin(), weights.end(), 0.0));
    KlSequence sequence(weights);
    std::vector<int> counts(weights.size(), 0);
    for (int multiple = 1; multiple <= 3; ++multiple) {
      for (int i = 0; i < sum; ++i) ++counts[sequence.next()];
      for (size_t i = 0; i < weights.size(); ++i) {
        CHECK(counts[i] == multiple * static_cast<int>(weights[i]));
      }
    }
  }
}

TEST_CASE("weights that are zero, negative or not finite are never picked") {
  CHECK(KlSequence({0, -1, INFINITY, NAN}).empty());
  CHECK(KlSequence({}).empty());
  CHECK(picks({0, 1}, 3) == "BBB");
}

TEST_CASE("classes are ordered by name, whatever order they come in") {
  UserSequence sequence({{"C", 1, 0}, {"A", 1, 0}, {"B", 1, 0}});
  std::vector<int> current(3, 0);
  CHECK(spawn(sequence, current, 6) == "ABCABC");
}

TEST_CASE("missing fixed users come before weighted ones") {
  UserSequence sequence({{"A", 1, 0}, {"B", 1, 3}, {"C", 1, 1}, {"D", 1, 0}});
  std::vector<int> current(4, 0);
  CHECK(spawn(sequence, current, 8) == "BCBBADAD");
}

TEST_CASE("a fixed user that stopped is replaced first, then the weighted order goes on") {
  UserSequence sequence({{"A", 2, 0}, {"B", 1, 1}, {"C", 1, 0}});
  std::vector<int> current(3, 0);
  CHECK(spawn(sequence, current, 3) == "BAC");
  --current[1];
  CHECK(spawn(sequence, current, 4) == "BAAC");
}

TEST_CASE("without a class that may spawn there is none") {
  UserSequence none({{"A", 0, 0}});
  std::vector<int> current(1, 0);
  CHECK(spawn(none, current, 2) == "--");
  UserSequence only_fixed({{"A", 1, 2}});
  CHECK(spawn(only_fixed, current, 3) == "AA-");
  CHECK(only_fixed.users_at(10) == std::vector<int>{2});
}

TEST_CASE("users_at equals spawning from nothing and leaves the sequence alone") {
  const std::vector<UserClass> classes = {{"A", 3, 0}, {"B", 2, 0}, {"C", 1, 2}};
  for (int users = 0; users < 40; ++users) {
    UserSequence sequence(classes);
    std::vector<int> current(3, 0);
    spawn(sequence, current, users);
    UserSequence asked(classes);
    CHECK(asked.users_at(users) == current);
    std::vector<int> after(3, 0);
    spawn(asked, after, users);
    CHECK(after == current);
  }
}

}  // namespace locust_like::load
