// MasterState: the master's side of the protocol as a state machine. Start here.
//
// It is told what came and that time passed, and sends through a Transport; it has no thread, no
// socket and no clock of its own, so tests walk through every order of events. It is copyable: a
// copy goes on independently. Guarantees, whatever is lost or repeated: each report of a worker is
// counted once; of assignments the newest arrives in the end; each order arrives once, in order. A
// message that cannot be read costs its sender the admission, and nobody else anything. Thread: not
// thread-safe (MasterLink guards it).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cluster/event.h"
#include "cluster/message.h"
#include "cluster/report_sink.h"
#include "cluster/roster.h"
#include "cluster/transport.h"
#include "cluster/worker_status.h"

namespace locust_like::cluster {

class MasterState {
 public:
  // What a call may use of the world; lives for that call.
  struct World {
    Transport& transport;
    ReportSink& reports;
    TimePoint now;
    double wall_s = 0;
  };

  // `master_id`: random, not 0; tells workers that a restarted master is another one.
  MasterState(uint64_t master_id, std::string product_version, TimePoint now);

  uint64_t master_id() const { return master_id_; }

  void receive(const PeerId& peer, std::string_view bytes, World& world);
  void notice(const Notice& notice, World& world);
  // Sends what is due and finds who is lost. To be called after receive() and after the calls
  // below, and at least every 100 ms.
  void tick(World& world);
  void say_goodbye(std::string_view text, World& world);

  // From now on only figures of this run are counted.
  void begin_run(uint64_t run, TimePoint now);
  // Errors of these: Code::kInvalidArgument for an unknown index or too large a document.
  Result<uint64_t> assign(uint32_t index, uint64_t run, std::string document);
  // Also Code::kResources when too much waits.
  Status send(uint32_t index, std::string_view kind, std::string_view document);
  // The worker is refused from now on, with this text.
  Status remove(uint32_t index, std::string_view text, TimePoint now);

  std::vector<WorkerStatus> workers(TimePoint now) const;
  EventList& events() { return events_; }
  // Messages that were not looked at: of an old admission, an unknown or an ejected peer.
  uint64_t dropped_messages() const { return dropped_messages_; }

 private:
  friend class Fingerprint;  // of tests, to tell states apart

  void on_hello(const PeerId& peer, const Hello& hello, World& world);
  void on_heartbeat(Member& member, const Heartbeat& beat, World& world);
  void on_report(Member& member, const Report& report, World& world);
  void on_goodbye(Member& member, const Goodbye& goodbye, World& world);
  void admit(Member& member, const Hello& hello, World& world);
  // True when `generation` is that of the member's admission; it has been heard then.
  bool hear(Member* member, uint32_t generation, World& world);
  // False: the sender was ejected.
  bool count(Member& member, const Report& report, World& world);
  void deliver(const Member& member, const Report& report);
  void lose(Member& member, Presence presence, std::string reason, TimePoint now);
  void eject(const PeerId& peer, const Status& why, World& world);
  // Tells the peer, and Python too.
  void refuse(const PeerId& peer, Refusal refusal, std::string_view text, World& world);
  void send_refusal(const PeerId& peer, Refusal refusal, std::string_view text, World& world);
  void note(Member& member, Sent sent, TimePoint now);
  void send_due(Member& member, World& world);
  void send_pulses(World& world);
  void find_lost(TimePoint now);
  void forgive_own_stall(TimePoint now);
  void add_event(EventKind kind, const Member& member, std::string text = {}, uint64_t number = 0);

  const uint64_t master_id_;
  const std::string product_version_;
  Roster roster_;
  EventList events_;
  std::map<PeerId, TimePoint> ejected_until_;
  uint32_t last_generation_ = 0;
  uint64_t run_ = 0;
  uint64_t dropped_messages_ = 0;
  TimePoint last_tick_;
  TimePoint next_pulse_;
  TimePoint next_round_;
  bool is_work_waiting_ = false;  // before the next round
};

}  // namespace locust_like::cluster
