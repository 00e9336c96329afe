// How a connection comes about; what it carries afterwards is in connection.cc.
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
  lookup_ = resolver_.resolve(host, port, [this, found](const Result<loop::Addresses>& addresses) {
    (this->*found)(addresses);
  });
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
  const auto reached = sources_ ? sources_->reachable(addresses.value()) : addresses;
  if (!reached.ok()) return setup_failed(reached.status());
  state_ = State::kConnecting;
  dialer_ = std::make_unique<Dialer>(pool_.services().loop, reached.value(), sources_.get(), *this);
  dialer_->start();
}

void Connection::on_dialed(std::unique_ptr<loop::TcpStream> stream, const loop::Address& to) {
  stream_ = std::move(stream);
  stream_->set_events(*this);
  remote_address_ = to;
  pool_.services().loop.defer_delete(std::move(dialer_));
  const TimePoint now = steady_now();
  setup_.connect = now - step_began_;
  step_began_ = now;
  const bool over_tls = origin_->proxy && origin_->proxy->kind == Proxy::Kind::kHttps;
  over_tls ? start_proxy_tls() : lead_on();
}

void Connection::start_proxy_tls() {
  state_ = State::kProxyHandshake;
  auto context = origin_->proxy_tls ? origin_->proxy_tls->context()
                                    : Status(Code::kTls, "no TLS settings for the proxy");
  if (!context.ok()) return setup_failed(context.status());
  proxy_link_ = std::make_unique<ProxyLink>(std::move(context).value(), origin_->proxy->host);
  std::string cipher;
  const Status status = proxy_link_->session.start(cipher);
  if (!cipher.empty()) stream_->write(cipher);
  if (!status.ok()) setup_failed({Code::kProxy, "proxy: " + status.message()});
}

void Connection::receive_by_proxy_link(std::string_view bytes) {
  std::string cipher;
  const Status status = proxy_link_->receive(bytes, cipher);
  if (!cipher.empty()) stream_->write(cipher);
  if (state_ == State::kProxyHandshake && proxy_link_->session.established()) {
    const TimePoint now = steady_now();
    setup_.connect += now - step_began_;
    step_began_ = now;
    lead_on();
  }
  const std::string received = proxy_link_->take_received();
  if (!received.empty() && state_ != State::kClosed) take(received);
  if (state_ == State::kClosed) return;
  if (!status.ok()) return on_broken(status);
  if (proxy_link_->session.peer_closed()) on_end();
}

void Connection::lead_on() { origin_->tunnels ? open_tunnel() : secure(); }

void Connection::open_tunnel() {
  state_ = State::kTunnel;
  const TunnelEnd end{.host = origin_->host, .port = origin_->port, .address = {}};
  switch (origin_->proxy->kind) {
    case Proxy::Kind::kHttp:
    case Proxy::Kind::kHttps:
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
  put(bytes);
}

void Connection::receive_from_proxy(std::string_view bytes) {
  std::string answer;
  const Result<bool> open = tunnel_ ? tunnel_->receive(bytes, answer)
                                    : Status(Code::kProxy, "proxy speaks before it is asked");
  if (!answer.empty()) put(answer);
  if (!open.ok()) return setup_failed(open.status());
  if (!open.value()) return;
  tunnel_.reset();
  const TimePoint now = steady_now();
  setup_.connect += now - step_began_;
  step_began_ = now;
  if (!origin_->tls) early_ = bytes;
  secure();
  if (state_ == State::kReady) receive_early();
  if (state_ == State::kHandshake && !bytes.empty()) take(bytes);
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
  if (!cipher.empty()) put(cipher);
  cipher.clear();
  if (!status.ok()) setup_failed(status);
}

void Connection::become_ready() {
  auto codec = make_codec();
  if (!codec.ok()) return setup_failed(codec.status());
  codec_ = std::move(codec).value();
  if (multiplexer_ == nullptr && !early_.empty()) {
    return setup_failed(
        {Code::kProtocol, std::to_string(early_.size()) + " bytes came before anything was asked"});
  }
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
  if (state_ >= State::kConnecting && state_ <= State::kTunnel) setup_.connect += spent;
  if (state_ == State::kHandshake) setup_.tls = spent;
  const bool names_proxy = origin_->proxy && state_ < State::kTunnel;
  const bool unreached = status.code() == Code::kConnect || status.code() == Code::kDns;
  Status described(names_proxy && unreached ? Code::kProxy : status.code(),
                   origin_->key + ": " + status.message());
  pool_.on_setup_failed(*this, described);
}

}  // namespace locust_like::client
