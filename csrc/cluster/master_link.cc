#include "cluster/master_link.h"

#include <utility>

#include "cluster/random.h"

namespace locust_like::cluster {
namespace {

// Handled under one lock, so that callers do not wait for a flood to end.
constexpr int kMessagesAtOnce = 32;

}  // namespace

Result<std::unique_ptr<MasterLink>> MasterLink::start(const MasterOptions& options,
                                                      stats::Collector& collector,
                                                      std::function<void()> announce) {
  Endpoint endpoint = options.endpoint;
  Result<std::unique_ptr<Transport>> transport = listen_for_workers(options.keys, endpoint);
  if (!transport.ok()) return transport.status();
  std::unique_ptr<MasterLink> link(
      new MasterLink(random_number(), endpoint.port, options, collector, std::move(announce)));
  MasterLink* self = link.get();
  link->thread_ = std::make_unique<LinkThread>(
      std::move(transport).value(), [self](Transport& to) { self->step(to); },
      [self](Transport& to) { self->last_step(to); });
  return link;
}

MasterLink::MasterLink(uint64_t master_id, uint16_t port, const MasterOptions& options,
                       stats::Collector& collector, std::function<void()> announce)
    : master_id_(master_id),
      port_(port),
      announce_(std::move(announce)),
      sink_(collector),
      state_(master_id, options.product_version, steady_now()) {}

MasterLink::~MasterLink() { close(Nanos(0)); }

MasterState::World MasterLink::world(Transport& transport) {
  return {transport, sink_, steady_now(), wall_now_s()};
}

void MasterLink::step(Transport& transport) {
  bool more = true;
  while (more) {
    MutexLock turn(turn_);
    MutexLock lock(mutex_);
    const bool was_empty = state_.events().empty();
    more = handle_some(transport);
    MasterState::World now = world(transport);
    state_.tick(now);
    if (was_empty && !state_.events().empty()) announce_();
  }
}

bool MasterLink::handle_some(Transport& transport) {
  MasterState::World now = world(transport);
  while (const auto notice = transport.take_notice()) state_.notice(*notice, now);
  for (int i = 0; i < kMessagesAtOnce; ++i) {
    if (!transport.receive(incoming_)) return false;
    now.now = steady_now();
    now.wall_s = wall_now_s();
    state_.receive(incoming_.peer, incoming_.bytes, now);
  }
  return true;
}

void MasterLink::last_step(Transport& transport) {
  MutexLock lock(mutex_);
  MasterState::World now = world(transport);
  state_.tick(now);
  state_.say_goodbye("the master ends", now);
}

std::vector<Event> MasterLink::take_events() {
  if (!thread_->is_ours()) return {};
  MutexLock turn(turn_);
  MutexLock lock(mutex_);
  return state_.events().take();
}

std::vector<WorkerStatus> MasterLink::workers() {
  if (!thread_->is_ours()) return {};
  MutexLock turn(turn_);
  MutexLock lock(mutex_);
  return state_.workers(steady_now());
}

void MasterLink::begin_run(uint64_t run) {
  if (!thread_->is_ours()) return;
  MutexLock turn(turn_);
  MutexLock lock(mutex_);
  state_.begin_run(run, steady_now());
}

Result<uint64_t> MasterLink::assign(uint32_t index, uint64_t run, std::string document) {
  if (!thread_->is_ours()) return Status(Code::kInternal, "assign: the link is another process's");
  Result<uint64_t> version = [&] {
    MutexLock turn(turn_);
    MutexLock lock(mutex_);
    return state_.assign(index, run, std::move(document));
  }();
  thread_->wake();
  return version;
}

Status MasterLink::send(uint32_t index, std::string_view kind, std::string_view document) {
  if (!thread_->is_ours()) return {Code::kInternal, "send: the link is another process's"};
  Status status = [&] {
    MutexLock turn(turn_);
    MutexLock lock(mutex_);
    return state_.send(index, kind, document);
  }();
  thread_->wake();
  return status;
}

Status MasterLink::remove(uint32_t index, std::string_view text) {
  if (!thread_->is_ours()) return {Code::kInternal, "remove: the link is another process's"};
  Status status = [&] {
    MutexLock turn(turn_);
    MutexLock lock(mutex_);
    const bool was_empty = state_.events().empty();
    Status removed = state_.remove(index, text, steady_now());
    // The link thread announces only what it adds itself.
    if (was_empty && !state_.events().empty()) announce_();
    return removed;
  }();
  thread_->wake();
  return status;
}

void MasterLink::close(Nanos linger) { thread_->stop(linger); }

}  // namespace locust_like::cluster
