#include "client/connection.h"

#include <algorithm>
#include <utility>

#include "client/pool.h"

namespace locust_like::client {
namespace {

constexpr size_t kJoinBelow = 16384;  // one write for head and a small body
// Scratch that a large upload made larger is given back.
constexpr size_t kKeepScratchBytes = 262144;
// More of a body is taken up only while less than this waits for the kernel.
constexpr size_t kMostQueuedBytes = 262144;

// What of a set-up fell into its last part: who joined late did not wait for the rest.
SetupTimes last_of(const SetupTimes& setup, Nanos part) {
  SetupTimes charged;
  for (auto step : {&SetupTimes::tls, &SetupTimes::connect, &SetupTimes::dns}) {
    charged.*step = std::min(setup.*step, part);
    part -= charged.*step;
  }
  return charged;
}

}  // namespace

Connection::Connection(Pool& pool, std::shared_ptr<const Origin> origin, const Profile& profile)
    : pool_(pool),
      origin_(std::move(origin)),
      targets_(profile.targets),
      sources_(profile.sources),
      names_(profile.names),
      resolver_(pool.services().resolver_of(profile.names)),
      last_used_(steady_now()),
      http_version_(profile.options.http_version) {}

Connection::~Connection() { close(); }

void Connection::close() {
  forget_flush();
  if (state_ == State::kResolving || state_ == State::kTunnel) {
    resolver_.cancel(lookup_);
  }
  if (state_ == State::kReady && multiplexer_ != nullptr) {
    std::string bytes;
    multiplexer_->end(bytes);
    if (!bytes.empty()) send(bytes);
  }
  if (state_ == State::kReady && tls_ && stream_) {
    std::string& cipher = pool_.services().cipher_bytes;
    tls_->close(cipher);
    if (!cipher.empty()) put(cipher);
    cipher.clear();
  }
  if (proxy_link_ && stream_) {
    std::string cipher;
    proxy_link_->session.close(cipher);
    if (!cipher.empty()) stream_->write(cipher);
  }
  state_ = State::kClosed;
  reading_for_ = nullptr;
  if (dialer_) dialer_->close();
  if (stream_) stream_->close();
}

void Connection::open(Exchange& exchange, TimePoint now) {
  const Outgoing& outgoing = exchange.outgoing();
  // A connection that was set up for somebody else who gave up is like a used one: nobody waited
  // for it, and the server may have closed it meanwhile.
  const Nanos waited = step_began_ - exchange.times().taken_up;
  const bool waited_for = fresh_ && waited.count() > 0;
  exchange.on_attached(*this, waited_for ? last_of(setup_, waited) : SetupTimes(), !waited_for,
                       now);
  fresh_ = false;
  if (!outgoing.profile->options.reuse_connections) retire();
  std::string& bytes = pool_.services().request_bytes;
  codec_->open_stream(outgoing.prepared->request, outgoing.extra_head, outgoing.body, exchange,
                      bytes);
  if (multiplexer_ != nullptr) return flush_later();
  reading_for_ = &exchange;
  const std::string_view body = outgoing.body ? outgoing.body->bytes : std::string_view();
  if (body.size() <= kJoinBelow) {
    bytes.append(body);
    send(bytes);
  } else {
    send(bytes);
    send(body);
  }
  const uint64_t written = bytes.size() + (body.size() > kJoinBelow ? body.size() : 0);
  bytes.clear();
  exchange.on_written(written, steady_now());
  if (outgoing.body && outgoing.body->in_pieces) offer_room(exchange);
}

void Connection::send_piece(Exchange& exchange, std::string_view piece, bool last) {
  std::string& bytes = pool_.services().request_bytes;
  codec_->add_body(exchange, piece, last, bytes);
  if (multiplexer_ != nullptr) return flush_later();
  send(bytes);
  exchange.on_written(bytes.size(), steady_now());
  bytes.clear();
  if (bytes.capacity() > kKeepScratchBytes) std::string().swap(bytes);
  if (!last) offer_room(exchange);
}

void Connection::offer_room(Exchange& exchange) {
  if (queued_bytes() < kMostQueuedBytes) exchange.on_piece_wanted();
}

void Connection::abandon(Exchange& exchange) {
  codec_->abandon_stream(exchange);
  if (multiplexer_ != nullptr) {
    // A peer that is silent as a whole may be gone: others get a connection that is known to work.
    if (last_used_ < exchange.times().written) retire();
    flush();
    return settle_streams();
  }
  reading_for_ = nullptr;
  if (codec_->free_streams() == 0 && !codec_->has_open_streams()) pool_.discard(*this);
}

void Connection::hold_back() {
  if (multiplexer_ != nullptr || held_back_) return;
  held_back_ = true;
  stream_->pause_reading();
}

void Connection::consume(Exchange& exchange, size_t bytes, bool goes_on) {
  if (multiplexer_ != nullptr) {
    multiplexer_->consume(exchange, bytes);
    return flush_later();
  }
  if (goes_on) read_on();
}

void Connection::read_on() {
  if (std::exchange(held_back_, false)) stream_->resume_reading();
}

void Connection::release_buffers() {
  if (state_ != State::kReady || codec_->has_open_streams()) return;
  if (tls_) tls_->release_buffers();
  if (proxy_link_) proxy_link_->session.release_buffers();
}

void Connection::send(std::string_view bytes) {
  if (!tls_) return put(bytes);
  std::string& cipher = pool_.services().cipher_bytes;
  Status status = tls_->write(bytes, cipher);
  if (!cipher.empty()) put(cipher);
  cipher.clear();
  if (cipher.capacity() > kKeepScratchBytes) std::string().swap(cipher);
  if (!status.ok()) stream_->give_up(std::move(status));
}

void Connection::put(std::string_view bytes) {
  if (!proxy_link_) return stream_->write(bytes);
  std::string cipher;
  Status status = proxy_link_->session.write(bytes, cipher);
  if (!cipher.empty()) stream_->write(cipher);
  if (!status.ok()) stream_->give_up(std::move(status));
}

void Connection::flush_later() {
  if (!std::exchange(flush_waits_, true)) pool_.services().loop.at_pass_end(*this);
}

void Connection::forget_flush() {
  if (std::exchange(flush_waits_, false)) pool_.services().loop.forget_pass_end(*this);
}

void Connection::on_pass_end() {
  flush_waits_ = false;
  flush();
  settle_streams();
}

// As long as the kernel takes all: then no on_drained() says that there is room again. The codec's
// sinks may lead back here: the scratch is taken out while it is in use.
void Connection::flush() {
  bool filled = true;
  while (filled && state_ == State::kReady) {
    forget_flush();
    const size_t room = kMostQueuedBytes - std::min(kMostQueuedBytes, queued_bytes());
    std::string bytes = std::move(pool_.services().frame_bytes);
    const Status status = multiplexer_->take_output(room, bytes);
    if (!bytes.empty() && state_ == State::kReady) send(bytes);
    filled = room > 0 && bytes.size() >= room;
    bytes.clear();
    if (bytes.capacity() <= kKeepScratchBytes) pool_.services().frame_bytes = std::move(bytes);
    if (!status.ok()) return pool_.discard(*this);
  }
}

void Connection::on_drained() {
  if (multiplexer_ != nullptr) {
    flush();
    return settle_streams();
  }
  if (reading_for_ != nullptr) reading_for_->on_drained(steady_now());
}

void Connection::on_bytes(std::string_view bytes) {
  if (state_ == State::kClosed) return;
  last_used_ = steady_now();  // the stamp of this read, taken before anything is parsed
  proxy_link_ ? receive_by_proxy_link(bytes) : take(bytes);
}

void Connection::take(std::string_view bytes) {
  if (state_ == State::kTunnel) return receive_from_proxy(bytes);
  if (!tls_) {
    receive(bytes);
    return settle(std::exchange(stream_status_, {}));
  }
  std::string& cipher = pool_.services().cipher_bytes;
  Status status = tls_->receive(bytes, cipher, *this);
  if (!cipher.empty()) put(cipher);
  cipher.clear();
  if (state_ == State::kHandshake) {
    if (!status.ok()) return setup_failed(status);
    if (!tls_->established()) {
      if (tls_->peer_closed()) setup_failed({Code::kTls, "peer closed during the handshake"});
      return;
    }
    setup_.tls = steady_now() - step_began_;
    become_ready();
    return receive_early();
  }
  if (status.ok()) status = std::exchange(stream_status_, {});
  if (status.ok() && tls_->peer_closed()) return on_end();
  settle(status);
}

void Connection::on_plaintext(std::string_view bytes) {
  if (state_ == State::kHandshake) early_.append(bytes);
  if (state_ == State::kReady && stream_status_.ok()) receive(bytes);
}

// An HTTP/2 server speaks first, and with TLS 1.2 in the same read as its Finished. With HTTP/1.1
// become_ready() has failed: what comes before a request is no reply to it (RFC 9112 section 9.2).
void Connection::receive_early() {
  const std::string bytes = std::exchange(early_, {});
  if (bytes.empty() || state_ != State::kReady) return;
  receive(bytes);
  settle(std::exchange(stream_status_, {}));
}

void Connection::receive(std::string_view bytes) {
  // A call that ended earlier in this read may belong to another thread already.
  if (reading_for_ != nullptr && codec_->has_open_streams()) {
    reading_for_->on_read(bytes.size(), last_used_);
  }
  stream_status_ = codec_->receive(bytes);
}

void Connection::settle(const Status& status) {
  if (state_ == State::kClosed) return;
  if (!status.ok()) {
    // TLS broke below the codec, which has not heard of it yet; codec errors were told already.
    codec_->break_off(status);
    return pool_.discard(*this);
  }
  if (multiplexer_ != nullptr) {
    flush();
    return settle_streams();
  }
  if (codec_->has_open_streams()) return;
  reading_for_ = nullptr;
  if (free_streams() == 0) return pool_.discard(*this);
  read_on();
  pool_.on_ready(*this);
}

void Connection::settle_streams() {
  if (state_ != State::kReady) return;
  if (ending() && !codec_->has_open_streams()) return pool_.discard(*this);
  pool_.on_ready(*this);
}

void Connection::on_end() {
  if (state_ == State::kHandshake) {
    return setup_failed({Code::kTls, "peer closed during the handshake"});
  }
  if (state_ == State::kTunnel || state_ == State::kProxyHandshake) {
    return setup_failed({Code::kProxy, "proxy closed before the way was open"});
  }
  if (state_ != State::kReady) return;
  const tls::Session* top = tls_ ? tls_.get() : proxy_link_ ? &proxy_link_->session : nullptr;
  codec_->receive_end(top == nullptr || top->peer_closed());
  pool_.discard(*this);
}

void Connection::on_broken(Status status) {
  if (state_ == State::kHandshake) return setup_failed(status);
  if (state_ == State::kTunnel || state_ == State::kProxyHandshake) {
    return setup_failed({Code::kProxy, "proxy: " + status.message()});
  }
  if (state_ != State::kReady) return;
  codec_->break_off(status);
  pool_.discard(*this);
}

}  // namespace locust_like::client
