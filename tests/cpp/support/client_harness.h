// ClientHarness: a loop, a resolver and a pool as an I/O thread has them, driven by the test
// itself.
//
// Every call ends in exactly one on_call_done with a sample whose figures agree with each other;
// the harness checks that for each call, so the tests need not.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/call.h"
#include "client/pool.h"
#include "support/loopback_server.h"

namespace locust_like::testing {

inline void check_sample(const client::Call& call) {
  const stats::Sample& sample = call.sample;
  CHECK(sample.exchanges ==
        1 + sample.hops + sample.challenges + sample.retries - sample.never_sent);
  CHECK(sample.response_time_ns >= 0);
  CHECK(call.reply.last_byte >= call.reply.taken_up);
  for (const int64_t phase_ns : sample.phases_ns) CHECK(phase_ns >= 0);
  CHECK(sample.status == call.reply.head.status);
  CHECK(sample.hops == call.reply.history.size());
  if (call.reply.status.ok()) {
    CHECK(sample.outcome == (client::is_success_status(sample.status) ? stats::Outcome::kSuccess
                                                                      : stats::Outcome::kFailure));
  } else if (call.reply.status.code() == Code::kCancelled) {
    CHECK(sample.outcome == stats::Outcome::kCancelled);
  } else {
    CHECK(sample.outcome == stats::Outcome::kFailure);
    CHECK(sample.failure == call.reply.status.code());
    CHECK_FALSE(sample.failure_text.empty());
  }
}

class ClientHarness final : private client::CallOwner {
 public:
  explicit ClientHarness(client::Options options = {}, tls::Settings tls_settings = {},
                         const loop::Resolver::Options& resolver_options = {})
      : resolver_(std::make_unique<loop::Resolver>(loop_, resolver_options)),
        services_(loop_, *resolver_),
        pool_(std::make_unique<client::Pool>(services_)) {
    auto profile = std::make_shared<client::Profile>();
    profile->options = options;
    profile->tls = std::make_shared<client::TlsProvider>(std::move(tls_settings));
    profile_ = std::move(profile);
  }
  ~ClientHarness() {
    disconnect();
    resolver_.reset();
    RunUntil(loop_, [this] { return loop_.live_cells() == 0; });
  }
  ClientHarness(const ClientHarness&) = delete;
  ClientHarness& operator=(const ClientHarness&) = delete;

  // For calls that are made afterwards.
  void change_profile(const std::function<void(client::Profile&)>& change) {
    auto changed = std::make_shared<client::Profile>(*profile_);
    change(*changed);
    profile_ = std::move(changed);
  }

  // A call that the test may still change before start().
  client::Call& make(std::string_view url, std::string_view method = "GET",
                     const http::Headers& headers = {}) {
    const auto parsed = http::parse_url(url);
    REQUIRE(parsed.ok());
    auto prepared = client::prepare_request(method, parsed.value(), headers, *profile_);
    REQUIRE(prepared.ok());
    calls_.push_back(std::make_unique<client::Call>());
    client::Call& call = *calls_.back();
    call.request.prepared = std::move(prepared).value();
    call.request.profile = profile_;
    return call;
  }
  void start(client::Call& call) {
    ends_.erase(&call);
    call.start(*pool_, services_, *this);
  }
  void finish(client::Call& call) {
    RunUntil(loop_, [&] { return ended(call); });
  }
  client::Call& run(client::Call& call) {
    start(call);
    finish(call);
    return call;
  }
  client::Call& get(std::string_view url) { return run(make(url)); }
  client::Call& post(std::string_view url, std::string body) {
    client::Call& call = make(url, "POST");
    call.request.has_body = true;
    call.request.body = std::move(body);
    return run(call);
  }
  // For conditions that events of this loop make true.
  void run_until(std::function<bool()> done) { RunUntil(loop_, std::move(done)); }
  // For conditions that another thread makes true: never sleeps.
  void spin_until(const std::function<bool()>& done) {
    RunUntil(loop_, [&] {
      loop_.poll_again();
      return done();
    });
  }

  // Ends all calls and connections: a server on the same loop can go before the harness.
  void disconnect() {
    for (auto& call : calls_) call->cancel();
    pool_.reset();
  }

  // A streamed call that the submitter has: hands it over again.
  void go_on(client::Call& call, client::CallRequest::Step step) {
    paused_.erase(&call);
    call.request.step = step;
    call.go_on();
  }
  bool paused(const client::Call& call) const { return paused_.contains(&call); }
  bool ended(const client::Call& call) const { return ends_.contains(&call); }
  client::Pool& pool() { return *pool_; }
  loop::Loop& loop() { return loop_; }

 private:
  void on_call_done(client::Call& call) override {
    CHECK(++ends_[&call] == 1);
    CHECK_FALSE(call.running());
    check_sample(call);
  }

  void on_call_paused(client::Call& call) override {
    CHECK(paused_.insert(&call).second);
    CHECK(call.running());
  }

  loop::Loop loop_;
  std::unique_ptr<loop::Resolver> resolver_;
  client::Services services_;
  std::unique_ptr<client::Pool> pool_;
  std::shared_ptr<const client::Profile> profile_;
  std::vector<std::unique_ptr<client::Call>> calls_;
  std::map<const client::Call*, int> ends_;
  std::set<const client::Call*> paused_;
};

inline int64_t phase_ns(const client::Call& call, stats::Phase phase) {
  return call.sample.phases_ns.at(static_cast<size_t>(phase));
}

}  // namespace locust_like::testing
