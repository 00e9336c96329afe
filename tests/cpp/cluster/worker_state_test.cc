#include "cluster/worker_state.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cluster/cluster_world.h"

namespace locust_like::cluster {
namespace {

size_t count_of(const std::vector<Event>& events, EventKind kind) {
  return static_cast<size_t>(std::count_if(
      events.begin(), events.end(), [kind](const Event& event) { return event.kind == kind; }));
}

ClusterWorld settled(size_t workers) {
  ClusterWorld world(workers);
  REQUIRE(world.settle());
  return world;
}

void hand_to_worker(ClusterWorld& world, const MasterMessage& message) {
  world.connection(0).to_worker.push_back(encode(message));
  world.deliver_to_worker(0);
}

}  // namespace

TEST_CASE("a worker without a connection keeps what it counts, and says hello once connected") {
  ClusterWorld world(1);
  world.count(0);
  world.pass(std::chrono::seconds(5));
  CHECK(world.connection(0).to_master.empty());
  world.connect(0);
  REQUIRE(world.connection(0).to_master.size() == 1);
  const auto message = decode_from_worker(world.connection(0).to_master[0]).value();
  CHECK(std::get<Hello>(message).first_sequence == 1);
  CHECK(std::get<Hello>(message).name == "name");
  world.deliver_all();
  CHECK(world.is_settled());
}

TEST_CASE("a hello without an answer is said again") {
  ClusterWorld world(1);
  world.connect(0);
  world.pass(std::chrono::seconds(3));
  CHECK(world.connection(0).to_master.size() == 4);
}

TEST_CASE("a worker that hears no master for ten seconds is orphaned, once") {
  ClusterWorld world = settled(1);
  world.cut(0);
  world.pass(std::chrono::milliseconds(9500));
  CHECK(count_of(world.worker_events[0], EventKind::kOrphaned) == 0);
  world.pass(std::chrono::seconds(20));
  CHECK(count_of(world.worker_events[0], EventKind::kOrphaned) == 1);
  REQUIRE(world.settle());
  CHECK(count_of(world.worker_events[0], EventKind::kAdmitted) == 2);
  world.cut(0);
  world.pass(std::chrono::seconds(11));
  CHECK(count_of(world.worker_events[0], EventKind::kOrphaned) == 2);
}

TEST_CASE("an orphaned worker is told again what to do, also when nobody missed it") {
  ClusterWorld world = settled(1);
  world.assign(0);
  REQUIRE(world.settle());
  world.pause(std::chrono::seconds(13));  // of both, as when their machine is suspended
  world.pass(std::chrono::milliseconds(500));
  REQUIRE(world.settle());
  CHECK(count_of(world.worker_events[0], EventKind::kOrphaned) == 1);
  CHECK(count_of(world.worker_events[0], EventKind::kAssignment) == 2);
  CHECK(count_of(world.master_events, EventKind::kLost) == 0);
}

TEST_CASE("a worker that was never admitted has nothing to stop") {
  ClusterWorld world(1);
  world.pass(std::chrono::seconds(30));
  CHECK(count_of(world.worker_events[0], EventKind::kOrphaned) == 0);
}

TEST_CASE("a worker gives up when no master comes for too long") {
  ClusterWorld world(1);
  world.pass(std::chrono::hours(1));
  REQUIRE(count_of(world.worker_events[0], EventKind::kGaveUp) == 1);
  CHECK(world.worker_events[0].back().text ==
        "no master for 3600 s, as long as --worker-max-wait allows");
  world.connect(0);
  CHECK(world.connection(0).to_master.empty());
}

TEST_CASE("a reason for being refused is told once, until it changes") {
  ClusterWorld world(1);
  for (int i = 0; i < 3; ++i) {
    world.worker(0).notice({Notice::Kind::kRefused, "nobody listens"}, world.now());
  }
  world.worker(0).notice({Notice::Kind::kRefused, "wrong token"}, world.now());
  world.pass(std::chrono::milliseconds(500));
  CHECK(count_of(world.worker_events[0], EventKind::kRefused) == 2);
}

TEST_CASE("messages of another admission are not taken") {
  ClusterWorld world = settled(1);
  hand_to_worker(world, Assign{99, 1, 1, "document"});
  hand_to_worker(world, Order{99, 1, "kind", "document"});
  hand_to_worker(world, Ack{99, 1, false});
  CHECK(count_of(world.worker_events[0], EventKind::kAssignment) == 0);
  CHECK(count_of(world.worker_events[0], EventKind::kOrder) == 0);
}

TEST_CASE("an old assignment and a repeated order are not taken again") {
  ClusterWorld world = settled(1);
  for (const uint64_t version : {2, 1, 2, 3}) hand_to_worker(world, Assign{1, version, 1, "d"});
  CHECK(count_of(world.worker_events[0], EventKind::kAssignment) == 2);
  for (const uint64_t number : {1, 1, 3, 2, 2}) hand_to_worker(world, Order{1, number, "k", "d"});
  CHECK(count_of(world.worker_events[0], EventKind::kOrder) == 2);
}

TEST_CASE("a goodbye of the master is told, and the worker asks again") {
  ClusterWorld world = settled(1);
  hand_to_worker(world, Goodbye{"the master ends"});
  CHECK(world.worker_events[0].back().text == "the master ends");
  CHECK_FALSE(world.worker(0).is_admitted());
  REQUIRE(world.settle());
}

TEST_CASE("what a master says wrongly is noted, and harms nothing") {
  ClusterWorld world = settled(1);
  world.connection(0).to_worker.push_back("\x7f");
  world.deliver_to_worker(0);
  CHECK(count_of(world.worker_events[0], EventKind::kLog) == 1);
  CHECK(world.worker(0).is_admitted());
}

TEST_CASE("log lines that had to be dropped are told when a master is there again") {
  ClusterWorld world = settled(1);
  world.cut(0);
  const std::string document(kMaxDocumentBytes, 'x');
  for (size_t i = 0; i < 70; ++i)
    REQUIRE(world.worker(0).reports().add_parcel("log", document).ok());
  world.pass(std::chrono::seconds(1));
  CHECK(count_of(world.worker_events[0], EventKind::kLog) == 0);
  REQUIRE(world.settle());
  CHECK(count_of(world.worker_events[0], EventKind::kLog) == 1);
  CHECK(count_of(world.master_events, EventKind::kParcel) == 63);
}

TEST_CASE("heartbeats say what Python said, and how long it has been silent") {
  ClusterWorld world = settled(1);
  WorkerVitals& vitals = world.worker(0).vitals();
  vitals.state = "running";
  vitals.users = 12;
  vitals.blocking = "locustfile.py:3";
  vitals.python_seen = world.now();
  world.pass(std::chrono::seconds(2));
  world.deliver_all();
  const WorkerStatus status = world.master().workers(world.now()).at(0);
  CHECK(status.state == "running");
  CHECK(status.users == 12);
  CHECK(status.blocking == "locustfile.py:3");
  CHECK(status.python_age_s == Approx(2.0).margin(0.51));
  CHECK(status.is_here);
}

}  // namespace locust_like::cluster
