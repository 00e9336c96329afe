// Dialer: from the addresses of a host to one connected stream, without waiting for dead ones.
//
// Happy eyeballs: the families of addresses take turns, the one that the resolver put first begins;
// when an address has not answered within kAttemptDelay, or has failed, the next one is tried
// beside it. The first that connects wins, the others are given up.
// Ownership: the owner gets the winner's stream; it may put the dialer off to the end of the pass
// then, but not destroy it. No event comes after close(). Thread: the loop's.
// Source: RFC 8305 sections 4 and 5. Both families are looked up together, so its section 3 (a late
// answer for one of them) does not arise.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "client/source_addresses.h"
#include "loop/address.h"
#include "loop/loop.h"
#include "loop/resolver.h"
#include "loop/tcp_stream.h"
#include "loop/timing_wheel.h"

namespace locust_like::client {

inline constexpr Nanos kAttemptDelay = std::chrono::milliseconds(250);

class Dialer final : public loop::Deferred, private loop::Timer {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // Exactly one of both, never inside start(). The stream's events still go to the dialer.
    virtual void on_dialed(std::unique_ptr<loop::TcpStream> stream, const loop::Address& to) = 0;
    virtual void on_dial_failed(const Status& status) = 0;  // what the last address failed with
  };

  // `sources` may be null: the kernel chooses. REQUIRES: addresses are not empty, and reachable
  // from `sources`.
  Dialer(loop::Loop& loop, const loop::Addresses& addresses, const SourceAddresses* sources,
         Owner& owner);
  ~Dialer() override;
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  void start();
  void close();

 private:
  class Attempt;

  void on_timer() override { try_next(); }
  void try_next();
  void on_attempt_done(Attempt& attempt, const Status& status);

  loop::Loop& loop_;
  const SourceAddresses* sources_;
  Owner& owner_;
  loop::Addresses untried_;  // the last one is tried next
  std::vector<std::unique_ptr<Attempt>> attempts_;
  size_t pending_ = 0;
};

// The addresses in the order in which they are tried.
loop::Addresses interleaved(const loop::Addresses& addresses);

}  // namespace locust_like::client
