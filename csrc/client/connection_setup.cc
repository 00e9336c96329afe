// How a connection comes about; what it carries afterwards is in connection.cc.
#include <algorithm>
#include <utility>

#include "client/connection.h"
#include "client/pool.h"
#include "http/h1_codec.h"
#include "http/h2_codec.h"

namespace locust_like::client {

void Connection::connect() {
  state_ = State::kResolving;
  step_began_ = steady_now();
  if (targets_) {
    if (Status status = targets_->check_host(origin_->host); !status.ok()) {
      return setup_failed(status);
    }
  }
  const Proxy* proxy = origin_->proxy.get();
  look_up(proxy != nullptr ? proxy->host : origin_->host,
          proxy != nullptr ? proxy->port : origin_->port, &Connection::on_resolved);
}

void Connection::look_up(const std::string& host, uint16_t port,
                         void (Connection::*found)(const Result<loop::Addresses>&)) {
  const loop::Addresses* told = targets_ ? targets_->addresses_of(host, port) : nullptr;
  if (told != nullptr) return (this->*found)(*told);
  lookup_ = pool_.services().resolver.resolve(
      host, port,
      [this, found](const Result<loop::Addresses>& addresses) { (this->*found)(addresses); });
}

Result<loop::Addresses> Connection::allowed(const std::string& host,
                                            const Result<loop::Addresses>& found) {
  const TimePoint now = steady_now();
  setup_.dns += now - step_began_;
  step_began_ = now;
  if (!found.ok() || !targets_) return found;
  return targets_->allowed(host, found.value());
}

void Connection::on_resolved(const Result<loop::Addresses>& found) {
  const auto addresses = allowed(origin_->proxy ? origin_->proxy->host : origin_->host, found);
  if (!addresses.ok()) return setup_failed(addresses.status());
  untried_ = std::make_unique<loop::Addresses>(addresses.value());
  std::reverse(untried_->begin(), untried_->end());
  try_next_address();
}

void Connection::try_next_address() {
  remote_address_ = untried_->back();
  untried_->pop_back();
  state_ = State::kConnecting;
  stream_ = std::make_unique<loop::TcpStream>(pool_.services().loop, *this);
  stream_->connect(remote_address_);
}

void Connection::on_connected(Status status) {
  if (!status.ok()) {
    if (untried_->empty()) return setup_failed(status);
    // The failed stream is in its own event, so it may not be destroyed here.
    stream_->close();
    struct Corpse final : loop::Deferred {
      std::unique_ptr<loop::TcpStream> stream;
    };
    auto corpse = std::make_unique<Corpse>();
    corpse->stream = std::move(stream_);
    pool_.services().loop.defer_delete(std::move(corpse));
    return try_next_address();
  }
  untried_.reset();
  const TimePoint now = steady_now();
  setup_.connect = now - step_began_;
  step_began_ = now;
  if (origin_->tunnels) return open_tunnel();
  secure();
}

void Connection::open_tunnel() {
  state_ = State::kTunnel;
  const TunnelEnd end{.host = origin_->host, .port = origin_->port, .address = {}};
  switch (origin_->proxy->kind) {
    case Proxy::Kind::kHttp:
      return start_tunnel(make_connect_tunnel(end, origin_->proxy_authorization));
    case Proxy::Kind::kSocks5h:
      return start_tunnel(make_socks5_tunnel(end, *origin_->proxy));
    case Proxy::Kind::kSocks5:
      return look_up(end.host, end.port, &Connection::on_end_resolved);
  }
}

void Connection::on_end_resolved(const Result<loop::Addresses>& found) {
  const auto addresses = allowed(origin_->host, found);
  if (!addresses.ok()) return setup_failed(addresses.status());
  start_tunnel(make_socks5_tunnel(
      {.host = origin_->host, .port = origin_->port, .address = addresses.value().front()},
      *origin_->proxy));
}

void Connection::start_tunnel(std::unique_ptr<Tunnel> tunnel) {
  tunnel_ = std::move(tunnel);
  std::string bytes;
  tunnel_->start(bytes);
  stream_->write(bytes);
}

void Connection::receive_from_proxy(std::string_view bytes) {
  std::string answer;
  const Result<bool> open = tunnel_ ? tunnel_->receive(bytes, answer)
                                    : Status(Code::kProxy, "proxy speaks before it is asked");
  if (!answer.empty()) stream_->write(answer);
  if (!open.ok()) return setup_failed(open.status());
  if (!open.value()) return;
  tunnel_.reset();
  const TimePoint now = steady_now();
  setup_.connect += now - step_began_;
  step_began_ = now;
  if (!origin_->tls) early_ = bytes;  // an HTTP/2 server may speak at once; TLS servers do not
  secure();
  if (state_ == State::kReady) receive_early();
}

void Connection::secure() {
  if (!origin_->tls) return become_ready();
  start_tls();
}

void Connection::start_tls() {
  state_ = State::kHandshake;
  auto context = origin_->tls_provider ? origin_->tls_provider->context()
                                       : Status(Code::kTls, "no TLS settings for " + origin_->key);
  if (!context.ok()) return setup_failed(context.status());
  tls_ = std::make_unique<tls::Session>(std::move(context).value(), origin_->server_name);
  tickets_ = pool_.tickets();
  tls_->resume_from(*tickets_, origin_->key);
  std::string& cipher = pool_.services().cipher_bytes;
  Status status = tls_->start(cipher);
  if (!cipher.empty()) stream_->write(cipher);
  cipher.clear();
  if (!status.ok()) setup_failed(status);
}

void Connection::become_ready() {
  auto codec = make_codec();
  if (!codec.ok()) return setup_failed(codec.status());
  codec_ = std::move(codec).value();
  state_ = State::kReady;
  step_began_ = steady_now();
  pool_.on_ready(*this);
  if (multiplexer_ != nullptr) flush();
}

Result<std::unique_ptr<http::Codec>> Connection::make_codec() {
  const bool h2 = tls_ ? tls_->alpn() == "h2" : http_version_ == HttpVersion::kPriorKnowledge;
  if (h2) {
    auto codec = std::make_unique<http::H2Codec>();
    multiplexer_ = codec.get();
    return std::unique_ptr<http::Codec>(std::move(codec));
  }
  if (!speaks_h2_only()) return std::unique_ptr<http::Codec>(std::make_unique<http::H1Codec>());
  if (tls_) return Status(Code::kTls, "the server does not agree to speak HTTP/2 (ALPN)");
  return Status(Code::kInvalidArgument,
                "http_version '2' needs https ('h2c' is HTTP/2 without TLS); nothing was sent");
}

void Connection::setup_failed(const Status& status) {
  const Nanos spent = steady_now() - step_began_;
  if (state_ == State::kConnecting || state_ == State::kTunnel) setup_.connect += spent;
  if (state_ == State::kHandshake) setup_.tls = spent;
  const bool names_proxy = origin_->proxy && state_ < State::kTunnel;
  const bool unreached = status.code() == Code::kConnect || status.code() == Code::kDns;
  Status described(names_proxy && unreached ? Code::kProxy : status.code(),
                   origin_->key + ": " + status.message());
  pool_.on_setup_failed(*this, described);
}

}  // namespace locust_like::client
