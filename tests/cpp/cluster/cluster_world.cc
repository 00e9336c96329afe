#include "cluster/cluster_world.h"

#include <algorithm>

namespace locust_like::cluster {
namespace {

constexpr Nanos kStep = std::chrono::milliseconds(500);

std::optional<std::string> take_first(std::deque<std::string>& queue) {
  if (queue.empty()) return std::nullopt;
  std::string first = std::move(queue.front());
  queue.pop_front();
  return first;
}

std::string payload(const PeerId& worker, uint64_t number) {
  return worker.substr(0, 2) + "/" + std::to_string(number);
}

}  // namespace

ClusterWorld::ClusterWorld(size_t workers, size_t most_under_way) : workers_(workers) {
  network_.most_under_way = most_under_way;
  worker_events.resize(workers);
  start_master();
  for (size_t i = 0; i < workers; ++i) start_worker(i);
}

void ClusterWorld::start_master() {
  master_.emplace(++masters_, "1.0", now_);
  master_->begin_run(kRun, now_);
}

void ClusterWorld::start_worker(size_t i) {
  Worker& worker = workers_[i];
  std::string id_bytes(16, 'x');
  id_bytes[0] = static_cast<char>('a' + started_workers_++);
  worker.id = peer_of(id_bytes);
  worker.produced = 0;
  worker.assigned.clear();
  worker.has.clear();
  worker.ordered.clear();
  worker.got_orders.clear();
  worker.state.emplace(WorkerIdentity{"1.0", "name", "host", 1, 1.0}, std::chrono::hours(1), now_);
  network_.connections[worker.id] = {};
}

void ClusterWorld::connect(size_t i) {
  connection(i).is_up = true;
  worker(i).notice({Notice::Kind::kConnected, {}}, now_);
  tick_worker(i);
}

void ClusterWorld::cut(size_t i) {
  connection(i).cut();
  worker(i).notice({Notice::Kind::kDisconnected, {}}, now_);
  take_events();
}

bool ClusterWorld::deliver_to_master(size_t i) {
  const auto bytes = take_first(connection(i).to_master);
  if (bytes) master_receives(workers_[i].id, *bytes);
  return bytes.has_value();
}

bool ClusterWorld::deliver_to_worker(size_t i) {
  const auto bytes = take_first(connection(i).to_worker);
  if (bytes) worker_receives(i, *bytes);
  return bytes.has_value();
}

bool ClusterWorld::lose_to_master(size_t i) {
  return take_first(connection(i).to_master).has_value();
}

bool ClusterWorld::lose_to_worker(size_t i) {
  return take_first(connection(i).to_worker).has_value();
}

bool ClusterWorld::repeat_to_master(size_t i) {
  if (connection(i).to_master.empty()) return false;
  master_receives(workers_[i].id, std::string(connection(i).to_master.front()));
  return true;
}

bool ClusterWorld::repeat_to_worker(size_t i) {
  if (connection(i).to_worker.empty()) return false;
  worker_receives(i, std::string(connection(i).to_worker.front()));
  return true;
}

void ClusterWorld::deliver_all() {
  bool more = true;
  while (more) {
    more = false;
    for (size_t i = 0; i < workers_.size(); ++i) {
      while (deliver_to_master(i)) more = true;
      while (deliver_to_worker(i)) more = true;
    }
  }
}

void ClusterWorld::pass(Nanos time) {
  for (Nanos passed{0}; passed < time; passed += kStep) {
    now_ += kStep;
    tick_master();
    for (size_t i = 0; i < workers_.size(); ++i) tick_worker(i);
  }
}

void ClusterWorld::pause(Nanos time) {
  now_ += time;
  tick_master();
}

void ClusterWorld::say_goodbye(size_t i) {
  testing::FakeWorkerTransport transport(network_, workers_[i].id);
  WorkerState::World world{transport, now_, 0};
  worker(i).say_goodbye("exited", world);
}

void ClusterWorld::deliver_from(const PeerId& peer) {
  while (const auto bytes = take_first(connection_of(peer).to_master)) {
    master_receives(peer, *bytes);
  }
}

std::string ClusterWorld::count(size_t i) {
  Worker& worker = workers_[i];
  std::string text = payload(worker.id, ++worker.produced);
  worker.state->reports().add({kRun, 0, 0, false, {text, {}}});
  tick_worker(i);
  return text;
}

void ClusterWorld::assign(size_t i) {
  for (const WorkerStatus& status : master_->workers(now_)) {
    if (status.worker_id != worker_id_of(workers_[i].id)) continue;
    Worker& worker = workers_[i];
    worker.assigned.push_back('d');  // another one than before
    (void)master_->assign(status.index, kRun, worker.assigned).ok();
    tick_master();
  }
}

void ClusterWorld::order(size_t i) {
  for (const WorkerStatus& status : master_->workers(now_)) {
    if (status.worker_id != worker_id_of(workers_[i].id)) continue;
    workers_[i].ordered.push_back(std::to_string(workers_[i].ordered.size()));
    (void)master_->send(status.index, "kind", workers_[i].ordered.back()).ok();
    tick_master();
  }
}

void ClusterWorld::restart_worker(size_t i) {
  network_.connections.erase(workers_[i].id);
  start_worker(i);
}

void ClusterWorld::restart_master() {
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (connection(i).is_up) cut(i);
    workers_[i].assigned.clear();
    workers_[i].has.clear();
    workers_[i].ordered.clear();
    workers_[i].got_orders.clear();
  }
  for (const auto& [text, times] : sink_.counts) counted_before_.insert(text);
  sink_.counts.clear();
  start_master();
}

void ClusterWorld::master_receives(const PeerId& peer, const std::string& bytes) {
  testing::FakeMasterTransport transport(network_);
  MasterState::World world{transport, sink_, now_, 0};
  master_->receive(peer, bytes, world);
  tick_master();
}

void ClusterWorld::worker_receives(size_t i, const std::string& bytes) {
  testing::FakeWorkerTransport transport(network_, workers_[i].id);
  WorkerState::World world{transport, now_, 0};
  worker(i).receive(bytes, world);
  tick_worker(i);
}

void ClusterWorld::tick_master() {
  testing::FakeMasterTransport transport(network_);
  MasterState::World world{transport, sink_, now_, 0};
  master_->tick(world);
  take_events();
}

void ClusterWorld::tick_worker(size_t i) {
  testing::FakeWorkerTransport transport(network_, workers_[i].id);
  WorkerState::World world{transport, now_, 0};
  worker(i).tick(world);
  take_events();
}

void ClusterWorld::take_events() {
  while (takes_master_events && !master_->events().empty()) {
    for (Event& event : master_->events().take()) {
      if (keeps_events) master_events.push_back(std::move(event));
    }
  }
  for (size_t i = 0; i < workers_.size(); ++i) {
    for (Event& event : worker(i).events().take()) {
      if (event.kind == EventKind::kAssignment) workers_[i].has = event.document;
      if (event.kind == EventKind::kOrphaned) workers_[i].has.clear();  // Python stops the load
      if (event.kind == EventKind::kOrder) workers_[i].got_orders.push_back(event.document);
      if (keeps_events) worker_events[i].push_back(std::move(event));
    }
  }
}

std::string ClusterWorld::broken() const {
  for (const auto& [text, times] : sink_.counts) {
    if (times > 1) return text + " was counted twice";
  }
  for (const Worker& worker : workers_) {
    const WorkerState& state = *worker.state;
    for (uint64_t number = 1; number < state.reports().first_sequence(); ++number) {
      const std::string text = payload(worker.id, number);
      if (!sink_.counts.contains(text) && !counted_before_.contains(text)) {
        return text + " was acknowledged, and not counted";
      }
    }
    if (worker.got_orders.size() > worker.ordered.size() ||
        !std::equal(worker.got_orders.begin(), worker.got_orders.end(), worker.ordered.begin())) {
      return "orders came twice or out of order";
    }
  }
  return {};
}

bool ClusterWorld::is_settled() const {
  const auto here = master_->workers(now_);
  const auto is_here = [&](const Worker& worker) {
    return std::any_of(here.begin(), here.end(), [&](const WorkerStatus& status) {
      return status.is_here && status.worker_id == worker_id_of(worker.id);
    });
  };
  return std::all_of(workers_.begin(), workers_.end(), [&](const Worker& worker) {
    return worker.state->is_admitted() && is_here(worker) && worker.state->reports().empty() &&
           worker.has == worker.assigned && worker.got_orders == worker.ordered;
  });
}

bool ClusterWorld::settle(Nanos within) {
  for (size_t i = 0; i < workers_.size(); ++i) {
    if (!connection(i).is_up) connect(i);
  }
  const TimePoint end = now_ + within;
  deliver_all();
  while (!is_settled()) {
    if (now_ >= end) return false;
    pass(kStep);
    deliver_all();
  }
  return true;
}

std::string ClusterWorld::fingerprint() const {
  Fingerprint print(now_);
  print.add(*master_);
  for (const Worker& worker : workers_) {
    print.add(*worker.state);
    const testing::FakeConnection& connection = network_.connections.at(worker.id);
    print.number(connection.is_up ? 1 : 0);
    print.number(connection.to_master.size());
    for (const std::string& bytes : connection.to_master) print.add_from_worker(bytes);
    print.number(connection.to_worker.size());
    for (const std::string& bytes : connection.to_worker) print.add_from_master(bytes);
    for (uint64_t number = 1; number <= worker.produced; ++number) {
      const std::string text = payload(worker.id, number);
      print.number((sink_.counts.contains(text) ? 1 : 0) +
                   (counted_before_.contains(text) ? 2 : 0));
    }
    print.text(worker.has);
    print.text(worker.assigned);
    print.number(worker.ordered.size());
    print.number(worker.got_orders.size());
  }
  return print.bytes();
}

}  // namespace locust_like::cluster
