#include "engine/engine.h"

#include <algorithm>
#include <random>

#include "engine/engine_harness.h"

namespace locust_like::engine {
namespace {

using namespace std::chrono_literals;

uint64_t accounted(const stats::Entry& entry) {
  const stats::Counters& c = entry.counters;
  return c.num_requests + c.num_cancelled + c.hops + c.challenges + c.retries - c.never_sent;
}

TEST_CASE("the target sees exactly the exchanges that are reported") {
  const int threads = GENERATE(1, 2);
  EngineHarness harness(threads);
  constexpr int kUsers = 50;
  constexpr int kRounds = 200;
  std::vector<PoolHandle*> pools;
  std::vector<ThreadId> homes;
  std::vector<CallOperation*> calls;
  for (int i = 0; i < kUsers; ++i) {
    homes.push_back(harness.engine.next_thread());
    pools.push_back(std::make_unique<PoolHandle>().release());
    calls.push_back(&harness.make_call("/json", *pools.back()));
  }
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kUsers; ++i) {
      calls[i]->reset();
      harness.submit(*calls[i], homes[i]);
    }
    harness.take(kUsers);
    for (const CallOperation* call : calls) REQUIRE(call->reply.status.ok());
  }
  const stats::Snapshot snapshot = harness.snapshot();
  CHECK(snapshot.total().counters.num_requests == kUsers * kRounds);
  CHECK(snapshot.total().counters.exchanges == harness.server->counters().requests);
  CHECK(snapshot.total().counters.exchanges == accounted(snapshot.total()));
  CHECK(harness.server->counters().connections_accepted == kUsers);
  for (int i = 0; i < kUsers; ++i) harness.close(pools[i], homes[i]);
}

TEST_CASE("a figure is there as soon as its call came back") {
  EngineHarness harness(2);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/", *pool);
  for (uint64_t i = 1; i <= 20; ++i) {
    call.reset();
    harness.submit(call);
    harness.take(1);
    CHECK(harness.snapshot().total().counters.num_requests == i);
  }
  harness.engine.reset(*harness.recorder);
  CHECK(harness.snapshot().total().counters.num_requests == 0);
  harness.close(pool);
}

TEST_CASE("a call judged by its script is recorded when the verdict comes") {
  EngineHarness harness(1);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/", *pool);
  call.judged_by_script = true;
  harness.submit(call);
  harness.take(1);
  CHECK(harness.snapshot().total().counters.num_requests == 0);
  Batch batch;
  batch.samples.push_back(
      {harness.recorder.get(), call.sample, "not what I wanted", call.capture()});
  batch.samples.back().sample.outcome = stats::Outcome::kFailure;
  batch.samples.back().sample.failure = Code::kScript;
  harness.engine.submit({}, batch);
  CHECK(batch.empty());
  const stats::Snapshot snapshot = harness.snapshot();
  CHECK(snapshot.total().counters.num_failures == 1);
  REQUIRE(snapshot.failures().size() == 1);
  CHECK(snapshot.failures()[0].error.captures.size() == 1);
  harness.close(pool);
}

TEST_CASE("an upload comes back for each piece, and its submitter may take its time") {
  using Step = client::CallRequest::Step;
  EngineHarness harness(1);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/echo?raw=1", *pool);
  call.request.uploads = call.request.has_body = true;
  const bool in_time = GENERATE(true, false);
  if (!in_time) call.request.total_timeout = 20ms;
  harness.submit(call);
  std::string sent;
  harness.take(1);
  for (int i = 0; !call.reply.complete; ++i) {
    REQUIRE(call.reply.wants == client::CallReply::Wants::kPiece);
    const bool last = i == 49;
    // What ends meanwhile must not meet what is written here.
    const TimePoint until = steady_now() + (in_time ? 0ms : 30ms);
    do call.request.body.assign(last ? 0 : 1000, static_cast<char>('a' + i % 26));
    while (steady_now() < until);
    sent += call.request.body;
    call.request.step = last ? Step::kLastPiece : Step::kPiece;
    harness.submit(call);
    harness.take(1);
  }
  if (in_time) {
    CHECK(call.reply.body == sent);
  } else {
    CHECK(call.sample.failure == Code::kTimeoutTotal);
  }
  CHECK(harness.snapshot().total().counters.num_requests == 1);
  harness.close(pool);
}

TEST_CASE("an upload may be cancelled as its next piece is handed over") {
  EngineHarness harness(1);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/echo", *pool);
  call.request.uploads = call.request.has_body = true;
  harness.submit(call);
  harness.take(1);
  call.request.body = "x";
  call.request.step = client::CallRequest::Step::kPiece;
  harness.submit(call);
  harness.cancel(call);
  harness.take(2);
  CHECK(call.returns_due == 0);
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  harness.close(pool);
}

TEST_CASE("sleeps end in the order in which they are due") {
  EngineHarness harness(1);
  std::vector<std::unique_ptr<SleepOperation>> sleeps;
  const TimePoint now = steady_now();
  for (const auto delay : {30ms, 10ms, 20ms, 0ms}) {
    sleeps.push_back(std::make_unique<SleepOperation>());
    sleeps.back()->due = now + delay;
    harness.submit(*sleeps.back());
  }
  const std::vector<Operation*> ended = harness.take(4);
  CHECK(ended == std::vector<Operation*>{sleeps[3].get(), sleeps[1].get(), sleeps[2].get(),
                                         sleeps[0].get()});
  CHECK(steady_now() >= now + 30ms);
}

TEST_CASE("a cancelled operation comes back twice: ended and acknowledged") {
  EngineHarness harness(1);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/delay/60000", *pool);
  SleepOperation sleep;
  sleep.due = steady_now() + 1h;
  harness.submit(call);
  harness.submit(sleep);
  harness.cancel(call);
  harness.cancel(sleep);
  harness.take(4);
  CHECK(call.returns_due == 0);
  CHECK(sleep.returns_due == 0);
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  CHECK(harness.snapshot().total().counters.num_cancelled == 1);
  harness.close(pool);
}

TEST_CASE("a cancel that comes too late is only acknowledged") {
  EngineHarness harness(1);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/", *pool);
  harness.submit(call);
  harness.take(1);
  harness.cancel(call);
  harness.take(1);
  CHECK(call.returns_due == 0);
  CHECK(call.sample.outcome == stats::Outcome::kSuccess);
  harness.close(pool);
}

TEST_CASE("stop brings everything back as cancelled") {
  EngineHarness harness(2);
  std::vector<PoolHandle*> pools;
  std::vector<CallOperation*> calls;
  SleepOperation sleep;
  sleep.due = steady_now() + 1h;
  harness.submit(sleep);
  for (int i = 0; i < 20; ++i) {
    pools.push_back(std::make_unique<PoolHandle>().release());
    calls.push_back(&harness.make_call("/delay/60000", *pools.back()));
    harness.submit(*calls.back(), ThreadId{static_cast<uint32_t>(i % 2)});
  }
  harness.engine.stop();
  harness.take(21);
  for (const CallOperation* call : calls) {
    CHECK(call->sample.outcome == stats::Outcome::kCancelled);
    CHECK(call->returns_due == 0);
  }
  CHECK(harness.snapshot().total().counters.num_cancelled == 20);
  harness.engine.stop();
  for (PoolHandle* pool : pools) const std::unique_ptr<PoolHandle> freed(pool);
}

TEST_CASE("what comes after the stop comes back as cancelled and is counted") {
  EngineHarness harness(2);
  auto* pool = std::make_unique<PoolHandle>().release();
  CallOperation& call = harness.make_call("/", *pool);
  SleepOperation sleep;
  sleep.due = steady_now() + 1h;
  harness.engine.stop();
  harness.submit(call);
  harness.submit(sleep, ThreadId{1});
  harness.cancel(sleep, ThreadId{1});
  harness.take(3);
  CHECK(call.sample.outcome == stats::Outcome::kCancelled);
  CHECK(harness.snapshot().total().counters.num_cancelled == 1);
  harness.close(pool);
}

TEST_CASE("stopping while other threads submit and read leaves nobody waiting") {
  EngineHarness harness(2);
  const NameId name = harness.recorder->intern("CUSTOM", "work");
  std::atomic<bool> stopped{false};
  std::atomic<uint64_t> reported{0};
  const auto work = [&](uint32_t home) {
    bool last_round = false;
    while (!last_round) {
      last_round = stopped;
      Batch batch;
      stats::Sample sample;
      sample.name = name;
      batch.samples.push_back({harness.recorder.get(), sample, "", nullptr});
      harness.engine.submit(ThreadId{home}, batch);
      ++reported;
      harness.snapshot();
    }
  };
  std::thread first(work, 0);
  std::thread second(work, 1);
  while (reported < 100) std::this_thread::yield();
  harness.engine.stop();
  stopped = true;
  first.join();
  second.join();
  CHECK(harness.snapshot().total().counters.num_requests == reported);
}

TEST_CASE("a recorder may be removed while samples for it are on their way") {
  EngineHarness harness(2);
  auto leaving = std::make_shared<Recorder>(2);
  harness.engine.add_recorder(leaving);
  const NameId name = leaving->intern("CUSTOM", "work");
  for (uint32_t i = 0; i < 100; ++i) {
    Batch batch;
    stats::Sample sample;
    sample.name = name;
    batch.samples.push_back({leaving.get(), sample, "", nullptr});
    harness.engine.submit(ThreadId{i % 2}, batch);
  }
  harness.engine.remove_recorder(leaving);
  const std::weak_ptr<Recorder> gone = leaving;
  SECTION("kept by its owner, it has them all") {
    harness.engine.collect(*leaving);
    CHECK(leaving->collector().snapshot().total().counters.num_requests == 100);
  }
  SECTION("otherwise it lives until they are recorded") {
    leaving.reset();
    harness.snapshot();  // behind the removal on every thread
    CHECK(gone.expired());
  }
}

TEST_CASE("readers of several threads miss nothing and count nothing twice") {
  EngineHarness harness(2);
  const NameId name = harness.recorder->intern("CUSTOM", "work");
  std::atomic<bool> stale{false};
  const auto write_and_read = [&](uint32_t home) {
    for (uint64_t i = 1; i <= 200; ++i) {
      Batch batch;
      stats::Sample sample;
      sample.name = name;
      batch.samples.push_back({harness.recorder.get(), sample, "", nullptr});
      harness.engine.submit(ThreadId{home}, batch);
      if (harness.snapshot().total().counters.num_requests < i) stale = true;
    }
  };
  std::thread first(write_and_read, 0);
  std::thread second(write_and_read, 1);
  first.join();
  second.join();
  CHECK_FALSE(stale);
  CHECK(harness.snapshot().total().counters.num_requests == 400);
}

TEST_CASE("a storm of cancels loses no call and no figure") {
  EngineHarness harness(2);
  std::mt19937 random(20240607);
  std::vector<PoolHandle*> pools;
  std::vector<CallOperation*> calls;
  for (int i = 0; i < 40; ++i) {
    pools.push_back(std::make_unique<PoolHandle>().release());
    const std::string path = i % 3 == 0 ? "/delay/1" : i % 3 == 1 ? "/redirect/2" : "/bytes/70000";
    calls.push_back(&harness.make_call(path, *pools.back()));
  }
  uint64_t started = 0;
  for (int round = 0; round < 50; ++round) {
    size_t returns = 0;
    for (size_t i = 0; i < calls.size(); ++i) {
      const ThreadId home{static_cast<uint32_t>(i % 2)};
      calls[i]->reset();
      harness.submit(*calls[i], home);
      ++started;
      ++returns;
      if (random() % 2 == 0) continue;
      if (random() % 2 == 0) std::this_thread::yield();
      harness.cancel(*calls[i], home);
      ++returns;
    }
    harness.take(returns);
  }
  const stats::Snapshot snapshot = harness.snapshot();
  const stats::Counters& counters = snapshot.total().counters;
  CHECK(counters.num_requests + counters.num_cancelled == started);
  CHECK(counters.num_failures == 0);
  CHECK(counters.exchanges == accounted(snapshot.total()));
  CHECK(harness.server->counters().requests <= counters.exchanges);
  for (size_t i = 0; i < pools.size(); ++i) {
    harness.close(pools[i], ThreadId{static_cast<uint32_t>(i % 2)});
  }
}

}  // namespace
}  // namespace locust_like::engine
