#include "cluster/master_state.h"

#include <algorithm>
#include <utility>

#include "stats/wire.h"

namespace locust_like::cluster {
namespace {

// Between looks at all members while nothing is known to be due: messages come much more often.
constexpr Nanos kRoundInterval = 50ms;

std::string unknown_worker(uint32_t index) {
  return "there is no worker with index " + std::to_string(index);
}

}  // namespace

MasterState::MasterState(uint64_t master_id, std::string product_version, TimePoint now)
    : master_id_(master_id),
      product_version_(std::move(product_version)),
      last_tick_(now),
      next_pulse_(now) {}

void MasterState::add_event(EventKind kind, const Member& member, std::string text,
                            uint64_t number) {
  events_.add({kind, member.index, std::move(text), number, {}});
}

void MasterState::receive(const PeerId& peer, std::string_view bytes, World& world) {
  if (const auto ejected = ejected_until_.find(peer); ejected != ejected_until_.end()) {
    if (world.now < ejected->second) {
      ++dropped_messages_;
      return;
    }
    ejected_until_.erase(ejected);
  }
  const Result<WorkerMessage> message = decode_from_worker(bytes);
  if (!message.ok()) return eject(peer, message.status(), world);
  Member* member = roster_.find(peer);
  if (const auto* hello = std::get_if<Hello>(&message.value()))
    return on_hello(peer, *hello, world);
  if (const auto* beat = std::get_if<Heartbeat>(&message.value())) {
    if (hear(member, beat->generation, world)) on_heartbeat(*member, *beat, world);
  } else if (const auto* report = std::get_if<Report>(&message.value())) {
    if (hear(member, report->generation, world)) on_report(*member, *report, world);
  } else if (const auto* goodbye = std::get_if<Goodbye>(&message.value())) {
    if (member != nullptr && member->is_present()) on_goodbye(*member, *goodbye, world);
  }
}

bool MasterState::hear(Member* member, uint32_t generation, World& world) {
  if (member == nullptr || member->generation != generation || generation == 0 ||
      member->presence == Presence::kRemoved || member->presence == Presence::kLeft) {
    ++dropped_messages_;
    return false;
  }
  member->last_heard = world.now;
  member->unreachable_since.reset();
  if (!member->is_here()) {
    member->presence = Presence::kHere;
    member->reason.clear();
    const bool is_new = !std::exchange(member->was_announced, true);
    add_event(is_new ? EventKind::kJoined : EventKind::kRejoined, *member, member->name);
    is_work_waiting_ = true;
  }
  return true;
}

void MasterState::on_hello(const PeerId& peer, const Hello& hello, World& world) {
  if (hello.protocol != kProtocolVersion) {
    return refuse(peer, Refusal::kProtocol,
                  "this master speaks protocol " + std::to_string(kProtocolVersion) + " (version " +
                      product_version_ + "), the worker " + std::to_string(hello.protocol) +
                      " (version " + std::string(hello.product_version) +
                      "): install the same version on both",
                  world);
  }
  if (!worker_id_of(peer)) {
    return eject(peer, {Code::kProtocol, "decode hello: the peer has no worker's id"}, world);
  }
  Member* known = roster_.find(peer);
  if (known != nullptr && known->presence == Presence::kRemoved) {
    return send_refusal(peer, Refusal::kRemoved, known->reason, world);
  }
  if ((known == nullptr || !known->is_present()) && roster_.present() >= kMaxWorkers) {
    return refuse(peer, Refusal::kTooManyWorkers,
                  "this master has " + std::to_string(kMaxWorkers) + " workers already", world);
  }
  if (known != nullptr) {
    known->last_sequence = std::max(known->last_sequence, hello.first_sequence - 1);
    return admit(*known, hello, world);
  }
  Member& member = roster_.add(peer);
  member.counted_until = world.now;
  member.last_sequence = hello.first_sequence - 1;
  if (hello.master_id == master_id_) {
    member.assignment.continue_after(hello.received_version);
    member.orders.continue_after(hello.received_order);
  }
  admit(member, hello, world);
}

void MasterState::admit(Member& member, const Hello& hello, World& world) {
  member.name = hello.name;
  member.host = hello.host;
  member.product_version = hello.product_version;
  member.pid = hello.pid;
  member.weight = hello.weight;
  member.generation = ++last_generation_;
  if (!member.is_here()) {
    member.presence = Presence::kJoining;
    member.gone_since = world.now;
  }
  member.last_heard = world.now;
  member.unreachable_since.reset();
  member.names.clear();
  member.assignment.start_over(hello.master_id == master_id_ ? hello.received_version : 0);
  member.orders.start_over();
  is_work_waiting_ = true;
  const Welcome welcome{master_id_, member.generation, member.index, member.last_sequence,
                        product_version_};
  note(member, world.transport.send(member.peer, encode(MasterMessage(welcome))), world.now);
}

void MasterState::on_heartbeat(Member& member, const Heartbeat& beat, World& world) {
  const uint64_t applied_before = member.facts.applied_version;
  member.facts = {std::string(beat.state),
                  beat.users,
                  beat.received_version,
                  beat.applied_version,
                  beat.run,
                  beat.recorded_requests,
                  beat.cpu_share,
                  beat.rss_bytes,
                  beat.python_age_ms,
                  std::string(beat.blocking)};
  // Nothing is on its way: an idle worker has everything accounted for without reports.
  if (beat.run == run_ && beat.recorded_requests == member.counted_requests) {
    member.counted_until = world.now;
  }
  member.assignment.confirm(beat.received_version);
  member.orders.confirm(beat.received_order);
  if (beat.applied_version > applied_before) {
    add_event(EventKind::kApplied, member, {}, beat.applied_version);
  }
  if (beat.echoed_stamp == 0) return;
  member.skew.add(TimePoint(Nanos(static_cast<int64_t>(beat.echoed_stamp))),
                  Nanos(static_cast<int64_t>(beat.held_ns)),
                  static_cast<double>(beat.wall_ns) / 1e9, world.now, world.wall_s);
}

void MasterState::on_report(Member& member, const Report& report, World& world) {
  bool is_gap = false;
  if (report.sequence == member.last_sequence + 1) {
    // Without an acknowledgement the worker sends it again, when Python has had time to read.
    if (!report.parcels.empty() && events_.is_full()) return;
    if (!count(member, report, world)) return;
    member.last_sequence = report.sequence;
    deliver(member, report);
  } else {
    is_gap = report.sequence > member.last_sequence;
  }
  const Ack ack{member.generation, member.last_sequence, is_gap};
  note(member, world.transport.send(member.peer, encode(MasterMessage(ack))), world.now);
}

bool MasterState::count(Member& member, const Report& report, World& world) {
  const bool is_current = report.run == run_;
  const double start_wall_s =
      static_cast<double>(report.start_wall_ns) / 1e9 - member.skew.skew_s().value_or(0);
  const double age_s = std::max(world.wall_s - start_wall_s, 0.0);
  const stats::Interval interval{
      world.now - std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(age_s)),
      Nanos(report.length_ns), start_wall_s + static_cast<double>(report.length_ns) / 1e9};
  const Result<uint64_t> requests = world.reports.take(report, member.names, is_current, interval);
  if (!requests.ok()) {
    eject(member.peer, requests.status(), world);
    return false;
  }
  if (is_current) {
    member.counted_requests += requests.value();
    if (report.length_ns > 0) {
      member.counted_per_s =
          static_cast<double>(requests.value()) * 1e9 / static_cast<double>(report.length_ns);
    }
    member.counted_until =
        world.now - std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(
                        std::max(world.wall_s - interval.end_wall_s, 0.0)));
  } else if (!report.delta.empty()) {
    add_event(EventKind::kStaleReport, member, {}, report.run);
  }
  return true;
}

void MasterState::deliver(const Member& member, const Report& report) {
  for (const ParcelView& parcel : report.parcels) {
    events_.add({EventKind::kParcel, member.index, std::string(parcel.kind), 0,
                 std::string(parcel.document)});
  }
  if (report.is_final) add_event(EventKind::kFinished, member, {}, report.run);
}

void MasterState::on_goodbye(Member& member, const Goodbye& goodbye, World& world) {
  lose(member, Presence::kLeft, goodbye.text.empty() ? "exited" : std::string(goodbye.text),
       world.now);
}

void MasterState::lose(Member& member, Presence presence, std::string reason, TimePoint now) {
  const bool was_here = member.is_here();
  member.presence = presence;
  member.reason = std::move(reason);
  if (!was_here) return;
  member.gone_since = now;
  add_event(presence == Presence::kLeft ? EventKind::kLeft : EventKind::kLost, member,
            member.reason);
  roster_.forget_old();
}

void MasterState::eject(const PeerId& peer, const Status& why, World& world) {
  if (ejected_until_.size() >= kMaxEjected) ejected_until_.clear();
  ejected_until_[peer] = world.now + kEjection;
  refuse(peer, Refusal::kBadMessage, why.message(), world);
  Member* member = roster_.find(peer);
  if (member == nullptr) return;
  member->generation = 0;
  if (member->is_present()) lose(*member, Presence::kLost, "ejected: " + why.message(), world.now);
}

void MasterState::refuse(const PeerId& peer, Refusal refusal, std::string_view text, World& world) {
  send_refusal(peer, refusal, text, world);
  const Member* member = roster_.find(peer);
  const int64_t index = member == nullptr ? -1 : int64_t{member->index};
  events_.add_noisy({EventKind::kRefused, index, std::string(text), 0, {}}, world.now);
}

void MasterState::send_refusal(const PeerId& peer, Refusal refusal, std::string_view text,
                               World& world) {
  const Refused message{refusal, stats::utf8_prefix(text, kMaxTextBytes)};
  (void)world.transport.send(peer, encode(MasterMessage(message)));
}

void MasterState::notice(const Notice& notice, World& world) {
  events_.add_noisy({EventKind::kRefused, -1, notice.text, 0, {}}, world.now);
}

void MasterState::note(Member& member, Sent sent, TimePoint now) {
  if (sent == Sent::kYes) member.unreachable_since.reset();
  if (sent == Sent::kGone && !member.unreachable_since) member.unreachable_since = now;
}

void MasterState::tick(World& world) {
  if (!is_work_waiting_ && world.now < next_round_) return;
  is_work_waiting_ = false;
  next_round_ = world.now + kRoundInterval;
  forgive_own_stall(world.now);
  for (Member* member : roster_.all()) send_due(*member, world);
  if (world.now >= next_pulse_) send_pulses(world);
  find_lost(world.now);
}

void MasterState::send_due(Member& member, World& world) {
  if (member.is_refusal_due) {
    member.is_refusal_due = false;
    send_refusal(member.peer, Refusal::kRemoved, member.reason, world);
  }
  if (!member.is_here() || member.unreachable_since) return;
  const Sent assignment =
      member.assignment.send_due(world.transport, member.peer, member.generation, world.now);
  const Sent orders =
      member.orders.send_due(world.transport, member.peer, member.generation, world.now);
  if (assignment == Sent::kGone || orders == Sent::kGone) note(member, Sent::kGone, world.now);
}

// Nobody is lost because we did not look: after a pause of this process all get their time again.
void MasterState::forgive_own_stall(TimePoint now) {
  const Nanos pause = now - std::exchange(last_tick_, now);
  if (pause < kStallThatIsOurs) return;
  for (Member* member : roster_.all()) {
    member->last_heard += pause;
    if (member->unreachable_since) *member->unreachable_since += pause;
  }
}

void MasterState::send_pulses(World& world) {
  next_pulse_ = world.now + kPulseInterval;
  for (Member* member : roster_.all()) {
    if (!member->is_here()) continue;
    const Pulse pulse{member->generation, static_cast<uint64_t>(to_ns(world.now)),
                      member->last_sequence};
    note(*member, world.transport.send(member->peer, encode(MasterMessage(pulse))), world.now);
  }
}

void MasterState::find_lost(TimePoint now) {
  for (Member* member : roster_.all()) {
    if (!member->is_present()) continue;
    if (now - member->last_heard >= kSilenceUntilLost) {
      lose(*member, Presence::kLost, "no heartbeat for 3.0 s", now);
    } else if (member->unreachable_since &&
               now - *member->unreachable_since >= kDisconnectedUntilLost) {
      lose(*member, Presence::kLost, "disconnected", now);
    }
  }
  roster_.forget_old();
}

void MasterState::say_goodbye(std::string_view text, World& world) {
  for (Member* member : roster_.all()) {
    if (!member->is_here()) continue;
    (void)world.transport.send(member->peer, encode(MasterMessage(Goodbye{text})));
  }
}

void MasterState::begin_run(uint64_t run, TimePoint now) {
  run_ = run;
  for (Member* member : roster_.all()) {
    member->counted_requests = 0;
    member->counted_per_s = 0;
    member->counted_until = now;
  }
}

Result<uint64_t> MasterState::assign(uint32_t index, uint64_t run, std::string document) {
  Member* member = roster_.at(index);
  if (member == nullptr) return Status(Code::kInvalidArgument, "assign: " + unknown_worker(index));
  if (document.size() > kMaxDocumentBytes) {
    return Status(Code::kInvalidArgument, "assign: " + std::to_string(document.size()) +
                                              " bytes are more than an assignment may have (" +
                                              std::to_string(kMaxDocumentBytes) + ")");
  }
  is_work_waiting_ = true;
  return member->assignment.assign(run, std::move(document));
}

Status MasterState::send(uint32_t index, std::string_view kind, std::string_view document) {
  Member* member = roster_.at(index);
  if (member == nullptr) return {Code::kInvalidArgument, "send: " + unknown_worker(index)};
  is_work_waiting_ = true;
  return member->orders.add(kind, document);
}

Status MasterState::remove(uint32_t index, std::string_view text, TimePoint now) {
  Member* member = roster_.at(index);
  if (member == nullptr) return {Code::kInvalidArgument, "remove: " + unknown_worker(index)};
  member->is_refusal_due = true;
  is_work_waiting_ = true;
  lose(*member, Presence::kRemoved, std::string(stats::utf8_prefix(text, kMaxTextBytes)), now);
  return {};
}

std::vector<WorkerStatus> MasterState::workers(TimePoint now) const {
  std::vector<WorkerStatus> statuses;
  for (const Member* member : roster_.all()) statuses.push_back(status_of(*member, run_, now));
  return statuses;
}

}  // namespace locust_like::cluster
