#include "client/dialer.h"

#include <algorithm>
#include <utility>

namespace locust_like::client {

// One address that is tried.
class Dialer::Attempt final : public loop::TcpStream::Events {
 public:
  Attempt(Dialer& dialer, const loop::Address& to)
      : dialer_(dialer), to_(to), stream_(std::make_unique<loop::TcpStream>(dialer.loop_, *this)) {}

  void start() {
    stream_->connect(to_, dialer_.sources_ != nullptr ? &dialer_.sources_->next(to_) : nullptr);
  }
  const loop::Address& to() const { return to_; }
  std::unique_ptr<loop::TcpStream> take_stream() { return std::move(stream_); }
  void close() {
    if (stream_) stream_->close();
  }

 private:
  void on_connected(Status status) override { dialer_.on_attempt_done(*this, status); }
  // The owner takes the stream over, and its events, before any of these.
  void on_bytes(std::string_view /*bytes*/) override {}
  void on_end() override {}
  void on_broken(Status /*status*/) override {}
  void on_drained() override {}

  Dialer& dialer_;
  const loop::Address to_;
  std::unique_ptr<loop::TcpStream> stream_;
};

loop::Addresses interleaved(const loop::Addresses& addresses) {
  if (addresses.size() < 2) return addresses;
  loop::Addresses families[2];
  const bool first_is_ipv6 = addresses.front().is_ipv6();
  for (const loop::Address& address : addresses) {
    families[address.is_ipv6() == first_is_ipv6 ? 0 : 1].push_back(address);
  }
  loop::Addresses order;
  for (size_t i = 0; order.size() < addresses.size(); ++i) {
    for (const loop::Addresses& family : families) {
      if (i < family.size()) order.push_back(family[i]);
    }
  }
  return order;
}

Dialer::Dialer(loop::Loop& loop, const loop::Addresses& addresses, const SourceAddresses* sources,
               Owner& owner)
    : loop_(loop), sources_(sources), owner_(owner), untried_(interleaved(addresses)) {
  std::reverse(untried_.begin(), untried_.end());
}

Dialer::~Dialer() { close(); }

void Dialer::start() { try_next(); }

void Dialer::close() {
  Timer::cancel();
  for (const auto& attempt : attempts_) attempt->close();
}

void Dialer::try_next() {
  attempts_.push_back(std::make_unique<Attempt>(*this, untried_.back()));
  untried_.pop_back();
  ++pending_;
  attempts_.back()->start();
  if (!untried_.empty()) loop_.wheel().schedule(*this, steady_now() + kAttemptDelay);
}

void Dialer::on_attempt_done(Attempt& attempt, const Status& status) {
  --pending_;
  if (status.ok()) {
    auto stream = attempt.take_stream();
    const loop::Address to = attempt.to();
    close();
    return owner_.on_dialed(std::move(stream), to);
  }
  attempt.close();
  if (!untried_.empty()) return try_next();
  if (pending_ == 0) owner_.on_dial_failed(status);
}

}  // namespace locust_like::client
