#include "cluster/worker_state.h"

#include <algorithm>
#include <utility>

namespace locust_like::cluster {

WorkerState::WorkerState(WorkerIdentity identity, Nanos max_wait, TimePoint now)
    : identity_(std::move(identity)),
      max_wait_(max_wait),
      heard_at_(now),
      next_hello_(now),
      next_heartbeat_(now) {
  vitals_.python_seen = now;
}

void WorkerState::receive(std::string_view bytes, World& world) {
  if (phase_ == Phase::kGivenUp) return;
  const Result<MasterMessage> message = decode_from_master(bytes);
  if (!message.ok()) {
    events_.add_noisy(
        {EventKind::kLog, -1, "from the master: " + message.status().message(), 0, {}}, world.now);
    return;
  }
  if (const auto* welcome = std::get_if<Welcome>(&message.value())) {
    on_welcome(*welcome, world);
  } else if (const auto* refused = std::get_if<Refused>(&message.value())) {
    on_refused(*refused, world.now);
  } else if (const auto* pulse = std::get_if<Pulse>(&message.value())) {
    on_pulse(*pulse, world);
  } else if (const auto* ack = std::get_if<Ack>(&message.value())) {
    if (!is_current(ack->generation)) return;
    acknowledge(ack->acknowledged, world.now);
    if (ack->is_gap) reports_.go_back(ack->acknowledged, world.now);
  } else if (const auto* assign = std::get_if<Assign>(&message.value())) {
    on_assign(*assign, world);
  } else if (const auto* order = std::get_if<Order>(&message.value())) {
    on_order(*order, world);
  } else if (const auto* goodbye = std::get_if<Goodbye>(&message.value())) {
    on_goodbye(*goodbye, world.now);
  }
}

void WorkerState::on_welcome(const Welcome& welcome, World& world) {
  const bool is_new_master = welcome.master_id != master_id_;
  if (!is_new_master && welcome.generation <= generation_) return;  // an old one
  if (is_new_master) {
    master_id_ = welcome.master_id;
    received_version_ = 0;
    received_order_ = 0;
  }
  generation_ = welcome.generation;
  phase_ = Phase::kAdmitted;
  heard_at_ = world.now;
  is_orphaned_ = false;
  pulse_stamp_ = 0;
  told_refusal_.clear();
  for (const uint64_t run : reports_.start_over(welcome.acknowledged, world.now)) {
    events_.add({EventKind::kDrained, -1, {}, run, {}});
  }
  hurry();
  events_.add(
      {EventKind::kAdmitted, -1, is_new_master ? "new-master" : "same-master", welcome.index, {}});
}

void WorkerState::on_refused(const Refused& refused, TimePoint now) {
  phase_ = Phase::kGreeting;
  generation_ = 0;
  next_hello_ = now + kEjection + kHelloInterval;
  tell_refusal(refused.text);
  if (refused.refusal == Refusal::kRemoved) give_up(refused.text);
}

void WorkerState::on_pulse(const Pulse& pulse, World& world) {
  if (!is_current(pulse.generation)) return;
  heard_at_ = world.now;
  pulse_stamp_ = pulse.stamp;
  pulse_at_ = world.now;
  acknowledge(pulse.acknowledged, world.now);
}

void WorkerState::on_assign(const Assign& assign, World& world) {
  if (!is_current(assign.generation)) return;
  heard_at_ = world.now;
  hurry();  // also when it is an old one: the confirmation may be lost
  if (assign.version <= received_version_) return;
  received_version_ = assign.version;
  events_.add_newest(
      {EventKind::kAssignment, -1, {}, assign.version, std::string(assign.document)});
}

void WorkerState::on_order(const Order& order, World& world) {
  if (!is_current(order.generation)) return;
  heard_at_ = world.now;
  hurry();
  // Not confirmed, so the master sends it again, when Python has had time to read.
  if (order.number != received_order_ + 1 || events_.is_full()) return;
  received_order_ = order.number;
  events_.add(
      {EventKind::kOrder, -1, std::string(order.kind), order.number, std::string(order.document)});
}

void WorkerState::on_goodbye(const Goodbye& goodbye, TimePoint now) {
  phase_ = Phase::kGreeting;
  generation_ = 0;
  next_hello_ = now + kHelloInterval;
  events_.add({EventKind::kGoodbye, -1, std::string(goodbye.text), 0, {}});
}

void WorkerState::acknowledge(uint64_t sequence, TimePoint now) {
  for (const uint64_t run : reports_.acknowledge(sequence, now)) {
    events_.add({EventKind::kDrained, -1, {}, run, {}});
  }
}

void WorkerState::notice(const Notice& notice, TimePoint now) {
  if (phase_ == Phase::kGivenUp) return;
  switch (notice.kind) {
    case Notice::Kind::kConnected:
      phase_ = Phase::kGreeting;
      next_hello_ = now;
      told_refusal_.clear();
      events_.add({EventKind::kConnected, -1, {}, 0, {}});
      return;
    case Notice::Kind::kDisconnected:
      phase_ = Phase::kGreeting;
      events_.add({EventKind::kDisconnected, -1, {}, 0, {}});
      return;
    case Notice::Kind::kRefused:
    case Notice::Kind::kStranger:
      tell_refusal(notice.text);
      return;
  }
}

void WorkerState::tell_refusal(std::string_view text) {
  if (text == told_refusal_) return;
  told_refusal_ = text;
  events_.add({EventKind::kRefused, -1, told_refusal_, 0, {}});
}

void WorkerState::give_up(std::string_view text) {
  phase_ = Phase::kGivenUp;
  events_.add({EventKind::kGaveUp, -1, std::string(text), 0, {}});
}

void WorkerState::tick(World& world) {
  if (phase_ == Phase::kGivenUp) return;
  watch_silence(world.now);
  if (phase_ == Phase::kGreeting && world.now >= next_hello_) greet(world);
  if (phase_ != Phase::kAdmitted) return;
  if (is_heartbeat_due(world.now)) send_heartbeat(world);
  if (const uint64_t dropped = reports_.dropped_logs() - told_dropped_logs_; dropped > 0) {
    told_dropped_logs_ += dropped;
    events_.add({EventKind::kLog,
                 -1,
                 std::to_string(dropped) + " log lines were dropped, because no master took them",
                 dropped,
                 {}});
  }
  reports_.close_parcels(vitals_.run, world.wall_ns);
  reports_.send_due(world.transport, generation_, world.now);
}

void WorkerState::watch_silence(TimePoint now) {
  const Nanos silence = now - heard_at_;
  if (phase_ == Phase::kAdmitted && silence >= kSilenceUntilHello) {
    phase_ = Phase::kGreeting;
    next_hello_ = now;
  }
  if (master_id_ != 0 && !is_orphaned_ && silence >= kSilenceUntilOrphaned) {
    is_orphaned_ = true;
    // Python gives up its assignment, so this one is wanted again.
    if (received_version_ > 0) --received_version_;
    events_.add({EventKind::kOrphaned, -1, {}, 0, {}});
  }
  if (silence < max_wait_) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence).count();
  give_up("no master for " + std::to_string(seconds) + " s, as long as --worker-max-wait allows");
}

void WorkerState::greet(World& world) {
  Hello hello;
  hello.product_version = identity_.product_version;
  hello.name = identity_.name;
  hello.host = identity_.host;
  hello.pid = identity_.pid;
  hello.weight = identity_.weight;
  hello.run = vitals_.run;
  hello.first_sequence = reports_.first_sequence();
  hello.master_id = master_id_;
  hello.received_version = received_version_;
  hello.received_order = received_order_;
  // Not connected yet: the transport says when.
  const bool is_sent = world.transport.send({}, encode(WorkerMessage(hello))) == Sent::kYes;
  if (is_sent) next_hello_ = world.now + kHelloInterval;
}

void WorkerState::send_heartbeat(World& world) {
  Heartbeat beat;
  beat.generation = generation_;
  beat.state = vitals_.state;
  beat.users = vitals_.users;
  beat.received_version = received_version_;
  beat.applied_version = vitals_.applied_version;
  beat.received_order = received_order_;
  beat.run = vitals_.run;
  beat.recorded_requests = vitals_.recorded_requests;
  beat.cpu_share = vitals_.cpu_share;
  beat.rss_bytes = vitals_.rss_bytes;
  const auto python_age =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.now - vitals_.python_seen);
  beat.python_age_ms = static_cast<uint64_t>(std::max<int64_t>(python_age.count(), 0));
  beat.blocking = vitals_.blocking;
  beat.wall_ns = world.wall_ns;
  beat.echoed_stamp = pulse_stamp_;
  if (pulse_stamp_ != 0) beat.held_ns = static_cast<uint64_t>((world.now - pulse_at_).count());
  (void)world.transport.send({}, encode(WorkerMessage(beat)));
  next_heartbeat_ = world.now + kHeartbeatInterval;
}

void WorkerState::say_goodbye(std::string_view text, World& world) {
  if (phase_ != Phase::kAdmitted) return;
  (void)world.transport.send({}, encode(WorkerMessage(Goodbye{text})));
}

}  // namespace locust_like::cluster
