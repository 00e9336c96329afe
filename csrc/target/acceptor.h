// Acceptor: everything of one server that lives on its loop: listeners, connections, deadlines.
//
// Ownership: the Server's; owns its connections. Thread: made before the loop runs, then the
// loop's, and destroyed after the loop has ended.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "loop/deadline_timer.h"
#include "target/connection.h"

namespace locust_like::target {

class Acceptor final : public Host, private loop::TcpListener::Events, private loop::PassHooks {
 public:
  Acceptor(loop::Loop& loop, CounterBoard& counters, const Options& options);
  ~Acceptor() override;

  // Errors as Server::start().
  Status listen();
  uint16_t port() const { return port_; }
  uint16_t tls_port() const { return tls_port_; }
  // Ends the loop as soon as all connections are closed, at the latest after the drain timeout.
  void begin_stop();
  void drop(Connection& connection) override;

 private:
  // Drops what is left when the drain timeout is over.
  class DrainTimer final : public loop::Timer {
   public:
    explicit DrainTimer(Acceptor& acceptor) : acceptor_(acceptor) {}

   private:
    void on_timer() override { acceptor_.drop_all(); }
    Acceptor& acceptor_;
  };

  Status listen_tls();
  Result<std::unique_ptr<loop::TcpListener>> make_listener(uint16_t port);
  void on_accept(loop::TcpListener& listener) override;
  void before_poll() override;
  void after_poll() override;
  void drop_all();
  void end_if_empty();

  std::unique_ptr<loop::TcpListener> listener_;
  std::unique_ptr<loop::TcpListener> tls_listener_;
  std::shared_ptr<tls::Context> tls_context_;  // shared with every session, as tls wants it
  std::vector<std::unique_ptr<Connection>> connections_;
  loop::DeadlineTimer deadline_timer_;
  std::optional<TimePoint> armed_for_;  // what the timer is set to
  DrainTimer drain_timer_{*this};
  uint16_t port_ = 0;
  uint16_t tls_port_ = 0;
};

}  // namespace locust_like::target
