// A network in memory between one master and some workers, for tests of their state machines.
//
// Each worker has a connection: up or down, with two queues of messages in order. Tests deliver,
// lose and repeat messages one by one. Copyable, so that a whole world can be copied and go on in
// two ways.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "cluster/transport.h"

namespace locust_like::testing {

struct FakeConnection {
  bool is_up = false;
  std::deque<std::string> to_master;
  std::deque<std::string> to_worker;

  // What was under way is lost.
  void cut() {
    is_up = false;
    to_master.clear();
    to_worker.clear();
  }
};

struct FakeNetwork {
  std::map<cluster::PeerId, FakeConnection> connections;  // by the worker's id
  size_t most_under_way = 1000;                           // in each direction; more is kFull
};

// Only sending is the state machines' business; the rest does nothing.
class FakeTransport : public cluster::Transport {
 public:
  bool receive(cluster::Incoming& /*incoming*/) override { return false; }
  std::optional<cluster::Notice> take_notice() override { return std::nullopt; }
  void wait(Nanos /*time*/) override {}
  void wake() override {}
  void close(Nanos /*linger*/) override {}

 protected:
  static cluster::Sent put(std::deque<std::string>& queue, std::string_view bytes, size_t most) {
    if (queue.size() >= most) return cluster::Sent::kFull;
    queue.emplace_back(bytes);
    return cluster::Sent::kYes;
  }
};

class FakeMasterTransport final : public FakeTransport {
 public:
  explicit FakeMasterTransport(FakeNetwork& network) : network_(network) {}
  cluster::Sent send(const cluster::PeerId& peer, std::string_view bytes) override {
    const auto found = network_.connections.find(peer);
    if (found == network_.connections.end() || !found->second.is_up) return cluster::Sent::kGone;
    return put(found->second.to_worker, bytes, network_.most_under_way);
  }

 private:
  FakeNetwork& network_;
};

class FakeWorkerTransport final : public FakeTransport {
 public:
  FakeWorkerTransport(FakeNetwork& network, cluster::PeerId id)
      : network_(network), id_(std::move(id)) {}
  cluster::Sent send(const cluster::PeerId& /*peer*/, std::string_view bytes) override {
    FakeConnection& connection = network_.connections[id_];
    if (!connection.is_up) return cluster::Sent::kFull;
    return put(connection.to_master, bytes, network_.most_under_way);
  }

 private:
  FakeNetwork& network_;
  const cluster::PeerId id_;
};

}  // namespace locust_like::testing
