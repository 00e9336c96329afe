#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>

#include "cluster/hand_driven_worker.h"
#include "cluster/link_harness.h"

namespace locust_like::cluster {
namespace {

constexpr uint64_t kRun = 42;

}  // namespace

TEST_CASE("a worker joins, is told what to do, and what it counts is the master's") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  TestWorker worker(bell, keys.join_token(), master.link().port());
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kJoined) == 1; }));
  master.link().begin_run(kRun);
  worker.begin_run(kRun);
  CHECK(master.link().assign(0, kRun, "document").value() == 1);
  REQUIRE(bell.wait_for([&] { return worker.events().count(EventKind::kAssignment) == 1; }));
  CHECK(worker.events().last(EventKind::kAssignment).document == "document");
  worker.link().beat("running", 5, 1);
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kApplied) == 1; }));
  CHECK(master.link().workers().at(0).state == "running");
  worker.count("/a", 1000);
  REQUIRE(worker.link().send("kind", "parcel").ok());
  REQUIRE(master.link().send(0, "kind", "order").ok());
  REQUIRE(bell.wait_for([&] { return worker.events().count(EventKind::kOrder) == 1; }));
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kParcel) == 1; }));
  worker.count("/b", 500);
  worker.link().finish_run();
  REQUIRE(bell.wait_for([&] { return worker.events().count(EventKind::kDrained) == 1; }));
  CHECK(master.events().last(EventKind::kFinished).number == kRun);
  CHECK(master.requests() == 1500);
  CHECK(master.link().workers().at(0).counted_requests == 1500);
  worker.link().close(std::chrono::seconds(1));
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kLeft) == 1; }));
}

TEST_CASE("flush waits until everything is the master's") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  master.link().begin_run(kRun);
  TestWorker worker(bell, keys.join_token(), master.link().port());
  worker.begin_run(kRun);
  worker.count("/a", 10);
  REQUIRE(worker.link().flush(kPatience));
  CHECK(master.requests() == 10);
  master.link().close(Nanos(0));
  worker.count("/a", 1);
  CHECK_FALSE(worker.link().flush(Nanos(1)));
}

TEST_CASE("both sides know when a heartbeat was last") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  const TimePoint before = steady_now();
  TestWorker worker(bell, keys.join_token(), master.link().port());
  worker.link().beat("running", 1, 1);
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kApplied) == 1; }));
  const double age_s = master.link().workers().at(0).heartbeat_age_s;
  CHECK((age_s >= 0 && Nanos(static_cast<int64_t>(age_s * 1e9)) < steady_now() - before));
  const Nanos master_age = worker.link().heartbeat_age();
  CHECK((master_age >= Nanos(0) && master_age < steady_now() - before));
}

TEST_CASE("a run's figures begin anew, and those before it are not in it") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  master.link().begin_run(1);
  TestWorker worker(bell, keys.join_token(), master.link().port());
  worker.begin_run(1);
  worker.count("/a", 10);
  REQUIRE(worker.link().flush(kPatience));
  master.link().begin_run(2);
  worker.count("/a", 3);  // still of the first run
  REQUIRE(worker.link().flush(kPatience));
  worker.begin_run(2);
  worker.count("/a", 5);
  REQUIRE(worker.link().flush(kPatience));
  CHECK(master.requests() == 15);
  CHECK(master.link().workers().at(0).counted_requests == 5);
  CHECK(master.events().count(EventKind::kStaleReport) == 1);
}

TEST_CASE("only who has the join token gets in, and the others are told why not") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  const ClusterKeys other = ClusterKeys::generate().value();
  TestMaster master(bell, keys);

  ClusterKeys half = keys;  // knows the master, but not the workers' secret
  half.client = other.client;
  TestWorker guessing(bell, half.join_token(), master.link().port());
  REQUIRE(bell.wait_for([&] { return guessing.events().count(EventKind::kRefused) > 0; }));
  CHECK(guessing.events().last(EventKind::kRefused).text ==
        "the master at 127.0.0.1:" + std::to_string(master.link().port()) +
            " does not know this join token; give this worker the token that the master printed");
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kRefused) > 0; }));
  CHECK(master.events()
            .last(EventKind::kRefused)
            .text.find("a worker from 127.0.0.1 has another join token") == 0);

  TestWorker stranger(bell, other.join_token(), master.link().port());
  REQUIRE(bell.wait_for([&] { return stranger.events().count(EventKind::kRefused) > 0; }));
  CHECK(stranger.events().last(EventKind::kRefused).text.find("hangs up on us") !=
        std::string::npos);
  CHECK(master.link().workers().empty());
}

TEST_CASE("a master that cannot listen says where and why") {
  ClusterKeys keys = ClusterKeys::generate().value();
  Endpoint nowhere{"no-such-host.invalid", 0};
  const auto transport = listen_for_workers(keys, nowhere);
  REQUIRE_FALSE(transport.ok());
  CHECK(transport.status().message() ==
        "listen on no-such-host.invalid:0: no address of this machine has that name");
}

TEST_CASE("a worker that cannot find its master says so") {
  Bell bell;
  const std::string token = ClusterKeys::generate().value().join_token();
  WorkerOptions options;
  options.join_token = token;
  options.master = {"no-such-host.invalid", 5557};
  EventLog events;
  auto worker = WorkerLink::start(
      options, [] { return stats::Snapshot(); }, [&] { bell.ring(); });
  REQUIRE(worker.ok());
  REQUIRE(bell.wait_for([&] {
    events.take_from(*worker.value());
    return events.count(EventKind::kRefused) > 0;
  }));
  CHECK(events.last(EventKind::kRefused).text ==
        "the name in no-such-host.invalid:5557 cannot be found: correct --master-host");
  options.master = {"", 5557};
  CHECK(WorkerLink::start(
            options, [] { return stats::Snapshot(); }, [] {})
            .status()
            .code() == Code::kInvalidArgument);
}

TEST_CASE("a worker of another protocol version is told so, and so is its master") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  HandDrivenWorker worker(keys, master.link().port());
  worker.connect<OtherVersionTransport>();
  const auto refusal_of = [](const std::vector<Event>& events) -> const Event* {
    const auto found = std::find_if(events.begin(), events.end(), [](const Event& event) {
      return event.kind == EventKind::kRefused;
    });
    return found == events.end() ? nullptr : &*found;
  };
  REQUIRE(bell.wait_for([&] {
    worker.step();
    return refusal_of(worker.events()) != nullptr;
  }));
  const std::string mine = std::to_string(kProtocolVersion);
  const std::string other = std::to_string(kProtocolVersion + 1);
  const std::string text = "this master speaks protocol " + mine + " (version 1.0), the worker " +
                           other + " (version 1.0): install the same version on both";
  CHECK(refusal_of(worker.events())->text == text);
  CHECK_FALSE(worker.state().is_admitted());
  REQUIRE(bell.wait_for([&] { return master.events().count(EventKind::kRefused) > 0; }));
  CHECK(master.events().last(EventKind::kRefused).text == text);
  CHECK(master.link().workers().empty());
}

TEST_CASE("whoever waits for a master's events hears of a removal that it asked for") {
  Bell bell;
  std::atomic<int> announcements = 0;
  const ClusterKeys keys = ClusterKeys::generate().value();
  stats::Collector collector;
  const MasterOptions options = master_options(keys, "127.0.0.1", 0);
  const auto started = MasterLink::start(options, collector, [&] {
    ++announcements;
    bell.ring();
  });
  REQUIRE(started.ok());
  MasterLink& master = *started.value();
  const TestWorker worker(bell, keys.join_token(), master.port());
  EventLog events;
  REQUIRE(bell.wait_for([&] {
    events.take_from(master);
    return events.count(EventKind::kJoined) == 1;
  }));
  const int before = announcements;
  REQUIRE(master.remove(0, "taken out").ok());
  CHECK(announcements == before + 1);
  events.take_from(master);
  CHECK(events.last(EventKind::kLost).text == "taken out");
}

TEST_CASE("a worker waits for its master, and is there when it comes") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  uint16_t port = 0;
  {
    TestMaster first(bell, keys);
    port = first.link().port();
  }
  TestWorker worker(bell, keys.join_token(), port);
  REQUIRE(bell.wait_for([&] { return worker.events().count(EventKind::kRefused) > 0; }));
  CHECK(worker.events().last(EventKind::kRefused).text.find("nobody listens at") == 0);
  TestMaster master(bell, keys, port);
  REQUIRE(bell.wait_for([&] { return master.here() == 1; }));
}

TEST_CASE("a restarted master gets its worker back, and what it had not acknowledged") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  auto first = std::make_unique<TestMaster>(bell, keys);
  const uint16_t port = first->link().port();
  first->link().begin_run(kRun);
  TestWorker worker(bell, keys.join_token(), port);
  worker.begin_run(kRun);
  worker.count("/a", 10);
  REQUIRE(worker.link().flush(kPatience));
  first.reset();
  worker.count("/a", 7);
  TestMaster second(bell, keys, port);
  second.link().begin_run(kRun);
  REQUIRE(worker.link().flush(kPatience));
  CHECK(second.requests() == 7);
  // It may be admitted more than once where a machine is slow.
  REQUIRE(bell.wait_for([&] { return worker.events().has(EventKind::kAdmitted, "new-master"); }));
}

TEST_CASE("a port that is taken is an error with a reason") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  TestMaster master(bell, keys);
  stats::Collector collector;
  const uint16_t port = master.link().port();
  MasterOptions options = master_options(keys, "127.0.0.1", port);
  const auto taken = MasterLink::start(options, collector, [] {});
  REQUIRE_FALSE(taken.ok());
  CHECK(taken.status().code() == Code::kResources);
  CHECK(taken.status().message() ==
        "listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  options.endpoint.host = "nowhere";
  const auto wrong = MasterLink::start(options, collector, [] {});
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.status().code() == Code::kInvalidArgument);
}

TEST_CASE("links over IPv6 work as well") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  stats::Collector collector;
  const MasterOptions master = master_options(keys, "::1", 0);
  auto started = MasterLink::start(master, collector, [&] { bell.ring(); });
  if (!started.ok()) return;  // a machine without IPv6
  WorkerOptions options;
  options.master = {"::1", started.value()->port()};
  options.join_token = keys.join_token();
  auto worker = WorkerLink::start(
      options, [] { return stats::Snapshot(); }, [] {});
  REQUIRE(worker.ok());
  CHECK(bell.wait_for([&] { return started.value()->workers().size() == 1; }));
}

TEST_CASE("a forked child has no part in its parent's links") {
  Bell bell;
  const ClusterKeys keys = ClusterKeys::generate().value();
  auto master = std::make_unique<TestMaster>(bell, keys);
  auto worker = std::make_unique<TestWorker>(bell, keys.join_token(), master->link().port());
  REQUIRE(bell.wait_for([&] { return master->here() == 1; }));
  const pid_t child = fork();
  if (child == 0) {
    const bool is_quiet = master->link().workers().empty() && worker->link().flush(kPatience) &&
                          !worker->link().send("kind", "").ok();
    master.reset();
    worker.reset();
    _exit(is_quiet ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  worker->link().beat("alive", 0, 0);
  CHECK(bell.wait_for([&] { return master->link().workers().at(0).state == "alive"; }));
  CHECK(master->here() == 1);
}

}  // namespace locust_like::cluster
