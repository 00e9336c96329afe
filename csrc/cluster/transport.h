// Transport: how messages get from one side to the other.
//
// The seam between the state machines and ZeroMQ: they send through it and are told what came, so
// tests can lose, delay and repeat messages at will. A worker has one peer, whose id is empty.
// Thread: the link thread; wake() any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace locust_like::cluster {

// Names one connection's other end. The transport knows it from the first message on; a worker
// keeps its id when it connects again.
using PeerId = std::string;

enum class Sent {
  kYes,   // accepted: it arrives unless the connection is lost
  kFull,  // this peer takes no more at the moment, or is not connected yet; others may
  kGone,  // no such peer is connected
};

struct Incoming {
  PeerId peer;
  std::string bytes;
};

// What happened to connections, as far as the transport sees it.
struct Notice {
  enum class Kind {
    kConnected,     // worker: the handshake with the master is done
    kDisconnected,  // worker: the connection is lost, another try is under way
    kRefused,       // worker: why there is no connection, and what to do
    kStranger,      // master: somebody failed the handshake
  };
  Kind kind = Kind::kConnected;
  std::string text;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Never blocks.
  virtual Sent send(const PeerId& peer, std::string_view bytes) = 0;
  // False when nothing waits. Reuses the memory of `incoming`.
  virtual bool receive(Incoming& incoming) = 0;
  virtual std::optional<Notice> take_notice() = 0;
  // Returns when something can be received, after wake(), or when the time is up.
  virtual void wait(Nanos time) = 0;
  virtual void wake() = 0;
  // Gives what was sent at most `linger` to leave. Afterwards only the destructor may be called.
  virtual void close(Nanos linger) = 0;
};

}  // namespace locust_like::cluster
