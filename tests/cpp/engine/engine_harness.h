// EngineHarness: submits to an Engine and takes back, as the bridge does, from one thread.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "target/server.h"

namespace locust_like::engine {

class EngineHarness {
 public:
  explicit EngineHarness(int io_threads)
      : engine(io_threads, [this] { announced_.release(); }),
        recorder(std::make_shared<Recorder>(io_threads)) {
    auto started = target::Server::start({});
    REQUIRE(started.ok());
    server = std::move(started).value();
    engine.add_recorder(recorder);
  }

  // Ready to be submitted; the harness owns it.
  CallOperation& make_call(const std::string& path, PoolHandle& pool) {
    const std::string url = "http://127.0.0.1:" + std::to_string(server->port()) + path;
    calls_.push_back(std::make_unique<CallOperation>());
    CallOperation& call = *calls_.back();
    auto prepared = client::prepare_request("GET", http::parse_url(url).value(), {});
    REQUIRE(prepared.ok());
    call.request.prepared = std::move(prepared).value();
    call.request.profile = profile_;
    call.request.name = recorder->intern("GET", path);
    call.recorder = recorder;
    call.pool = &pool;
    return call;
  }

  void submit(Operation& operation, ThreadId thread = {}) {
    operation.returns_due = 1;
    Batch batch;
    batch.operations.push_back(&operation);
    engine.submit(thread, batch);
  }
  void cancel(Operation& operation, ThreadId thread = {}) {
    ++operation.returns_due;
    Batch batch;
    batch.cancels.push_back(&operation);
    engine.submit(thread, batch);
  }
  // The engine frees the handle.
  void close(PoolHandle* pool, ThreadId thread = {}) {
    Batch batch;
    batch.closed_pools.push_back(pool);
    engine.submit(thread, batch);
  }

  // Takes what has finished, in order, until `returns` came; fails the test after 20 s.
  std::vector<Operation*> take(size_t returns) {
    std::vector<Operation*> all;
    std::vector<Operation*> some;
    while (all.size() < returns) {
      if (!engine.take_finished(some)) {
        REQUIRE(announced_.try_acquire_for(std::chrono::seconds(20)));
        continue;
      }
      for (Operation* operation : some) --operation->returns_due;
      all.insert(all.end(), some.begin(), some.end());
    }
    CHECK(all.size() == returns);
    return all;
  }

  stats::Snapshot snapshot() {
    engine.collect(*recorder);
    return recorder->collector().snapshot();
  }

  std::unique_ptr<target::Server> server;

 private:
  std::counting_semaphore<> announced_{0};
  std::shared_ptr<const client::Profile> profile_ = std::make_shared<client::Profile>();
  std::vector<std::unique_ptr<CallOperation>> calls_;

 public:
  // Behind what it calls back into, so that it ends first.
  Engine engine;
  std::shared_ptr<Recorder> recorder;
};

}  // namespace locust_like::engine
