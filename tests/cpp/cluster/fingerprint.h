// Fingerprint: everything in a state machine that decides what it does next, as bytes.
//
// Two states with the same bytes behave alike, so an exploration goes on from one of them only.
// Times are written relative to now and cut off where nothing depends on them any more; what only
// people read (names, usage, skew) is left out. Checklist: a new member of a state machine that
// decides anything belongs in here.
#pragma once

#include <algorithm>
#include <string>
#include <variant>

#include "cluster/master_state.h"
#include "cluster/worker_state.h"
#include "stats/wire.h"

namespace locust_like::cluster {

class Fingerprint {
 public:
  explicit Fingerprint(TimePoint now) : now_(now) {}

  void add(const MasterState& master) {
    number(master.master_id_);
    number(master.run_);
    number(master.last_generation_);
    until(master.next_pulse_);
    until(master.next_round_);
    for (const auto& [peer, time] : master.ejected_until_) {
      text(peer);
      until(time);
    }
    for (const Member* member : master.roster_.all()) add(*member);
  }

  void add(const WorkerState& worker) {
    number(static_cast<uint64_t>(worker.phase_));
    number(worker.master_id_);
    number(worker.generation_);
    number(worker.received_version_);
    number(worker.received_order_);
    since(worker.heard_at_, kSilenceUntilOrphaned);
    until(worker.next_hello_);
    until(worker.next_heartbeat_);
    number(worker.is_orphaned_ ? 1 : 0);
    add(worker.reports_);
  }

  // Without the times in it.
  void add_from_worker(const std::string& bytes) {
    WorkerMessage message = std::move(decode_from_worker(bytes)).value();
    if (auto* beat = std::get_if<Heartbeat>(&message)) {
      beat->wall_ns = 0;
      beat->echoed_stamp = beat->held_ns = beat->python_age_ms = 0;
    }
    text(encode(message));
  }
  void add_from_master(const std::string& bytes) {
    MasterMessage message = std::move(decode_from_master(bytes)).value();
    if (auto* pulse = std::get_if<Pulse>(&message)) pulse->stamp = 0;
    text(encode(message));
  }

  void number(uint64_t value) { writer_.varint(value); }
  void text(std::string_view value) { writer_.text(value); }
  const std::string& bytes() const { return writer_.bytes(); }

 private:
  void since(TimePoint time, Nanos most) {
    number(static_cast<uint64_t>(std::clamp(now_ - time, Nanos(0), Nanos(most)).count()));
  }
  void until(TimePoint time) {
    number(time <= now_ ? 0 : static_cast<uint64_t>((time - now_).count()));
  }

  void add(const Member& member) {
    text(member.peer);
    number(member.generation);
    number(static_cast<uint64_t>(member.presence));
    since(member.last_heard, kSilenceUntilLost);
    number(member.unreachable_since ? 1 : 0);
    if (member.unreachable_since) since(*member.unreachable_since, kDisconnectedUntilLost);
    number(member.is_refusal_due ? 1 : 0);
    number(member.last_sequence);
    number(member.facts.applied_version);
    add(member.assignment);
    add(member.orders);
  }

  void add(const AssignmentOutbox& outbox) {
    number(outbox.version_);
    number(outbox.confirmed_);
    number(outbox.is_sent_ ? 1 : 0);
    if (outbox.is_sent_ && outbox.confirmed_ < outbox.version_) {
      since(outbox.sent_at_, kResendInterval);
    }
  }

  void add(const OrderOutbox& outbox) {
    number(outbox.confirmed_);
    number(outbox.orders_.size());
    number(outbox.next_);
    if (outbox.next_ > 0) since(outbox.sent_at_, kResendInterval);
  }

  void add(const ReportQueue& queue) {
    number(queue.acknowledged_);
    number(queue.numbered_);
    number(queue.next_);
    number(queue.gone_back_for_);
    if (queue.next_ > 0) since(queue.progress_at_, kResendInterval);
    for (const auto& report : queue.reports_) {
      text(report.counted.delta.bytes);
      number(report.counted.run);
    }
    number(queue.parcels_.size());
  }

  const TimePoint now_;
  stats::ByteWriter writer_;
};

}  // namespace locust_like::cluster
