#include "loop/resolver.h"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "loop/cell.h"
#include "loop/system_lookup.h"

namespace locust_like::loop {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kShortestTtl = 1s;
constexpr Nanos kUnstatedTtl = 60s;  // of /etc/hosts and getaddrinfo()
// Names come from redirects, too, so a server could make them up without end.
constexpr size_t kMostCachedNames = 4096;

Addresses addresses_of(const ares_addrinfo& found) {
  Addresses addresses;
  for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
    addresses.push_back(Address::from_sockaddr(node->ai_addr));
  }
  return addresses;
}

Nanos shortest_ttl(const ares_addrinfo& found) {
  int ttl_s = 24 * 60 * 60;
  for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) {
    ttl_s = std::min(ttl_s, node->ai_ttl);
  }
  for (const auto* name = found.cnames; name != nullptr; name = name->next) {
    ttl_s = std::min(ttl_s, name->ttl);
  }
  return std::max<Nanos>(std::chrono::seconds(ttl_s), kShortestTtl);
}

Status failure(const std::string& host, int status) {
  const Code code = status == ARES_EDESTRUCTION || status == ARES_ECANCELLED ? Code::kCancelled
                    : status == ARES_ENOMEM                                  ? Code::kResources
                                                                             : Code::kDns;
  return {code, "look up " + host + ": " + ares_strerror(status)};
}

Addresses with_port(Addresses addresses, uint16_t port) {
  for (Address& address : addresses) address.set_port(port);
  return addresses;
}

// Such a name is this machine, whether a hosts file or a server knows it or not.
// Source: RFC 6761 6.3.
bool is_local_name(std::string_view host) {
  constexpr std::string_view kLocal = "localhost";
  if (host.size() < kLocal.size()) return false;
  const std::string_view last = host.substr(host.size() - kLocal.size());
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  return std::equal(last.begin(), last.end(), kLocal.begin(), same) &&
         (host.size() == kLocal.size() || host[host.size() - kLocal.size() - 1] == '.');
}

Addresses this_machine() {
  return {Address::parse("127.0.0.1", 0).value(), Address::parse("::1", 0).value()};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

// One question to c-ares and who waits for it. As a timer it delivers, in the next loop pass, a
// failure that was found inside resolve().
class Resolver::Lookup final : public Timer {
 public:
  Lookup(Resolver& asked, std::string name) : resolver(asked), host(std::move(name)) {}
  void fail_later(Status status) {
    failed_ = std::move(status);
    resolver.loop_.wheel().schedule(*this, steady_now());
  }

  Resolver& resolver;
  const std::string host;
  std::vector<uint64_t> tickets;
  std::unique_ptr<SystemLookup> by_system;  // null: c-ares is asked

 private:
  void on_timer() override { resolver.fail(*this, failed_); }
  Status failed_;
};

class Resolver::RetryTimer final : public Timer {
 public:
  explicit RetryTimer(Resolver& resolver) : resolver_(resolver) {}

 private:
  void on_timer() override { resolver_.process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }
  Resolver& resolver_;
};

Resolver::Resolver(Loop& loop) : Resolver(loop, Options()) {}

Resolver::Resolver(Loop& loop, const Options& options)
    : loop_(loop), options_(options), timer_(std::make_unique<RetryTimer>(*this)) {
  if (!options.system) open_channel(options);
}

Resolver::~Resolver() {
  loop_.assert_on_thread();
  if (channel_ != nullptr) ares_destroy(channel_);
  // What is left failed inside resolve() and waits for its timer.
  while (!lookups_.empty()) {
    Lookup& lookup = *lookups_.begin()->second;
    fail(lookup, failure(lookup.host, ARES_EDESTRUCTION));
  }
}

TimePoint Resolver::now() const {
  return options_.clock == nullptr ? steady_now() : options_.clock->now();
}

void Resolver::open_channel(const Options& options) {
  static std::once_flag library_once;
  std::call_once(library_once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  ares_options set = {};
  int mask = ARES_OPT_SOCK_STATE_CB;
  set.sock_state_cb_data = this;
  set.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<Resolver*>(self)->watch_socket(fd, readable != 0, writable != 0);
  };
  if (options.timeout.count() > 0) {
    set.timeout = static_cast<int>(options.timeout.count());
    mask |= ARES_OPT_TIMEOUTMS;
  }
  if (options.tries > 0) {
    set.tries = options.tries;
    mask |= ARES_OPT_TRIES;
  }
  int status = ares_init_options(&channel_, &set, mask);
  if (status != ARES_SUCCESS) {
    channel_ = nullptr;
  } else if (!options.servers.empty()) {
    status = ares_set_servers_ports_csv(channel_, joined(options.servers).c_str());
  }
  if (status != ARES_SUCCESS) channel_status_ = failure("names with c-ares", status);
}

uint64_t Resolver::resolve(const std::string& host, uint16_t port, Done done) {
  loop_.assert_on_thread();
  const uint64_t ticket = next_ticket_++;
  if (const auto literal = Address::parse(host, port); literal.ok()) {
    done(Addresses{literal.value()});
    return ticket;
  }
  if (Cached* known = cached(host)) {
    done(chosen(*known, port));
    return ticket;
  }
  waiters_.emplace(ticket, Waiter{port, std::move(done)});
  auto& lookup = lookups_[host];
  const bool asked_already = lookup != nullptr;
  if (!asked_already) lookup = std::make_unique<Lookup>(*this, host);
  lookup->tickets.push_back(ticket);
  if (!asked_already) ask(*lookup);
  return ticket;
}

void Resolver::cancel(uint64_t ticket) { waiters_.erase(ticket); }

Resolver::Cached* Resolver::cached(const std::string& host) {
  const auto entry = cache_.find(host);
  if (entry == cache_.end() || entry->second.expires <= now()) return nullptr;
  return &entry->second;
}

Addresses Resolver::chosen(Cached& known, uint16_t port) const {
  using Choice = AddressOrder::Choice;
  if (options_.order.choice == Choice::kFirst) return with_port(known.addresses, port);
  static thread_local std::minstd_rand random{std::random_device()()};
  const size_t turn = options_.order.choice == Choice::kRandom ? random() : known.turn++;
  return with_port(rotated(known.addresses, turn), port);
}

int Resolver::family() const {
  switch (options_.order.families) {
    case AddressOrder::Families::kOnlyIpv4:
      return AF_INET;
    case AddressOrder::Families::kOnlyIpv6:
      return AF_INET6;
    default:
      return AF_UNSPEC;
  }
}

void Resolver::ask_system(Lookup& lookup) {
  lookup.by_system = std::make_unique<SystemLookup>(
      loop_, lookup.host, family(), [&lookup](const Result<Addresses>& found) {
        Resolver& self = lookup.resolver;
        found.ok() ? self.succeed(lookup, found.value(), kUnstatedTtl)
                   : self.fail(lookup, found.status());
      });
  const Status& asked = lookup.by_system->status();
  if (!asked.ok()) lookup.fail_later(asked);
}

void Resolver::ask(Lookup& lookup) {
  if (options_.system) return ask_system(lookup);
  if (!channel_status_.ok()) {
    lookup.fail_later(channel_status_);
    return;
  }
  ares_addrinfo_hints hints = {};
  hints.ai_family = family();
  hints.ai_socktype = SOCK_STREAM;
  const auto on_answer = [](void* raw, int status, int, ares_addrinfo* found) {
    auto* self = static_cast<Lookup*>(raw);
    self->resolver.answer(*self, status, found);
  };
  // The answer may come inside the call and end the life of `lookup`.
  asking_ = &lookup;
  ares_getaddrinfo(channel_, lookup.host.c_str(), nullptr, &hints, on_answer, &lookup);
  asking_ = nullptr;
  update_timer();
}

void Resolver::answer(Lookup& lookup, int status, ares_addrinfo* found) {
  const std::unique_ptr<ares_addrinfo, void (*)(ares_addrinfo*)> freed(found, ares_freeaddrinfo);
  // Only /etc/hosts answers inside the question.
  const bool inside_ask = asking_ == &lookup;
  if (status == ARES_SUCCESS && (found == nullptr || found->nodes == nullptr)) {
    status = ARES_ENODATA;
  }
  if (status != ARES_SUCCESS) {
    const Status failed = failure(lookup.host, status);
    if (failed.code() == Code::kDns && is_local_name(lookup.host)) {
      return succeed(lookup, this_machine(), kUnstatedTtl);
    }
    inside_ask ? lookup.fail_later(failed) : fail(lookup, failed);
    return;
  }
  succeed(lookup, addresses_of(*found), inside_ask ? kUnstatedTtl : shortest_ttl(*found));
}

void Resolver::succeed(Lookup& lookup, const Addresses& found, Nanos ttl) {
  ttl = options_.ttl.value_or(ttl);
  const Addresses used = options_.order.arranged(found);
  if (used.empty()) return fail(lookup, failure(lookup.host, ARES_ENODATA));
  if (cache_.size() >= kMostCachedNames) cache_.clear();
  Cached& kept = cache_[lookup.host];  // an answer that has expired goes on with its turn
  kept.addresses = used;
  kept.expires = ttl == Nanos::max() ? TimePoint::max() : now() + ttl;
  const Cached answer = kept;
  kept.turn += lookup.tickets.size();
  finish(lookup, {}, answer);
}

void Resolver::fail(Lookup& lookup, const Status& status) { finish(lookup, status, {}); }

// Takes the look-up off the table first: a caller that asks for the same name again inside `done`
// starts a new one.
void Resolver::finish(Lookup& lookup, const Status& status, Cached answer) {
  const auto node = lookups_.extract(lookup.host);
  for (const uint64_t ticket : lookup.tickets) {
    // Not there when it was cancelled, perhaps by the `done` before.
    const auto waiter = waiters_.extract(ticket);
    if (waiter.empty()) continue;
    const auto& [port, done] = waiter.mapped();
    if (!status.ok()) {
      done(status);
    } else {
      done(chosen(answer, port));
    }
  }
}

// c-ares tells here which of its sockets wait for what, and before it closes one.
void Resolver::watch_socket(int fd, bool readable, bool writable) {
  if (!readable && !writable) {
    sockets_.erase(fd);
    return;
  }
  auto& handle = sockets_[fd];
  if (handle == nullptr) {
    handle = make_handle<uv_poll_t>(
        loop_, this, [fd](uv_loop_t* uv, uv_poll_t* poll) { return uv_poll_init(uv, poll, fd); });
  }
  if (handle == nullptr) {  // then the look-up ends by c-ares' timeout
    sockets_.erase(fd);
    return;
  }
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  uv_poll_start(&handle->uv, events, [](uv_poll_t* poll, int status, int ready) {
    auto* self = owner_of<Resolver>(poll);
    uv_os_fd_t ready_fd = ARES_SOCKET_BAD;
    if (self == nullptr || uv_fileno(reinterpret_cast<uv_handle_t*>(poll), &ready_fd) != 0) return;
    // After an error c-ares finds the reason by reading.
    if (status != 0) ready = UV_READABLE | UV_WRITABLE;
    self->process((ready & UV_READABLE) != 0 ? ready_fd : ARES_SOCKET_BAD,
                  (ready & UV_WRITABLE) != 0 ? ready_fd : ARES_SOCKET_BAD);
  });
}

void Resolver::process(int readable_fd, int writable_fd) {
  ares_process_fd(channel_, readable_fd, writable_fd);
  update_timer();
}

void Resolver::update_timer() {
  timeval wait = {};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) {
    timer_->cancel();
    return;
  }
  const auto delay = std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec);
  loop_.wheel().schedule(*timer_, steady_now() + delay);
}

}  // namespace locust_like::loop
