#include "target/acceptor.h"

#include <utility>

namespace locust_like::target {
namespace {

constexpr int kBacklog = 4096;
// Equal to no due time, so that before_poll() sets or stops the timer.
constexpr TimePoint kUnknownDue;

}  // namespace

Acceptor::Acceptor(loop::Loop& the_loop, CounterBoard& board, const Options& the_options)
    : Host(the_loop, board, the_options), deadline_timer_(the_loop, [this] { after_poll(); }) {
  deadline_timer_.keep_loop_alive(false);
  loop.set_hooks(this);
}

Acceptor::~Acceptor() { loop.set_hooks(nullptr); }

Status Acceptor::listen() {
  Result<std::unique_ptr<loop::TcpListener>> made = make_listener(options.port);
  if (!made.ok()) return made.status();
  listener_ = std::move(made).value();
  port_ = listener_->local_address().port();
  return options.tls_port ? listen_tls() : Status();
}

Status Acceptor::listen_tls() {
  if (options.certificate_file.empty()) {
    return {Code::kInvalidArgument, "a TLS port needs a certificate file"};
  }
  tls::Settings settings;
  settings.certificate_file = options.certificate_file;
  settings.key_file = options.key_file;
  settings.alpn = {"http/1.1"};
  Result<std::shared_ptr<tls::Context>> context = tls::Context::make_server(settings);
  if (!context.ok()) return context.status();
  tls_context_ = std::move(context).value();
  Result<std::unique_ptr<loop::TcpListener>> made = make_listener(*options.tls_port);
  if (!made.ok()) return made.status();
  tls_listener_ = std::move(made).value();
  tls_port_ = tls_listener_->local_address().port();
  return {};
}

Result<std::unique_ptr<loop::TcpListener>> Acceptor::make_listener(uint16_t port) {
  Result<loop::Address> address = loop::Address::parse(options.host, port);
  if (!address.ok()) return address.status();
  loop::TcpListener::Events& events = *this;
  auto listener = std::make_unique<loop::TcpListener>(loop, events);
  Status status = listener->listen(address.value(), kBacklog);
  // A port that cannot be had is a matter of this machine, not of a peer.
  if (!status.ok()) return Status(Code::kResources, status.message());
  return listener;
}

void Acceptor::begin_stop() {
  stopping = true;
  listener_.reset();
  tls_listener_.reset();
  // Backwards: a connection that drops itself is replaced by the last one.
  for (size_t i = connections_.size(); i-- > 0;) connections_[i]->begin_stop();
  loop.wheel().schedule(drain_timer_, steady_now() + options.drain_timeout);
  end_if_empty();
}

void Acceptor::drop(Connection& connection) {
  size_t slot = connection.slot;
  std::unique_ptr<Connection> dropped = std::move(connections_[slot]);
  if (slot + 1 < connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
  loop.defer_delete(std::move(dropped));
  if (stopping) end_if_empty();
}

void Acceptor::on_accept(loop::TcpListener& listener) {
  std::unique_ptr<tls::Session> session;
  if (&listener == tls_listener_.get()) session = std::make_unique<tls::Session>(tls_context_);
  auto connection = std::make_unique<Connection>(*this, std::move(session));
  if (!connection->take(listener)) return;
  connection->slot = connections_.size();
  connections_.push_back(std::move(connection));
  if (connections_.size() > options.max_connections) connections_.back()->drop();
}

void Acceptor::before_poll() {
  std::optional<TimePoint> due = deadlines.next_due();
  if (due == armed_for_) return;
  armed_for_ = due;
  if (due && *due <= steady_now()) {
    loop.poll_again();
    armed_for_ = kUnknownDue;
  } else if (due) {
    deadline_timer_.arm(*due);
  } else {
    deadline_timer_.disarm();
  }
}

void Acceptor::after_poll() {
  if (deadlines.size() == 0) return;
  // What has fired, the timer has rung for, or would ring for in vain: it is set anew in any case.
  if (deadlines.fire_due(steady_now()) > 0) armed_for_ = kUnknownDue;
}

void Acceptor::drop_all() {
  while (!connections_.empty()) connections_.back()->drop();
  end_if_empty();
}

void Acceptor::end_if_empty() {
  if (!connections_.empty()) return;
  drain_timer_.cancel();
  loop.stop();
}

}  // namespace locust_like::target
