#include "target/server.h"

#include <thread>
#include <utility>

#include "base/mutex.h"
#include "target/acceptor.h"

namespace locust_like::target {

class Server::Core {
 public:
  explicit Core(const Options& options) : acceptor_(loop_, counters_, options) {}

  Status start() {
    Status status = acceptor_.listen();
    MutexLock lock(stop_mutex_);
    if (status.ok()) thread_ = std::thread([this] { loop_.run(); });
    return status;
  }

  void stop() {
    MutexLock lock(stop_mutex_);
    if (!thread_.joinable()) return;
    loop_.post([this] { acceptor_.begin_stop(); });
    thread_.join();
  }

  const Acceptor& acceptor() const { return acceptor_; }
  const CounterBoard& counters() const { return counters_; }

 private:
  CounterBoard counters_;
  loop::Loop loop_;
  Acceptor acceptor_;
  Mutex stop_mutex_;
  std::thread thread_ LL_GUARDED_BY(stop_mutex_);
};

Result<std::unique_ptr<Server>> Server::start(const Options& options) {
  auto core = std::make_unique<Core>(options);
  Status status = core->start();
  if (!status.ok()) return status;
  return std::make_unique<Server>(std::move(core));
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() { stop(); }

uint16_t Server::port() const { return core_->acceptor().port(); }

uint16_t Server::tls_port() const { return core_->acceptor().tls_port(); }

Counters Server::counters() const { return core_->counters().snapshot(); }

void Server::stop() { core_->stop(); }

}  // namespace locust_like::target
