// ZmqSocket: what both kinds of ZeroMQ transport share: context, socket, monitor, wake-up.
//
// Thread: as Transport.
#pragma once

#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "base/result.h"
#include "cluster/keys.h"
#include "cluster/transport.h"

namespace locust_like::cluster {

// What ZeroMQ's monitor said.
struct MonitorEvent {
  int event = 0;
  uint32_t value = 0;
};

class ZmqSocket {
 public:
  // Throws zmq::error_t.
  explicit ZmqSocket(zmq::socket_type type);
  // In a forked child: leaks, because the context's threads are the parent's.
  ~ZmqSocket();
  ZmqSocket(const ZmqSocket&) = delete;
  ZmqSocket& operator=(const ZmqSocket&) = delete;

  zmq::context_t& context() { return *context_; }
  zmq::socket_t& socket() { return *socket_; }
  bool is_ours() const { return getpid() == pid_; }

  std::optional<MonitorEvent> take_monitor_event();
  // Waits for the socket, the monitor, wake(), and `other` when it is not null.
  void wait(Nanos time, zmq::socket_t* other);
  // Thread: any.
  void wake();
  // Ends the socket, then `other` unless it is null, then the context; waits at most `linger`.
  void close(Nanos linger, zmq::socket_t* other);

 private:
  void drain_wakeups();

  const pid_t pid_;
  std::array<int, 2> wakeup_{-1, -1};  // a pipe
  std::unique_ptr<zmq::context_t> context_;
  std::unique_ptr<zmq::socket_t> socket_;
  std::unique_ptr<zmq::socket_t> monitor_;
};

// Reads one message of at most two parts; what has more parts comes out empty. False when none
// waits. `first` is null where there is only one part.
bool receive_parts(zmq::socket_t& socket, std::string* first, std::string& last);

zmq::const_buffer as_buffer(std::string_view bytes);
zmq::const_buffer as_buffer(const Key& key);

// What `error` means, as a Status about `what`.
Status status_of(const zmq::error_t& error, const std::string& what);

}  // namespace locust_like::cluster
