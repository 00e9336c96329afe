// Resolver: host names to addresses on c-ares, cached by TTL; one per loop and way of asking.
//
// c-ares and not getaddrinfo(), which is there for those who ask for it: that blocks a thread, and
// libuv gives look-ups only half of its four process-wide threads, so two slow names would stall
// all others.
// An answer is kept for its TTL (1 s to 24 h), one without a TTL (from /etc/hosts, or
// getaddrinfo()) for 60 s, or all for as long as Options say; failures are not kept. localhost and
// *.localhost are this machine where nobody knows better. Callers that ask for a name while it is
// looked up share that look-up. Thread: the loop's. Cost of a cached answer: one hash look-up and a
// copy of the addresses.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "loop/address.h"
#include "loop/address_order.h"
#include "loop/handle.h"
#include "loop/loop.h"

struct ares_addrinfo;
struct ares_channeldata;
struct uv_poll_s;

namespace locust_like::loop {

class Resolver {
 public:
  struct Options {
    std::vector<std::string> servers;      // "127.0.0.1:5353"; empty: the system's
    std::chrono::milliseconds timeout{0};  // of the first try; zero: the system's
    int tries = 0;                         // zero: the system's
    bool system = false;                   // ask getaddrinfo(); what is above is then its business
    std::optional<Nanos> ttl = {};         // in place of the answers' own; zero: ask each time
    AddressOrder order = {};
    const Clock* clock = nullptr;  // for TTLs; null: the steady clock
  };

  explicit Resolver(Loop& loop);  // must outlive this
  Resolver(Loop& loop, const Options& options);
  // Pending look-ups end with kCancelled, inside the destructor. REQUIRES: not inside `done`.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `done` is called exactly once: at once (inside this call) for IP literals, cached names and
  // names from /etc/hosts, otherwise later on the loop's thread; errors always later.
  // Addresses come in RFC 6724 order, unless Options::order says otherwise, port filled in. Error:
  // kDns with the host and c-ares' reason. Returns a ticket; cancel(ticket) makes sure `done` is
  // never called (again a no-op if it was).
  using Done = std::function<void(const Result<Addresses>&)>;
  uint64_t resolve(const std::string& host, uint16_t port, Done done);
  void cancel(uint64_t ticket);

 private:
  struct Waiter {
    uint16_t port;
    Done done;
  };
  struct Cached {
    Addresses addresses;
    TimePoint expires;
    size_t turn = 0;  // of a choice in turn
  };
  class Lookup;
  class RetryTimer;

  TimePoint now() const;
  void open_channel(const Options& options);
  Cached* cached(const std::string& host);
  // What a caller gets of an answer: whose turn it is first.
  Addresses chosen(Cached& known, uint16_t port) const;
  void ask(Lookup& lookup);
  void ask_system(Lookup& lookup);
  void answer(Lookup& lookup, int status, ares_addrinfo* found);
  // Ends the look-up with what is found of an answer that holds for `ttl`.
  void succeed(Lookup& lookup, const Addresses& found, Nanos ttl);
  void fail(Lookup& lookup, const Status& status);
  void finish(Lookup& lookup, const Status& status, Cached answer);
  int family() const;  // that answers are asked for, as sockets have it
  void watch_socket(int fd, bool readable, bool writable);
  void process(int readable_fd, int writable_fd);
  void update_timer();

  Loop& loop_;
  const Options options_;
  ares_channeldata* channel_ = nullptr;
  Status channel_status_;     // why there is no channel
  Lookup* asking_ = nullptr;  // while inside ares_getaddrinfo
  uint64_t next_ticket_ = 1;
  std::unordered_map<uint64_t, Waiter> waiters_;
  std::unordered_map<std::string, std::unique_ptr<Lookup>> lookups_;
  std::unordered_map<std::string, Cached> cache_;
  std::unordered_map<int, Handle<uv_poll_s>> sockets_;
  std::unique_ptr<RetryTimer> timer_;
};

}  // namespace locust_like::loop
