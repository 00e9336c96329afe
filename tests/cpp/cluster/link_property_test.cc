// What must hold after any sequence of events on real connections, held against random ones with
// fixed seeds: each report is counted once, each parcel and each order arrives once and in its
// order, and each worker has the newest assignment in the end.
//
// exploration_test.cc walks through every order of few events without sockets; this one has ZeroMQ
// itself between master and workers, and its queues, reconnections and handovers.
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cluster/hand_driven_worker.h"
#include "cluster/link_harness.h"
#include "support/sanitizer.h"

namespace locust_like::cluster {
namespace {

constexpr uint64_t kRun = 42;
constexpr size_t kWorkers = 3;
constexpr int kSteps = testing::kIsSanitized ? 100 : 400;

// Documents in the order in which they were sent or arrived.
using Documents = std::vector<std::string>;

// One worker and what became of it.
struct Actor {
  Actor(const ClusterKeys& keys, uint16_t port) : worker(keys, port) { worker.begin_run(kRun); }

  Documents of_kind(EventKind kind) const {
    Documents found;
    for (const Event& event : worker.events()) {
      if (event.kind == kind) found.push_back(event.document);
    }
    return found;
  }

  HandDrivenWorker worker;
  int64_t index = -1;  // at the master
  Documents parcels;
  Documents orders;
  std::string assignment;
};

// A master and workers to which things happen at random, and a plain account of them.
class Story {
 public:
  explicit Story(unsigned seed)
      : random_(seed), keys_(ClusterKeys::generate().value()), master_(bell_, keys_) {
    master_.link().begin_run(kRun);
    for (size_t i = 0; i < kWorkers; ++i) {
      actors_.push_back(std::make_unique<Actor>(keys_, master_.link().port()));
      Actor& actor = *actors_.back();
      REQUIRE(settle([&] { return actor.worker.state().is_admitted(); }));
      actor.index = static_cast<int64_t>(i);
    }
  }

  void happen() {
    Actor& actor = *actors_[random_() % actors_.size()];
    switch (random_() % 20) {
      case 0:
        actor.worker.connect<RememberingTransport>();
        break;
      case 1:
        // Rare: its sender is ejected for a second.
        if (random_() % 8 == 0) actor.worker.say(random_bytes(1 + random_() % 200));
        break;
      case 2:
        send_order(actor);
        break;
      case 3:
        assign(actor);
        break;
      case 4:
        send_parcel(actor);
        break;
      case 5:
      case 6:
      case 7:
        repeat(actor);
        break;
      case 8:
      case 9:
      case 10:
        count(actor);
        break;
      default:
        actor.worker.step();
    }
  }

  void end() {
    REQUIRE(settle([&] { return is_at_rest(); }));
    CHECK(master_.requests() == requests_);
    CHECK(counted() == requests_);
    std::vector<Documents> parcels(actors_.size());
    for (const Event& event : master_events_) {
      if (event.kind == EventKind::kParcel) {
        parcels[static_cast<size_t>(event.index)].push_back(event.document);
      }
    }
    for (size_t i = 0; i < actors_.size(); ++i) {
      CHECK(parcels[i] == actors_[i]->parcels);
      CHECK(actors_[i]->of_kind(EventKind::kOrder) == actors_[i]->orders);
    }
  }

 private:
  uint32_t index_of(const Actor& actor) const { return static_cast<uint32_t>(actor.index); }

  void count(Actor& actor) {
    const int requests = 1 + static_cast<int>(random_() % 50);
    requests_ += static_cast<uint64_t>(requests);
    actor.worker.count("/" + std::to_string(random_() % 5), requests);
  }

  void send_parcel(Actor& actor) {
    actor.parcels.push_back(std::to_string(++documents_));
    REQUIRE(actor.worker.state().reports().add_parcel("kind", actor.parcels.back()).ok());
  }

  void send_order(Actor& actor) {
    actor.orders.push_back(std::to_string(++documents_));
    REQUIRE(master_.link().send(index_of(actor), "kind", actor.orders.back()).ok());
  }

  void assign(Actor& actor) {
    actor.assignment = std::to_string(++documents_);
    REQUIRE(master_.link().assign(index_of(actor), kRun, actor.assignment).ok());
  }

  // Something that was sent is sent again: a report, a heartbeat, a hello.
  void repeat(Actor& actor) {
    const auto& sent = actor.worker.sent();
    if (!sent.empty()) actor.worker.say(std::string(sent[random_() % sent.size()]));
  }

  bool is_at_rest() {
    for (const auto& actor : actors_) {
      WorkerState& state = actor->worker.state();
      if (!state.is_admitted() || !state.reports().empty()) return false;
      if (actor->of_kind(EventKind::kOrder).size() < actor->orders.size()) return false;
      const Documents assignments = actor->of_kind(EventKind::kAssignment);
      if (!actor->assignment.empty() &&
          (assignments.empty() || assignments.back() != actor->assignment)) {
        return false;
      }
    }
    return master_.here() == actors_.size();
  }

  uint64_t counted() {
    uint64_t requests = 0;
    for (const WorkerStatus& status : master_.link().workers()) requests += status.counted_requests;
    return requests;
  }

  // Drives all workers until it is so.
  bool settle(const std::function<bool()>& is_so) {
    return bell_.wait_for([&] {
      for (const auto& actor : actors_) actor->worker.step();
      for (Event& event : master_.link().take_events()) master_events_.push_back(std::move(event));
      return is_so();
    });
  }

  std::mt19937 random_;
  Bell bell_;
  const ClusterKeys keys_;
  TestMaster master_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<Event> master_events_;
  uint64_t requests_ = 0;
  int documents_ = 0;
};

}  // namespace

TEST_CASE("whatever happens on the connections, nothing is lost and nothing counts twice") {
  const unsigned seed = GENERATE(range(1U, 5U));
  CAPTURE(seed);
  Story story(seed);
  for (int step = 0; step < kSteps; ++step) story.happen();
  story.end();
}

}  // namespace locust_like::cluster
