#include "cluster/master_state.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "cluster/cluster_world.h"

namespace locust_like::cluster {
namespace {

size_t count_of(const std::vector<Event>& events, EventKind kind) {
  return static_cast<size_t>(std::count_if(
      events.begin(), events.end(), [kind](const Event& event) { return event.kind == kind; }));
}

const Event& last_of(const std::vector<Event>& events, EventKind kind) {
  const auto found = std::find_if(events.rbegin(), events.rend(),
                                  [kind](const Event& event) { return event.kind == kind; });
  REQUIRE(found != events.rend());
  return *found;
}

ClusterWorld settled(size_t workers) {
  ClusterWorld world(workers);
  REQUIRE(world.settle());
  return world;
}

WorkerStatus status(ClusterWorld& world, size_t i) {
  for (const WorkerStatus& known : world.master().workers(world.now())) {
    if (known.worker_id == worker_id_of(world.peer(i))) return known;
  }
  FAIL("unknown worker");
  return {};
}

void hand_to_master(ClusterWorld& world, const PeerId& peer, const std::string& bytes) {
  world.connection_of(peer).is_up = true;
  world.connection_of(peer).to_master.push_back(bytes);
  world.deliver_from(peer);
}

// What the master answered to `peer`.
std::vector<std::string> answers(ClusterWorld& world, const PeerId& peer) {
  auto& queue = world.connection_of(peer).to_worker;
  std::vector<std::string> taken(queue.begin(), queue.end());
  queue.clear();
  return taken;
}

std::string hello_bytes(uint64_t protocol = kProtocolVersion) {
  Hello hello;
  hello.protocol = protocol;
  hello.product_version = "9.9";
  hello.name = "stranger";
  return encode(WorkerMessage(hello));
}

PeerId peer_numbered(int number) {
  std::string bytes(16, 'z');
  bytes[0] = static_cast<char>(number);
  bytes[1] = static_cast<char>(number / 256);
  return peer_of(bytes);
}

}  // namespace

TEST_CASE("a worker joins, with an index of its own") {
  ClusterWorld world = settled(2);
  CHECK(count_of(world.master_events, EventKind::kJoined) == 2);
  CHECK(status(world, 0).index == 0);
  CHECK(status(world, 1).index == 1);
  CHECK(status(world, 0).is_here);
  CHECK(status(world, 0).name == "name");
  CHECK(status(world, 1).generation == 2);
  const Event& admitted = last_of(world.worker_events[1], EventKind::kAdmitted);
  CHECK(admitted.text == "new-master");
  CHECK(admitted.number == 1);
}

TEST_CASE("a silent worker is lost after three seconds, and is back when it speaks") {
  ClusterWorld world = settled(1);
  world.pass(std::chrono::milliseconds(2500));
  CHECK(status(world, 0).is_here);
  world.pass(std::chrono::milliseconds(500));
  CHECK_FALSE(status(world, 0).is_here);
  CHECK(last_of(world.master_events, EventKind::kLost).text == "no heartbeat for 3.0 s");
  world.deliver_to_master(0);
  CHECK(status(world, 0).is_here);
  CHECK(count_of(world.master_events, EventKind::kRejoined) == 1);
  CHECK(status(world, 0).index == 0);
}

TEST_CASE("a disconnected worker is lost after a second") {
  ClusterWorld world = settled(1);
  world.cut(0);
  world.pass(std::chrono::milliseconds(500));  // the next pulse finds nobody
  CHECK(status(world, 0).is_here);
  world.pass(std::chrono::milliseconds(1000));
  CHECK_FALSE(status(world, 0).is_here);
  CHECK(last_of(world.master_events, EventKind::kLost).text == "disconnected");
}

TEST_CASE("a worker that is back within a second was never lost") {
  ClusterWorld world = settled(1);
  world.cut(0);
  world.pass(std::chrono::milliseconds(500));
  REQUIRE(world.settle());
  CHECK(count_of(world.master_events, EventKind::kLost) == 0);
  CHECK(count_of(world.master_events, EventKind::kRejoined) == 0);
  CHECK(status(world, 0).generation == 2);
  CHECK(last_of(world.worker_events[0], EventKind::kAdmitted).text == "same-master");
}

TEST_CASE("a worker that says goodbye has left") {
  ClusterWorld world = settled(1);
  world.say_goodbye(0);
  world.deliver_all();
  CHECK(last_of(world.master_events, EventKind::kLeft).text == "exited");
  CHECK(status(world, 0).reason == "exited");
  CHECK(status(world, 0).unaccounted_s == 0);
}

TEST_CASE("a pause of the master is nobody's silence") {
  ClusterWorld world = settled(2);
  world.pause(std::chrono::seconds(8));
  CHECK(count_of(world.master_events, EventKind::kLost) == 0);
  world.pass(std::chrono::seconds(3));  // they had their time: now they are silent
  CHECK(count_of(world.master_events, EventKind::kLost) == 2);
}

TEST_CASE("what a lost worker had not reported is unaccounted, until it comes back") {
  ClusterWorld world = settled(1);
  world.worker(0).vitals().run = ClusterWorld::kRun;
  world.count(0);  // one request by FakeSink
  world.worker(0).vitals().recorded_requests = 5;
  world.pass(std::chrono::milliseconds(500));
  world.deliver_all();
  CHECK(status(world, 0).counted_requests == 1);
  CHECK(status(world, 0).recorded_requests == 5);
  CHECK(status(world, 0).unaccounted_requests == 0);
  world.cut(0);
  world.pass(std::chrono::seconds(2));
  CHECK(status(world, 0).unaccounted_requests == 4);
  CHECK(status(world, 0).unaccounted_s > 0);
  CHECK(status(world, 0).unaccounted_s <= 1.5);
  REQUIRE(world.settle());
  CHECK(status(world, 0).unaccounted_requests == 0);
  CHECK(status(world, 0).unaccounted_s == 0);
}

TEST_CASE("what was lost is estimated by the rate of the last report") {
  ClusterWorld world = settled(1);
  world.worker(0).vitals().run = ClusterWorld::kRun;
  constexpr int64_t kTenth_ns = 100'000'000;
  // FakeSink counts one request: 10 a second.
  world.worker(0).reports().add({ClusterWorld::kRun, 0, kTenth_ns, false, {"one", {}}});
  world.worker(0).vitals().recorded_requests = 2;
  world.pass(std::chrono::milliseconds(500));
  world.deliver_all();
  world.cut(0);
  world.pass(std::chrono::seconds(2));
  const WorkerStatus lost = status(world, 0);
  CHECK(lost.unaccounted_requests == 1);
  CHECK(lost.unaccounted_estimate == static_cast<uint64_t>(std::llround(10 * lost.unaccounted_s)));
  CHECK(lost.unaccounted_estimate > lost.unaccounted_requests);
}

TEST_CASE("a worker that did nothing since its last report leaves little unaccounted") {
  ClusterWorld world = settled(1);
  world.worker(0).vitals().run = ClusterWorld::kRun;
  world.count(0);
  world.worker(0).vitals().recorded_requests = 1;
  for (int i = 0; i < 40; ++i) {
    world.pass(std::chrono::milliseconds(500));
    world.deliver_all();
  }
  world.cut(0);
  world.pass(std::chrono::seconds(2));
  CHECK(status(world, 0).unaccounted_requests == 0);
  CHECK(status(world, 0).unaccounted_s > 0);
  CHECK(status(world, 0).unaccounted_s <= 1);
}

TEST_CASE("figures of another run are acknowledged, and not counted") {
  ClusterWorld world = settled(1);
  world.master().begin_run(ClusterWorld::kRun + 1, world.now());
  const std::string text = world.count(0);
  world.deliver_all();
  CHECK(world.sink().counts.count(text) == 0);
  CHECK(world.worker(0).reports().empty());
  CHECK(last_of(world.master_events, EventKind::kStaleReport).number == ClusterWorld::kRun);
  CHECK(status(world, 0).counted_requests == 0);
}

TEST_CASE("the last report of a run is told when it is counted, and drains the worker") {
  ClusterWorld world = settled(1);
  world.worker(0).reports().add({ClusterWorld::kRun, 0, 0, true, {"last", {}}});
  world.pass(std::chrono::milliseconds(500));
  world.deliver_all();
  CHECK(last_of(world.master_events, EventKind::kFinished).number == ClusterWorld::kRun);
  CHECK(last_of(world.worker_events[0], EventKind::kDrained).number == ClusterWorld::kRun);
}

TEST_CASE("parcels arrive once and in order, also when Python does not read for long") {
  ClusterWorld world = settled(1);
  world.takes_master_events = false;
  const std::string document(kMaxDocumentBytes, 'x');
  int sent = 0;
  for (; sent < 90; ++sent) {
    REQUIRE(world.worker(0).reports().add_parcel("kind", document).ok());
    world.pass(std::chrono::milliseconds(500));
    world.deliver_all();
    if (!world.worker(0).reports().empty()) break;
  }
  CHECK(sent > 60);
  CHECK(world.master().events().is_full());
  world.takes_master_events = true;
  REQUIRE(world.settle());
  CHECK(count_of(world.master_events, EventKind::kParcel) == static_cast<size_t>(sent) + 1);
}

TEST_CASE("a message that cannot be read costs its sender the admission, and nobody else") {
  ClusterWorld world = settled(2);
  world.connection(0).to_master.push_back("\x7f rubbish");
  world.deliver_all();
  CHECK_FALSE(status(world, 0).is_here);
  CHECK(status(world, 1).is_here);
  CHECK(count_of(world.master_events, EventKind::kRefused) == 1);
  CHECK(last_of(world.master_events, EventKind::kLost).text ==
        "ejected: decode message: unknown kind 127");
  CHECK(last_of(world.worker_events[0], EventKind::kRefused).text ==
        "decode message: unknown kind 127");
  // It is not heard for a second, then it may come again.
  world.connection(0).to_master.push_back(hello_bytes());
  world.deliver_to_master(0);
  CHECK_FALSE(status(world, 0).is_here);
  REQUIRE(world.settle());
  CHECK(status(world, 0).is_here);
  CHECK(status(world, 0).index == 0);
}

TEST_CASE("a report whose figures are malformed counts nothing and ejects its sender") {
  ClusterWorld world = settled(1);
  Report report;
  report.generation = status(world, 0).generation;
  report.sequence = 1;
  report.run = ClusterWorld::kRun;
  report.delta = "malformed";
  report.parcels = {{"kind", "document"}};
  world.connection(0).to_master.push_back(encode(WorkerMessage(report)));
  world.deliver_to_master(0);
  CHECK_FALSE(status(world, 0).is_here);
  CHECK(count_of(world.master_events, EventKind::kParcel) == 0);
  CHECK(world.sink().counts.empty());
}

TEST_CASE("another protocol version is refused in words") {
  ClusterWorld world(0);
  const PeerId peer = peer_numbered(1);
  hand_to_master(world, peer, hello_bytes(kProtocolVersion + 1));
  const auto replies = answers(world, peer);
  REQUIRE(replies.size() == 1);
  const auto refused = std::get<Refused>(decode_from_master(replies[0]).value());
  CHECK(refused.refusal == Refusal::kProtocol);
  CHECK(refused.text ==
        "this master speaks protocol 2 (version 1.0), the worker 3 (version 9.9): install the same "
        "version on both");
  CHECK(world.master().workers(world.now()).empty());
}

TEST_CASE("who has no worker's id is no worker") {
  ClusterWorld world(0);
  hand_to_master(world, "anybody", hello_bytes());
  CHECK(world.master().workers(world.now()).empty());
  CHECK(count_of(world.master_events, EventKind::kRefused) == 1);
}

TEST_CASE("strangers' messages are dropped and counted") {
  ClusterWorld world(0);
  Heartbeat beat;
  beat.generation = 1;
  for (int i = 0; i < 5; ++i) hand_to_master(world, peer_numbered(i), encode(WorkerMessage(beat)));
  CHECK(world.master().dropped_messages() == 5);
  CHECK(world.master_events.empty());
}

TEST_CASE("a removed worker is told why, and refused from then on") {
  ClusterWorld world = settled(2);
  REQUIRE(world.master().remove(0, "removed by an operator", world.now()).ok());
  world.pass(std::chrono::milliseconds(500));
  world.deliver_all();
  CHECK(last_of(world.worker_events[0], EventKind::kGaveUp).text == "removed by an operator");
  CHECK_FALSE(status(world, 0).is_here);
  CHECK(status(world, 1).is_here);
  hand_to_master(world, world.peer(0), hello_bytes());
  const auto replies = answers(world, world.peer(0));
  REQUIRE(replies.size() == 1);
  CHECK(std::get<Refused>(decode_from_master(replies[0]).value()).refusal == Refusal::kRemoved);
  CHECK(world.master().remove(7, "", world.now()).code() == Code::kInvalidArgument);
}

TEST_CASE("there is a last worker that is admitted, and a last gone one that is remembered") {
  ClusterWorld world(0);
  const auto join = [&](size_t i) {
    hand_to_master(world, peer_numbered(static_cast<int>(i)), hello_bytes());
  };
  for (size_t i = 0; i < kMaxWorkers; ++i) join(i);
  CHECK(world.master().workers(world.now()).size() == kMaxWorkers);
  join(kMaxWorkers);
  CHECK(world.master().workers(world.now()).size() == kMaxWorkers);
  CHECK(last_of(world.master_events, EventKind::kRefused).text ==
        "this master has 1000 workers already");
  world.pass(std::chrono::seconds(4));
  for (size_t i = 2000; i < 2500; ++i) {
    join(i);
    world.pass(std::chrono::seconds(4));
  }
  CHECK(world.master().workers(world.now()).size() <= kMaxGoneWorkers + 1);
  CHECK(world.master().workers(world.now()).back().index == 1499);
}

TEST_CASE("a new master goes on where the worker is") {
  ClusterWorld world = settled(1);
  world.count(0);
  world.deliver_all();
  world.restart_master();
  const std::string text = world.count(0);
  REQUIRE(world.settle());
  CHECK(world.sink().counts.at(text) == 1);
  CHECK(world.sink().counts.size() == 1);
  CHECK(last_of(world.worker_events[0], EventKind::kAdmitted).text == "new-master");
}

TEST_CASE("assigning and sending to nobody is an error of the caller") {
  ClusterWorld world = settled(1);
  CHECK(world.master().assign(5, 1, "").status().code() == Code::kInvalidArgument);
  CHECK(world.master().send(5, "kind", "").code() == Code::kInvalidArgument);
  const std::string big(kMaxDocumentBytes + 1, 'x');
  CHECK(world.master().assign(0, 1, big).status().code() == Code::kInvalidArgument);
}

TEST_CASE("python hears which version is applied, once") {
  ClusterWorld world = settled(1);
  world.assign(0);
  world.deliver_all();
  world.worker(0).vitals().applied_version = 1;
  world.pass(std::chrono::seconds(2));
  world.deliver_all();
  CHECK(count_of(world.master_events, EventKind::kApplied) == 1);
  CHECK(last_of(world.master_events, EventKind::kApplied).number == 1);
  CHECK(status(world, 0).applied_version == 1);
}

}  // namespace locust_like::cluster
