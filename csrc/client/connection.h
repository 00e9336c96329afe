// Connection: a TCP stream, a proxy's tunnel and TLS when the origin asks for them, and a codec.
//
// Set up in one go: look the name up, try the addresses in order, tunnel, shake hands. No byte of a
// request leaves before the peer's certificate is accepted. Afterwards the pool opens streams on
// it: one at a time (HTTP/1.1), or many when TLS agreed on HTTP/2 or the profile knows that it is
// spoken. Ownership: owned by its Pool, deleted through the loop's deferred list, never inside its
// own events. Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/dialer.h"
#include "client/exchange.h"
#include "client/options.h"
#include "client/proxy_link.h"
#include "client/services.h"
#include "client/tunnel.h"
#include "http/codec.h"
#include "loop/resolver.h"
#include "loop/tcp_stream.h"
#include "tls/session.h"

namespace locust_like::client {

class Pool;

class Connection final : public loop::Deferred,
                         public loop::TcpStream::Events,
                         public Dialer::Owner,
                         public tls::PlaintextSink,
                         private loop::PassEnd {
 public:
  Connection(Pool& pool, std::shared_ptr<const Origin> origin, const Profile& profile);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts setting up; the pool hears on_ready or on_setup_failed, perhaps inside this call.
  void connect();
  // Sends the exchange's request. REQUIRES: free_streams() > 0.
  void open(Exchange& exchange, TimePoint now);
  // The exchange wants no more events. HTTP/1.1: the connection ends. HTTP/2: so it does, once the
  // other streams are done, when nothing came since the exchange's request was sent.
  void abandon(Exchange& exchange);
  // The next piece of the exchange's body, see Exchange::send_piece().
  void send_piece(Exchange& exchange, std::string_view piece, bool last);
  // HTTP/1: reads nothing more until consume() goes on. HTTP/2: no-op, streams have windows.
  void hold_back();
  // The exchange has used up `bytes` of its body; `goes_on`: more may come.
  void consume(Exchange& exchange, size_t bytes, bool goes_on);
  // Opens no more streams; the connection ends with the last open one.
  void retire() { retired_ = true; }
  // Frees what TLS buffers while nothing is on the way. No-op when busy, or without TLS.
  void release_buffers();
  // Closes the socket; no event comes afterwards.
  void close();

  const Origin& origin() const { return *origin_; }
  std::shared_ptr<const Origin> shared_origin() const { return origin_; }
  bool ready() const { return state_ == State::kReady; }
  // None while an upload is on its way whose reply came early: the peer may never read the rest.
  int free_streams() const {
    if (state_ != State::kReady || retired_) return 0;
    return multiplexer_ != nullptr || queued_bytes() == 0 ? codec_->free_streams() : 0;
  }
  // Carries many streams at a time, or will for certain.
  bool multiplexes() const { return multiplexer_ != nullptr || (!ready() && speaks_h2_only()); }
  // HTTP/2: the open streams are the last ones.
  bool ending() const { return multiplexer_ != nullptr && (retired_ || multiplexer_->exhausted()); }
  bool idle() const { return state_ == State::kReady && !codec_->has_open_streams(); }
  size_t queued_bytes() const { return stream_ ? stream_->queued_bytes() : 0; }
  TimePoint last_used() const { return last_used_; }
  const SetupTimes& setup() const { return setup_; }
  const loop::Address& remote_address() const { return remote_address_; }

 private:
  enum class State : uint8_t {
    kIdle,
    kResolving,
    kConnecting,
    kProxyHandshake,
    kTunnel,
    kHandshake,
    kReady,
    kClosed
  };

  void on_connected(Status /*status*/) override {}  // the dialer's business
  void on_dialed(std::unique_ptr<loop::TcpStream> stream, const loop::Address& to) override;
  void on_dial_failed(const Status& status) override { setup_failed(status); }
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_broken(Status status) override;
  void on_drained() override;
  void on_plaintext(std::string_view bytes) override;
  void on_pass_end() override;

  void look_up(const std::string& host, uint16_t port,
               void (Connection::*found)(const Result<loop::Addresses>&));
  // What `found` has that may be reached.
  Result<loop::Addresses> allowed(const std::string& host, const Result<loop::Addresses>& found);
  void on_resolved(const Result<loop::Addresses>& addresses);
  void on_end_resolved(const Result<loop::Addresses>& addresses);  // of a tunnel
  void start_proxy_tls();
  void receive_by_proxy_link(std::string_view bytes);
  // The proxy, if there is one, listens: asks it for a way where one is needed.
  void lead_on();
  void open_tunnel();
  void start_tunnel(std::unique_ptr<Tunnel> tunnel);
  void receive_from_proxy(std::string_view bytes);
  void secure();
  void start_tls();
  void become_ready();
  Result<std::unique_ptr<http::Codec>> make_codec();
  bool speaks_h2_only() const { return must_multiplex(http_version_); }
  void setup_failed(const Status& status);
  void send(std::string_view bytes);
  // To the peer of the TCP connection, through TLS where that is a proxy behind TLS.
  void put(std::string_view bytes);
  void take(std::string_view bytes);  // what came from there
  void receive(std::string_view bytes);
  void receive_early();
  // Sends what an HTTP/2 codec has to say, and ends the connection if it says so.
  void flush();
  // The same at the end of the pass: streams opened together leave in one write.
  void flush_later();
  void forget_flush();
  // After the codec has seen input: go on with the next exchange, or end.
  void settle(const Status& status);
  void settle_streams();
  // HTTP/1.1: tells the exchange that the next piece of its body may come, if little is queued;
  // otherwise on_drained() does.
  void offer_room(Exchange& exchange);
  void read_on();

  Pool& pool_;
  std::shared_ptr<const Origin> origin_;
  std::shared_ptr<const TargetRules> targets_;
  std::shared_ptr<const SourceAddresses> sources_;
  std::shared_ptr<const loop::Resolver::Options> names_;  // keeps resolver_ there
  loop::Resolver& resolver_;
  std::unique_ptr<Dialer> dialer_;  // only while connecting
  std::unique_ptr<loop::TcpStream> stream_;
  std::unique_ptr<ProxyLink> proxy_link_;  // null: nothing lies below
  std::unique_ptr<Tunnel> tunnel_;         // until the way through the proxy is open
  std::shared_ptr<tls::Tickets> tickets_;  // the pool's; outlives tls_
  std::unique_ptr<tls::Session> tls_;
  std::unique_ptr<http::Codec> codec_;
  http::MultiplexingCodec* multiplexer_ = nullptr;  // codec_, when it is one
  Exchange* reading_for_ = nullptr;                 // HTTP/1.1: whose reply is on the way
  loop::Address remote_address_;
  TimePoint step_began_;  // of the set-up; once ready, when it became so
  TimePoint last_used_;   // last read; also the stamp of the bytes being handled
  SetupTimes setup_;
  uint64_t lookup_ = 0;
  std::string early_;     // came with the end of the set-up: HTTP/2 servers speak first
  Status stream_status_;  // first error a plaintext sink met inside tls receive
  State state_ = State::kIdle;
  HttpVersion http_version_;
  bool retired_ = false;
  bool held_back_ = false;
  bool flush_waits_ = false;
  bool fresh_ = true;  // no exchange was opened yet
};

}  // namespace locust_like::client
