#include "cluster/worker_link.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cluster/random.h"
#include "cluster/roster.h"
#include "stats/wire.h"

namespace locust_like::cluster {
namespace {

constexpr size_t kIdBytes = 16;

int64_t wall_now_ns() { return static_cast<int64_t>(wall_now_s() * 1e9); }

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

WorkerIdentity identity_of(const WorkerOptions& options) {
  WorkerIdentity identity;
  identity.product_version = stats::utf8_prefix(options.product_version, kMaxWordBytes);
  identity.host = stats::utf8_prefix(host_name(), kMaxKindBytes);
  identity.pid = static_cast<uint64_t>(getpid());
  identity.name = stats::utf8_prefix(
      options.name.empty() ? identity.host + "_" + std::to_string(identity.pid) : options.name,
      kMaxKindBytes);
  identity.weight = options.weight;
  return identity;
}

}  // namespace

Result<std::unique_ptr<WorkerLink>> WorkerLink::start(const WorkerOptions& options, Collect collect,
                                                      std::function<void()> announce) {
  const Result<JoinToken> token = JoinToken::decode(options.join_token);
  if (!token.ok()) return token.status();
  const std::string id = random_bytes(kIdBytes);
  Result<std::unique_ptr<Transport>> transport =
      connect_to_master(token.value(), options.master, peer_of(id));
  if (!transport.ok()) return transport.status();
  std::unique_ptr<WorkerLink> link(
      new WorkerLink(options, id, std::move(collect), std::move(announce)));
  WorkerLink* self = link.get();
  link->thread_ = std::make_unique<LinkThread>(
      std::move(transport).value(), [self](Transport& to) { self->step(to); },
      [self](Transport& to) { self->last_step(to); });
  return link;
}

WorkerLink::WorkerLink(const WorkerOptions& options, const std::string& id_bytes, Collect collect,
                       std::function<void()> announce)
    : worker_id_(worker_id_of(peer_of(id_bytes)).value_or("")),
      announce_(std::move(announce)),
      collect_(std::move(collect)),
      encoder_(kMaxDeltaBytes),
      reported_until_wall_ns_(wall_now_ns()),
      state_(identity_of(options), options.max_wait, steady_now()) {}

WorkerLink::~WorkerLink() { close(Nanos(0)); }

void WorkerLink::step(Transport& transport) {
  const TimePoint now = steady_now();
  if (now >= next_report_) {
    next_report_ = now + kReportInterval;
    collect(Purpose::kReport);
    MutexLock lock(mutex_);
    state_.vitals().cpu_share = usage_.cpu_share(now);
    state_.vitals().rss_bytes = stats::rss_bytes();
  } else if (is_heartbeat_due(now)) {
    collect(Purpose::kHeartbeat);
  }
  MutexLock lock(mutex_);
  const bool was_empty = state_.events().empty();
  WorkerState::World world{transport, steady_now(), wall_now_ns()};
  while (const auto notice = transport.take_notice()) state_.notice(*notice, world.now);
  while (transport.receive(incoming_)) {
    world.now = steady_now();
    state_.receive(incoming_.bytes, world);
  }
  state_.tick(world);
  if (state_.reports().empty()) drained_.notify_all();
  if (was_empty && !state_.events().empty()) announce_();
}

bool WorkerLink::is_heartbeat_due(TimePoint now) {
  MutexLock lock(mutex_);
  return state_.is_heartbeat_due(now);
}

void WorkerLink::last_step(Transport& transport) {
  MutexLock lock(mutex_);
  WorkerState::World world{transport, steady_now(), wall_now_ns()};
  state_.say_goodbye("exited", world);
}

void WorkerLink::collect(Purpose purpose) {
  MutexLock collecting(collecting_);
  stats::Snapshot snapshot = collect_();
  // A reset makes a snapshot start anew; what it holds then is all new.
  const bool is_reset = snapshot.times().start_wall_s != reported_.times().start_wall_s;
  const uint64_t before = is_reset ? 0 : reported_.total().counters.num_requests;
  const uint64_t requests = requests_of_run_ + snapshot.total().counters.num_requests - before;
  if (purpose != Purpose::kHeartbeat) {
    queue_delta(is_reset ? snapshot : snapshot.subtract(reported_),
                purpose == Purpose::kFinalReport);
    requests_of_run_ = requests;
    reported_ = std::move(snapshot);
  }
  MutexLock lock(mutex_);
  state_.vitals().recorded_requests = requests;
}

void WorkerLink::queue_delta(const stats::Snapshot& delta, bool is_final) {
  const int64_t end_ns = wall_now_ns();
  const int64_t start_ns = std::min(std::exchange(reported_until_wall_ns_, end_ns), end_ns);
  std::vector<stats::DeltaPiece> pieces = encoder_.encode(delta);
  if (pieces.empty() && is_final) pieces.emplace_back();
  MutexLock lock(mutex_);
  for (stats::DeltaPiece& piece : pieces) {
    const bool is_last = &piece == &pieces.back();
    state_.reports().add(
        {run_, start_ns, end_ns - start_ns, is_final && is_last, std::move(piece)});
  }
}

std::vector<Event> WorkerLink::take_events() {
  if (!thread_->is_ours()) return {};
  MutexLock lock(mutex_);
  return state_.events().take();
}

Nanos WorkerLink::heartbeat_age() {
  MutexLock lock(mutex_);
  return steady_now() - state_.heard_at();
}

void WorkerLink::beat(std::string_view state, uint64_t users, uint64_t applied_version) {
  if (!thread_->is_ours()) return;
  bool is_news = false;
  {
    MutexLock lock(mutex_);
    WorkerVitals& vitals = state_.vitals();
    state = stats::utf8_prefix(state, kMaxWordBytes);
    is_news = vitals.state != state || vitals.applied_version != applied_version;
    vitals.state = state;
    vitals.users = users;
    vitals.applied_version = applied_version;
    vitals.python_seen = steady_now();
    if (is_news) state_.hurry();
  }
  if (is_news) thread_->wake();
}

void WorkerLink::set_blocking(std::string_view text) {
  if (!thread_->is_ours()) return;
  MutexLock lock(mutex_);
  state_.vitals().blocking = stats::utf8_prefix(text, kMaxTextBytes);
}

void WorkerLink::begin_run(uint64_t run) {
  if (!thread_->is_ours()) return;
  MutexLock collecting(collecting_);
  run_ = run;
  requests_of_run_ = 0;
  MutexLock lock(mutex_);
  state_.vitals().run = run;
  state_.vitals().recorded_requests = 0;
}

void WorkerLink::finish_run() {
  if (!thread_->is_ours()) return;
  collect(Purpose::kFinalReport);
  thread_->wake();
}

Status WorkerLink::send(std::string_view kind, std::string_view document) {
  if (!thread_->is_ours()) return {Code::kInternal, "send: the link is another process's"};
  Status status = [&] {
    MutexLock lock(mutex_);
    return state_.reports().add_parcel(kind, document);
  }();
  thread_->wake();
  return status;
}

bool WorkerLink::flush(Nanos timeout) {
  if (!thread_->is_ours()) return true;
  const TimePoint deadline = steady_now() + timeout;
  collect(Purpose::kReport);
  thread_->wake();
  MutexLock lock(mutex_);
  while (!state_.reports().empty()) {
    if (!drained_.wait_until(mutex_, deadline)) return state_.reports().empty();
  }
  return true;
}

void WorkerLink::close(Nanos linger) { thread_->stop(linger); }

}  // namespace locust_like::cluster
