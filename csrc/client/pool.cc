#include "client/pool.h"

#include <algorithm>
#include <utility>

#include "client/connection.h"

namespace locust_like::client {
namespace {

bool same(const Origin& a, const Origin& b) { return share_connections(a, b); }

const Origin& origin_of(const Exchange& exchange) { return *exchange.outgoing().prepared->origin; }

}  // namespace

Pool::Pool(Services& services) : services_(services) {}

Pool::~Pool() {
  for (auto& connection : connections_) connection->close();
  for (auto& connection : connections_) services_.loop.defer_delete(std::move(connection));
}

void Pool::acquire(Exchange& exchange) {
  const Origin& origin = origin_of(exchange);
  const Options& options = exchange.outgoing().profile->options;
  const TimePoint now = exchange.times().taken_up;
  if (!exchange.outgoing().may_reuse_connection) discard_idle(origin);
  if (Connection* connection = find_free(origin, now, options.idle_expiry)) {
    connection->open(exchange, now);
    return;
  }
  waiting_.push_back(&exchange);
  const bool room = count(origin) < static_cast<size_t>(std::max(options.max_connections, 1));
  if (room && connecting(origin) < wanted(origin)) open_connection(exchange);
}

void Pool::forget(Exchange& exchange) {
  std::erase(waiting_, &exchange);
  drop_unwanted(origin_of(exchange));
}

void Pool::drop_unwanted(const Origin& origin) {
  while (connecting(origin) > wanted(origin)) {
    const auto setting_up =
        std::find_if(connections_.rbegin(), connections_.rend(),
                     [&](const auto& c) { return !c->ready() && same(c->origin(), origin); });
    discard(**setting_up);
  }
}

void Pool::on_ready(Connection& connection) {
  while (connection.free_streams() > 0) {
    Exchange* exchange = pop_waiting(connection.origin());
    if (exchange == nullptr) return;
    connection.open(*exchange, steady_now());
  }
  if (waiting_.empty() || !connection.multiplexes()) return;
  const std::shared_ptr<const Origin> origin = connection.shared_origin();
  drop_unwanted(*origin);
  serve_queue(*origin);
}

void Pool::on_setup_failed(Connection& connection, const Status& status) {
  const std::shared_ptr<const Origin> origin = connection.shared_origin();
  const SetupTimes setup = connection.setup();
  // Out of the queue first: discard() opens a connection for whoever still waits.
  Exchange* exchange = pop_waiting(*origin);
  discard(connection);
  if (exchange != nullptr) exchange->on_setup_failed(status, setup);
}

void Pool::discard(Connection& connection) {
  const auto at = std::find_if(connections_.begin(), connections_.end(),
                               [&](const auto& c) { return c.get() == &connection; });
  if (at == connections_.end()) return;
  std::unique_ptr<Connection> gone = std::move(*at);
  connections_.erase(at);
  gone->close();
  const std::shared_ptr<const Origin> origin = gone->shared_origin();
  services_.loop.defer_delete(std::move(gone));
  serve_queue(*origin);
}

void Pool::release_idle_buffers(TimePoint before) {
  for (const auto& connection : connections_) {
    if (connection->last_used() < before) connection->release_buffers();
  }
}

void Pool::discard_idle(const Origin& origin) {
  for (size_t i = connections_.size(); i-- > 0;) {
    Connection& connection = *connections_[i];
    if (connection.idle() && same(connection.origin(), origin)) discard(connection);
  }
}

Connection* Pool::find_free(const Origin& origin, TimePoint now, Nanos idle_expiry) {
  for (size_t i = 0; i < connections_.size(); ++i) {
    Connection& connection = *connections_[i];
    if (connection.free_streams() <= 0 || !same(connection.origin(), origin)) continue;
    if (idle_expiry.count() > 0 && now - connection.last_used() > idle_expiry &&
        connection.idle()) {
      discard(connection);
      --i;
      continue;
    }
    return &connection;
  }
  return nullptr;
}

void Pool::open_connection(const Exchange& exchange) {
  connections_.push_back(std::make_unique<Connection>(*this, exchange.outgoing().prepared->origin,
                                                      *exchange.outgoing().profile));
  connections_.back()->connect();
}

size_t Pool::count(const Origin& origin) const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [&](const auto& c) { return same(c->origin(), origin); }));
}

size_t Pool::connecting(const Origin& origin) const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [&](const auto& c) { return !c->ready() && same(c->origin(), origin); }));
}

size_t Pool::waiting(const Origin& origin) const {
  return static_cast<size_t>(
      std::count_if(waiting_.begin(), waiting_.end(),
                    [&](const Exchange* e) { return same(origin_of(*e), origin); }));
}

size_t Pool::wanted(const Origin& origin) const {
  const auto first = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Exchange* e) { return same(origin_of(*e), origin); });
  if (first == waiting_.end()) return 0;
  const Options& options = (*first)->outgoing().profile->options;
  if (!options.reuse_connections) return waiting(origin);
  bool multiplexed = must_multiplex(options.http_version);
  for (const auto& connection : connections_) {
    if (!connection->multiplexes() || !same(connection->origin(), origin)) continue;
    const bool serves = connection->ready() && !connection->ending();
    if (serves && (!options.shared_connections || connection->free_streams() > 0)) return 0;
    multiplexed = true;
  }
  return multiplexed ? 1 : waiting(origin);
}

Exchange* Pool::pop_waiting(const Origin& origin) {
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Exchange* e) { return same(origin_of(*e), origin); });
  if (at == waiting_.end()) return nullptr;
  Exchange* exchange = *at;
  waiting_.erase(at);
  return exchange;
}

// A connection went away: the oldest waiting exchange may open another.
void Pool::serve_queue(const Origin& origin) {
  if (connecting(origin) >= wanted(origin)) return;
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Exchange* e) { return same(origin_of(*e), origin); });
  const Options& options = (*at)->outgoing().profile->options;
  if (count(origin) < static_cast<size_t>(std::max(options.max_connections, 1))) {
    open_connection(**at);
  }
}

}  // namespace locust_like::client
