// Pool: the connections of one user (or of all users that share theirs), by origin, with limits and
// idle expiry.
//
// Asks a connection for free_streams(), so one request per connection (HTTP/1.1) and many (HTTP/2)
// are the same to it. An exchange that finds no free stream and no room for another connection
// waits its turn; that time is its "blocked" phase. An origin that speaks HTTP/2 gets one
// connection (RFC 9113 9.1), and another only when that one is ending, or when many users share the
// pool and all streams are taken; otherwise who exceeds its streams waits. Thread: the loop's.
// Services outlive the pool. Destroying it closes all connections; REQUIRES that no exchange is
// active then.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/digest_nonces.h"
#include "client/exchange.h"
#include "client/services.h"
#include "tls/tickets.h"

namespace locust_like::client {

class Connection;

class Pool {
 public:
  explicit Pool(Services& services);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Attaches `exchange` to a free stream now, or queues it. May call back into the exchange.
  void acquire(Exchange& exchange);
  // Takes a queued exchange out; the connection being set up for it alone is dropped.
  void forget(Exchange& exchange);

  // Gives TLS buffers back that nothing used since `before`: an idle connection keeps 20 KB less.
  void release_idle_buffers(TimePoint before);

  // Connection side.
  // Set up, or a stream has ended, or no more can be opened.
  void on_ready(Connection& connection);
  void on_setup_failed(Connection& connection, const Status& status);
  void discard(Connection& connection);  // not usable any more; deleted at the end of the pass

  // Asks the cache for the newest connection, which acquire() will look at.
  void warm_up() const {
    if (!connections_.empty()) __builtin_prefetch(connections_.back().get());
  }

  Services& services() { return services_; }
  // What TLS servers gave this user to resume with.
  const std::shared_ptr<tls::Tickets>& tickets() const { return tickets_; }
  // The digest challenges that this user has answered.
  DigestNonces& digest_nonces() { return digest_nonces_; }
  size_t connection_count() const { return connections_.size(); }
  size_t waiting_count() const { return waiting_.size(); }

 private:
  void discard_idle(const Origin& origin);
  Connection* find_free(const Origin& origin, TimePoint now, Nanos idle_expiry);
  void open_connection(const Exchange& exchange);
  size_t count(const Origin& origin) const;
  size_t connecting(const Origin& origin) const;
  // How many connections should be on their way for those who wait.
  size_t wanted(const Origin& origin) const;
  // Drops connections being set up, newest first since they have the longest way to go.
  void drop_unwanted(const Origin& origin);
  size_t waiting(const Origin& origin) const;
  Exchange* pop_waiting(const Origin& origin);
  void serve_queue(const Origin& origin);

  Services& services_;
  // Shared: connections are destroyed at the end of a loop's pass, which may be after their pool.
  const std::shared_ptr<tls::Tickets> tickets_ = std::make_shared<tls::Tickets>();
  DigestNonces digest_nonces_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Exchange*> waiting_;  // oldest first, all origins
};

}  // namespace locust_like::client
