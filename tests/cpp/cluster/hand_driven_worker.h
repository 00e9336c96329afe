// A worker that a test drives by hand over a real connection, and whose messages it can change,
// repeat and lose.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cluster/keys.h"
#include "cluster/random.h"
#include "cluster/roster.h"
#include "cluster/worker_state.h"
#include "cluster/zmq_transport.h"
#include "stats/collector.h"
#include "stats/delta_encoder.h"

namespace locust_like::cluster {

// A real transport that remembers what it last sent.
class RememberingTransport : public Transport {
 public:
  static constexpr size_t kRemembered = 10;

  explicit RememberingTransport(std::unique_ptr<Transport> real) : real_(std::move(real)) {}
  Sent send(const PeerId& peer, std::string_view bytes) override {
    const Sent sent = real_->send(peer, bytes);
    if (sent == Sent::kYes) sent_.emplace_back(bytes);
    if (sent_.size() > kRemembered) sent_.pop_front();
    return sent;
  }
  bool receive(Incoming& incoming) override { return real_->receive(incoming); }
  std::optional<Notice> take_notice() override { return real_->take_notice(); }
  void wait(Nanos time) override { real_->wait(time); }
  void wake() override { real_->wake(); }
  void close(Nanos linger) override { real_->close(linger); }

  const std::deque<std::string>& sent() const { return sent_; }

 private:
  std::unique_ptr<Transport> real_;
  std::deque<std::string> sent_;
};

// Speaks another version of the protocol.
class OtherVersionTransport final : public RememberingTransport {
 public:
  using RememberingTransport::RememberingTransport;
  Sent send(const PeerId& peer, std::string_view bytes) override {
    WorkerMessage message = decode_from_worker(bytes).value();
    if (auto* hello = std::get_if<Hello>(&message)) hello->protocol = kProtocolVersion + 1;
    return RememberingTransport::send(peer, encode(message));
  }
};

// The real WorkerState over a real connection, without a thread.
class HandDrivenWorker {
 public:
  HandDrivenWorker(const ClusterKeys& keys, uint16_t port)
      : token_(JoinToken::decode(keys.join_token()).value()),
        master_{"127.0.0.1", port},
        peer_(peer_of(random_bytes(16))),
        state_({"1.0", "by hand", "here", 1, 1.0}, std::chrono::minutes(10), steady_now()),
        encoder_(kMaxDeltaBytes) {
    connect<RememberingTransport>();
  }

  // A new connection; what was under way on the old one may be lost.
  template <typename Kind>
  void connect() {
    if (transport_) {
      transport_->close(Nanos(0));
      state_.notice({Notice::Kind::kDisconnected, {}}, steady_now());
    }
    auto real = connect_to_master(token_, master_, peer_);
    REQUIRE(real.ok());
    transport_ = std::make_unique<Kind>(std::move(real).value());
  }

  void begin_run(uint64_t run) { state_.vitals().run = run; }

  // Queues a report.
  void count(const std::string& name, int requests) {
    stats::Table table;
    stats::Sample sample;
    sample.name = collector_.intern("GET", name);
    sample.response_time_ns = 1'000'000;
    for (int i = 0; i < requests; ++i) table.record(sample);
    const stats::Snapshot before = collector_.snapshot();
    collector_.merge(table, steady_now(), wall_now_s());
    constexpr int64_t kSecond_ns = 1'000'000'000;
    for (stats::DeltaPiece& piece : encoder_.encode(collector_.snapshot().subtract(before))) {
      const auto end_ns = static_cast<int64_t>(wall_now_s() * 1e9);
      state_.reports().add(
          {state_.vitals().run, end_ns - kSecond_ns, kSecond_ns, false, std::move(piece)});
    }
  }

  // Takes what came and sends what is due.
  void step() {
    WorkerState::World world{*transport_, steady_now(), static_cast<int64_t>(wall_now_s() * 1e9)};
    while (const auto notice = transport_->take_notice()) state_.notice(*notice, world.now);
    while (transport_->receive(incoming_)) state_.receive(incoming_.bytes, world);
    state_.tick(world);
    for (Event& event : state_.events().take()) events_.push_back(std::move(event));
  }

  // Whatever these bytes are.
  void say(std::string_view bytes) { (void)transport_->send({}, bytes); }

  WorkerState& state() { return state_; }
  const std::vector<Event>& events() const { return events_; }
  const std::deque<std::string>& sent() const { return transport_->sent(); }

 private:
  const JoinToken token_;
  const Endpoint master_;
  const PeerId peer_;
  WorkerState state_;
  std::unique_ptr<RememberingTransport> transport_;
  stats::Collector collector_;
  stats::DeltaEncoder encoder_;
  Incoming incoming_;
  std::vector<Event> events_;
};

}  // namespace locust_like::cluster
