// Server: the demo and test server behind `locust-like target`.
//
// Design: one native thread with a loop of its own serves everything, so that the target costs one
// core at most and its numbers compare with a single-worker nginx. Binds to loopback unless told
// otherwise. Start reading here, then acceptor.h, connection.h, router.h.
// Ownership: the caller's; the destructor stops. Thread: any; calls may come from several at once,
// except that start() must have returned and the destructor comes last.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "target/counters.h"

namespace locust_like::target {

struct Options {
  std::string host = "127.0.0.1";    // an IP address, not a name
  uint16_t port = 0;                 // 0: any free one
  std::optional<uint16_t> tls_port;  // nullopt: no TLS; 0: any free one
  std::string certificate_file;      // PEM chain, needed for TLS
  std::string key_file;              // empty: the key is in certificate_file
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(1);  // of stop()
  size_t max_echo_bytes = size_t{64} << 20;                           // above: 413
  size_t max_connections = 100'000;                                   // above: closed at once
};

class Server {
 public:
  // Listens before it returns. Errors: kInvalidArgument (host, certificate), kResources (the port
  // cannot be had).
  static Result<std::unique_ptr<Server>> start(const Options& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  uint16_t tls_port() const;  // 0: no TLS
  // Does not block the server.
  Counters counters() const;
  // Closes the listeners and idle connections, lets running replies end within the drain timeout,
  // then closes the rest. Blocks until the thread has ended. Again: no-op.
  void stop();

 private:
  class Core;

 public:
  explicit Server(std::unique_ptr<Core> core);  // for start() only

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace locust_like::target
