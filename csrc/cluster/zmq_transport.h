// ZmqTransport: the real Transport, ROUTER (master) and DEALER (worker) over TCP.
//
// CURVE is always on. The master answers ZeroMQ's ZAP requests itself, on the same thread: without
// that any key that knows the server's public key would get in. One context a transport, never used
// across a fork: in a child all calls do nothing and its destructor leaks what is the parent's.
// Errors: ZeroMQ's exceptions end here, as Status or as Sent.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cluster/keys.h"
#include "cluster/transport.h"

namespace locust_like::cluster {

struct Endpoint {
  std::string host;  // an IP address, for workers also a name
  uint16_t port = 0;
  // "host:port", with brackets where they are needed.
  std::string text() const;
};

// A transport that accepts workers. `endpoint.port` 0 takes a free one and is set to it.
// Errors: Code::kResources when the port cannot be had, kInvalidArgument for a wrong address.
Result<std::unique_ptr<Transport>> listen_for_workers(const ClusterKeys& keys, Endpoint& endpoint);

// A transport that connects, and connects again, to a master. `id` becomes this side's PeerId.
// Errors: as above. That nobody listens is no error, but a notice later.
Result<std::unique_ptr<Transport>> connect_to_master(const JoinToken& token,
                                                     const Endpoint& endpoint, const PeerId& id);

}  // namespace locust_like::cluster
