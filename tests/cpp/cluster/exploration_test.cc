// Every order of events in a small cluster: the real state machines, a network that loses and
// repeats, workers and masters that die.
//
// From each state all events are tried, breadth first; states that behave alike are visited once.
// In each: nothing is counted twice, nothing acknowledged is lost, orders come once and in order;
// and from each there is a way out: when all are connected and the network works, everything
// arrives.
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "cluster/cluster_world.h"

namespace locust_like::cluster {
namespace {

// How often each may happen on one path. Without bounds there would be no end.
struct Budget {
  int counts = 0;
  int assigns = 0;
  int orders = 0;
  int losses = 0;  // messages lost or repeated one by one
  int cuts = 0;
  int restarts = 0;
  int times = 0;
};

// How a state came about, for the message of a failure.
struct Path {
  std::shared_ptr<const Path> before;
  std::string action;

  std::string text() const { return (before ? before->text() + " > " : "") + action; }
};

struct Node {
  ClusterWorld world;
  Budget left;
  std::shared_ptr<const Path> path;
};

class Explorer {
 public:
  Explorer(ClusterWorld world, Budget budget) {
    visit({std::move(world), budget, std::make_shared<Path>(Path{nullptr, "start"})});
  }

  // Tries every event in every state of the last round. False when there are no new states.
  bool next_round() {
    std::deque<Node> round;
    round.swap(frontier_);
    for (; !round.empty(); round.pop_front()) expand(round.front());
    return !frontier_.empty();
  }

  size_t states() const { return seen_.size(); }

 private:
  using Act = std::function<void(ClusterWorld&)>;

  void expand(const Node& node) {
    for (size_t i = 0; i < node.world.size(); ++i) expand_worker(node, i);
    attempt(node, "restart master", &Budget::restarts, [](auto& w) { w.restart_master(); });
    for (const int steps : {1, 4, 7}) {
      attempt(node, "pass " + std::to_string(steps), &Budget::times,
              [steps](auto& w) { w.pass(steps * std::chrono::milliseconds(500)); });
    }
  }

  void expand_worker(const Node& node, size_t i) {
    const std::string who = " " + std::to_string(i);
    const testing::FakeConnection& connection = node.world.connection(i);
    if (!connection.to_master.empty()) {
      attempt(node, "to master" + who, nullptr, [i](auto& w) { w.deliver_to_master(i); });
      attempt(node, "lose up" + who, &Budget::losses, [i](auto& w) { w.lose_to_master(i); });
      attempt(node, "repeat up" + who, &Budget::losses, [i](auto& w) { w.repeat_to_master(i); });
    }
    if (!connection.to_worker.empty()) {
      attempt(node, "to worker" + who, nullptr, [i](auto& w) { w.deliver_to_worker(i); });
      attempt(node, "lose down" + who, &Budget::losses, [i](auto& w) { w.lose_to_worker(i); });
      attempt(node, "repeat down" + who, &Budget::losses, [i](auto& w) { w.repeat_to_worker(i); });
    }
    if (connection.is_up) {
      attempt(node, "cut" + who, &Budget::cuts, [i](auto& w) { w.cut(i); });
    } else {
      attempt(node, "connect" + who, nullptr, [i](auto& w) { w.connect(i); });
    }
    attempt(node, "count" + who, &Budget::counts, [i](auto& w) { w.count(i); });
    attempt(node, "assign" + who, &Budget::assigns, [i](auto& w) { w.assign(i); });
    attempt(node, "order" + who, &Budget::orders, [i](auto& w) { w.order(i); });
    attempt(node, "restart" + who, &Budget::restarts, [i](auto& w) { w.restart_worker(i); });
  }

  void attempt(const Node& node, std::string action, int Budget::*cost, const Act& act) {
    if (cost != nullptr && node.left.*cost == 0) return;
    Node next = node;
    if (cost != nullptr) --(next.left.*cost);
    next.path = std::make_shared<Path>(Path{node.path, std::move(action)});
    act(next.world);
    visit(std::move(next));
  }

  void visit(Node node) {
    std::string print = node.world.fingerprint();
    const Budget& left = node.left;
    for (const int number : {left.counts, left.assigns, left.orders, left.losses, left.cuts,
                             left.restarts, left.times}) {
      print.push_back(static_cast<char>(number));
    }
    const std::hash<std::string> hash;
    const uint64_t forward = hash(print);
    std::reverse(print.begin(), print.end());
    if (!seen_.emplace(forward, hash(print)).second) return;
    require("broken", node, node.world.broken());
    ClusterWorld later = node.world;
    require("no way out", node, later.settle() ? "" : "does not settle");
    for (size_t i = 0; i < later.size(); ++i) {
      later.count(i);
      later.assign(i);
      later.order(i);
    }
    require("no life afterwards", node, later.settle() ? "" : "does not settle");
    require("broken on the way out", node, later.broken());
    frontier_.push_back(std::move(node));
  }

  static void require(const char* what, const Node& node, const std::string& trouble) {
    if (!trouble.empty()) FAIL(what << ": " << trouble << ", after " << node.path->text());
  }

  // Two hashes of a fingerprint. That two states share both is not to be expected.
  std::set<std::pair<uint64_t, uint64_t>> seen_;
  std::deque<Node> frontier_;
};

// Debug builds, which sanitizers use, are slower by more than what a round costs.
#ifdef NDEBUG
constexpr int kRoundsLess = 0;
#else
constexpr int kRoundsLess = 2;
#endif

// `from_admitted`: begins with a cluster at work, not with one that comes about.
void explore(const std::string& what, size_t workers, bool from_admitted, Budget budget,
             int depth) {
  constexpr size_t kMostUnderWay = 4;
  ClusterWorld world(workers, kMostUnderWay);
  world.keeps_events = false;
  if (from_admitted) REQUIRE(world.settle());
  Explorer explorer(std::move(world), budget);
  int rounds = 0;
  while (rounds < depth - kRoundsLess && explorer.next_round()) ++rounds;
  std::cout << "explored " << what << ": " << explorer.states() << " states, depth " << rounds
            << "\n";
}

constexpr Budget kOfEach = {2, 1, 1, 1, 1, 1, 1};
constexpr Budget kOfMost = {2, 2, 2, 2, 2, 1, 2};

}  // namespace

TEST_CASE("a worker that joins survives every order of events", "[explore]") {
  explore("one worker that joins", 1, false, kOfEach, 8);
}

TEST_CASE("a worker at work survives every order of events", "[explore]") {
  explore("one worker at work", 1, true, kOfMost, 6);
}

TEST_CASE("two workers at work survive every order of events", "[explore]") {
  explore("two workers at work", 2, true, kOfEach, 5);
}

TEST_CASE("three workers at work survive every order of events", "[explore]") {
  explore("three workers at work", 3, true, kOfEach, 4);
}

// Minutes and gigabytes; by hand: cluster_test "[deep]"
TEST_CASE("deeper than every run goes", "[.deep][explore]") {
  explore("one worker that joins", 1, false, kOfEach, 11);
  explore("one worker at work", 1, true, kOfMost, 8);
  explore("two workers at work", 2, true, kOfEach, 7);
  explore("three workers at work", 3, true, kOfEach, 5);
}

}  // namespace locust_like::cluster
