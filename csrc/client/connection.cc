#include "client/connection.h"

#include <algorithm>
#include <utility>

#include "client/pool.h"
#include "http/h1_codec.h"
#include "http/h2_codec.h"

namespace locust_like::client {
namespace {

constexpr size_t kJoinBelow = 16384;  // one write for head and a small body
// Scratch that a large upload made larger is given back.
constexpr size_t kKeepScratchBytes = 262144;
// HTTP/2 bodies are cut into frames only while less than this waits for the kernel.
constexpr size_t kMostQueuedBytes = 262144;

}  // namespace

Connection::Connection(Pool& pool, std::shared_ptr<const Origin> origin, const Profile& profile)
    : pool_(pool),
      origin_(std::move(origin)),
      tls_provider_(origin_->tls ? profile.tls : nullptr),
      last_used_(steady_now()),
      http_version_(profile.options.http_version) {}

Connection::~Connection() { close(); }

void Connection::close() {
  forget_flush();
  if (state_ == State::kResolving) pool_.services().resolver.cancel(lookup_);
  if (state_ == State::kReady && tls_ && stream_) {
    std::string& cipher = pool_.services().cipher_bytes;
    tls_->close(cipher);
    if (!cipher.empty()) stream_->write(cipher);
    cipher.clear();
  }
  state_ = State::kClosed;
  reading_for_ = nullptr;
  if (stream_) stream_->close();
}

void Connection::connect() {
  state_ = State::kResolving;
  step_began_ = steady_now();
  lookup_ = pool_.services().resolver.resolve(
      origin_->host, origin_->port,
      [this](const Result<loop::Addresses>& addresses) { on_resolved(addresses); });
}

void Connection::on_resolved(const Result<loop::Addresses>& addresses) {
  const TimePoint now = steady_now();
  setup_.dns = now - step_began_;
  step_began_ = now;
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
  if (!origin_->tls) return become_ready();
  start_tls();
}

void Connection::start_tls() {
  state_ = State::kHandshake;
  auto context = tls_provider_ ? tls_provider_->context()
                               : Status(Code::kTls, "no TLS settings for " + origin_->key);
  if (!context.ok()) return setup_failed(context.status());
  tls_ = std::make_unique<tls::Session>(std::move(context).value(), origin_->host);
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
  if (state_ == State::kConnecting) setup_.connect = spent;
  if (state_ == State::kHandshake) setup_.tls = spent;
  Status described(status.code(), origin_->key + ": " + status.message());
  pool_.on_setup_failed(*this, described);
}

void Connection::open(Exchange& exchange, TimePoint now) {
  const Outgoing& outgoing = exchange.outgoing();
  // A connection that was set up for somebody else who gave up is like a used one: nobody waited
  // for it, and the server may have closed it meanwhile.
  const bool waited_for = fresh_ && exchange.times().taken_up < step_began_;
  exchange.on_attached(*this, waited_for ? setup_ : SetupTimes(), !waited_for, now);
  fresh_ = false;
  std::string& bytes = pool_.services().request_bytes;
  const auto body = outgoing.has_body ? std::optional(outgoing.body) : std::nullopt;
  if (multiplexer_ != nullptr) {
    codec_->open_stream(outgoing.prepared->request, outgoing.extra_head, body, exchange, bytes);
    return flush_later();
  }
  reading_for_ = &exchange;
  codec_->open_stream(outgoing.prepared->request, outgoing.extra_head, body, exchange, bytes);
  if (outgoing.body.size() <= kJoinBelow) {
    bytes.append(outgoing.body);
    send(bytes);
  } else {
    send(bytes);
    send(outgoing.body);
  }
  const uint64_t written =
      bytes.size() + (outgoing.body.size() > kJoinBelow ? outgoing.body.size() : 0);
  bytes.clear();
  exchange.on_written(written, steady_now());
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

void Connection::release_buffers() {
  if (tls_ && state_ == State::kReady && !codec_->has_open_streams()) tls_->release_buffers();
}

void Connection::send(std::string_view bytes) {
  if (!tls_) return stream_->write(bytes);
  std::string& cipher = pool_.services().cipher_bytes;
  Status status = tls_->write(bytes, cipher);
  if (!cipher.empty()) stream_->write(cipher);
  cipher.clear();
  if (cipher.capacity() > kKeepScratchBytes) std::string().swap(cipher);
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

// The codec's sinks may lead back here: the scratch is taken out while it is in use.
void Connection::flush() {
  if (state_ != State::kReady) return;
  forget_flush();
  const size_t queued = queued_bytes();
  std::string bytes = std::move(pool_.services().frame_bytes);
  const Status status =
      multiplexer_->take_output(kMostQueuedBytes - std::min(kMostQueuedBytes, queued), bytes);
  if (!bytes.empty() && state_ == State::kReady) send(bytes);
  bytes.clear();
  if (bytes.capacity() <= kKeepScratchBytes) pool_.services().frame_bytes = std::move(bytes);
  if (!status.ok()) pool_.discard(*this);
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
  if (!tls_) {
    receive(bytes);
    return settle(std::exchange(stream_status_, {}));
  }
  std::string& cipher = pool_.services().cipher_bytes;
  Status status = tls_->receive(bytes, cipher, *this);
  if (!cipher.empty()) stream_->write(cipher);
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

// An HTTP/2 server speaks first, and with TLS 1.2 in the same read as its Finished. What comes
// before a request in HTTP/1.1 is nobody's reply.
void Connection::receive_early() {
  const std::string bytes = std::exchange(early_, {});
  if (bytes.empty() || multiplexer_ == nullptr || state_ != State::kReady) return;
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
  if (state_ != State::kReady) return;
  codec_->receive_end(!tls_ || tls_->peer_closed());
  pool_.discard(*this);
}

void Connection::on_broken(Status status) {
  if (state_ == State::kHandshake) return setup_failed(status);
  if (state_ != State::kReady) return;
  codec_->break_off(status);
  pool_.discard(*this);
}

}  // namespace locust_like::client
