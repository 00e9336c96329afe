#include "loop/resolver.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "base/mutex.h"
#include "support/fake_clock.h"
#include "support/loopback_server.h"

using locust_like::Code;
using locust_like::Mutex;
using locust_like::MutexLock;
using locust_like::Result;
using locust_like::loop::Address;
using locust_like::loop::Addresses;
using locust_like::loop::Loop;
using locust_like::loop::Resolver;
using locust_like::testing::FakeClock;
using locust_like::testing::RunUntil;
using namespace std::chrono_literals;

namespace {

// A name server on a loopback UDP port, in a thread of its own: answers A questions from a table,
// all others with "no data", unknown names with NXDOMAIN.
class DnsServer {
 public:
  struct Zone {
    std::vector<std::string> ipv4;
    uint32_t ttl_s = 300;
    uint8_t rcode = 0;
    bool silent = false;
  };

  explicit DnsServer(std::map<std::string, Zone> zones)
      : zones_(std::move(zones)), fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    const Address any = Address::parse("127.0.0.1", 0).value();
    REQUIRE(bind(fd_, any.get(), sizeof(sockaddr_in)) == 0);
    sockaddr_storage bound = {};
    socklen_t length = sizeof bound;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &length);
    address_ = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&bound));
    thread_ = std::thread([this] { serve(); });
  }
  ~DnsServer() {
    sendto(fd_, "", 0, 0, address_.get(), sizeof(sockaddr_in));  // ends serve()
    thread_.join();
    close(fd_);
  }

  std::string address() const { return address_.to_string(); }
  // A questions for `name` so far.
  int questions(const std::string& name) {
    const MutexLock lock(mutex_);
    return questions_[name];
  }

 private:
  static constexpr size_t kHeaderBytes = 12;

  void serve() {
    std::array<char, 512> packet = {};
    sockaddr_storage peer = {};
    socklen_t length = sizeof peer;
    for (;;) {
      length = sizeof peer;
      auto* from = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t size = recvfrom(fd_, packet.data(), packet.size(), 0, from, &length);
      if (size < static_cast<ssize_t>(kHeaderBytes)) return;
      const std::string reply = reply_to({packet.data(), static_cast<size_t>(size)});
      if (!reply.empty()) sendto(fd_, reply.data(), reply.size(), 0, from, length);
    }
  }

  // RFC 1035 section 4: header, the question echoed, then one record per address.
  std::string reply_to(const std::string& question) {
    std::string name;
    size_t at = kHeaderBytes;
    while (question[at] != 0) {
      const auto label = static_cast<size_t>(question[at]);
      name += (name.empty() ? "" : ".") + question.substr(at + 1, label);
      at += label + 1;
    }
    const bool is_a = question[at + 2] == 1;
    const size_t question_end = at + 5;
    if (is_a) {
      const MutexLock lock(mutex_);
      ++questions_[name];
    }
    const auto zone = zones_.find(name);
    const bool known = zone != zones_.end();
    if (known && zone->second.silent) return {};
    const size_t answers = known && is_a ? zone->second.ipv4.size() : 0;
    std::string reply = question.substr(0, question_end);
    reply[2] = static_cast<char>(0x81);  // a reply, recursion desired
    reply[3] = static_cast<char>(0x80 | (known ? zone->second.rcode : 3));
    reply[7] = static_cast<char>(answers);
    reply[11] = 0;  // no additional records
    for (size_t i = 0; i < answers; ++i) reply += record(zone->second.ipv4[i], zone->second.ttl_s);
    return reply;
  }

  static std::string record(const std::string& ip, uint32_t ttl_s) {
    in_addr parsed = {};
    inet_pton(AF_INET, ip.c_str(), &parsed);
    const uint32_t ttl = htonl(ttl_s);
    std::string bytes("\xc0\x0c\x00\x01\x00\x01", 6);  // the question's name, A, IN
    bytes.append(reinterpret_cast<const char*>(&ttl), sizeof ttl);
    bytes.append("\x00\x04", 2);
    return bytes.append(reinterpret_cast<const char*>(&parsed), sizeof parsed);
  }

  const std::map<std::string, Zone> zones_;
  const int fd_;
  Address address_;
  Mutex mutex_;
  std::map<std::string, int> questions_ LL_GUARDED_BY(mutex_);
  std::thread thread_;
};

struct Answer {
  int calls = 0;
  Code code = Code::kOk;
  std::string text;  // the addresses, or the message of the failure

  Resolver::Done keep() {
    return [this](const Result<Addresses>& result) {
      ++calls;
      code = result.ok() ? Code::kOk : result.status().code();
      text = result.ok() ? "" : result.status().message();
      if (!result.ok()) return;
      for (const Address& address : result.value()) {
        text += (text.empty() ? "" : " ") + address.to_string();
      }
    };
  }
};

Resolver::Options asking(const DnsServer& server) {
  Resolver::Options options;
  options.servers = {server.address()};
  options.timeout = 50ms;
  options.tries = 2;
  return options;
}

}  // namespace

TEST_CASE("IP literals are answered inside the call") {
  Loop loop;
  Resolver resolver(loop);
  Answer v4;
  Answer v6;
  resolver.resolve("127.0.0.9", 80, v4.keep());
  resolver.resolve("::1", 8080, v6.keep());
  CHECK(v4.text == "127.0.0.9:80");
  CHECK(v6.text == "[::1]:8080");
}

TEST_CASE("localhost is a loopback address") {
  Loop loop;
  Resolver resolver(loop);
  Answer answer;
  resolver.resolve("localhost", 80, answer.keep());
  RunUntil(loop, [&] { return answer.calls == 1; });
  CHECK(answer.code == Code::kOk);
  CHECK((answer.text.find("127.0.0.1:80") != std::string::npos ||
         answer.text.find("[::1]:80") != std::string::npos));
}

TEST_CASE(
    "names below localhost are this machine also where no hosts file and no server knows them") {
  const std::string name = GENERATE("api.localhost", "API.LocalHost");
  Loop loop;
  DnsServer server({});
  Resolver resolver(loop, asking(server));
  Answer answer;
  resolver.resolve(name, 80, answer.keep());
  RunUntil(loop, [&] { return answer.calls == 1; });
  CHECK(answer.text == "127.0.0.1:80 [::1]:80");
}

TEST_CASE("other names that end so are not") {
  Loop loop;
  DnsServer server({});
  Resolver resolver(loop, asking(server));
  Answer answer;
  resolver.resolve("notlocalhost", 80, answer.keep());
  RunUntil(loop, [&] { return answer.calls == 1; });
  CHECK(answer.code == Code::kDns);
}

TEST_CASE("a name is asked once, shared by concurrent callers, then cached for its TTL") {
  FakeClock clock;
  DnsServer server({{"app.test", {.ipv4 = {"127.0.0.2", "127.0.0.3"}, .ttl_s = 5}}});
  Loop loop;
  auto options = asking(server);
  options.clock = &clock;
  Resolver resolver(loop, options);
  Answer first;
  Answer second;
  resolver.resolve("app.test", 80, first.keep());
  resolver.resolve("app.test", 443, second.keep());
  CHECK(first.calls == 0);
  RunUntil(loop, [&] { return first.calls + second.calls == 2; });
  CHECK_THAT(first.text, Catch::Contains("127.0.0.2:80") && Catch::Contains("127.0.0.3:80"));
  CHECK_THAT(second.text, Catch::Contains("127.0.0.2:443"));
  CHECK(server.questions("app.test") == 1);

  clock.advance(4999ms);
  Answer cached;
  resolver.resolve("app.test", 81, cached.keep());
  CHECK_THAT(cached.text, Catch::Contains("127.0.0.2:81"));

  clock.advance(1ms);
  Answer expired;
  resolver.resolve("app.test", 82, expired.keep());
  CHECK(expired.calls == 0);
  RunUntil(loop, [&] { return expired.calls == 1; });
  CHECK(server.questions("app.test") == 2);
}

TEST_CASE("a TTL of zero is kept for one second") {
  FakeClock clock;
  DnsServer server({{"app.test", {.ipv4 = {"127.0.0.2"}, .ttl_s = 0}}});
  Loop loop;
  auto options = asking(server);
  options.clock = &clock;
  Answer answer;  // outlives the resolver, which answers what is pending when it goes
  Resolver resolver(loop, options);
  resolver.resolve("app.test", 80, answer.keep());
  RunUntil(loop, [&] { return answer.calls == 1; });
  clock.advance(999ms);
  resolver.resolve("app.test", 80, answer.keep());
  CHECK(answer.calls == 2);
  clock.advance(1ms);
  resolver.resolve("app.test", 80, answer.keep());
  CHECK(answer.calls == 2);
}

TEST_CASE("failures say which name and why, and are asked again") {
  DnsServer server({{"broken.test", {.ipv4 = {}, .rcode = 2}},
                    {"empty.test", {}},
                    {"silent.test", {.ipv4 = {}, .silent = true}}});
  Loop loop;
  Resolver resolver(loop, asking(server));
  const auto [name, reason] = GENERATE(table<std::string, std::string>({
      {"missing.test", "Domain name not found"},
      {"broken.test", "Could not contact DNS servers"},  // c-ares tries all servers
      {"empty.test", "DNS server returned answer with no data"},
      {"silent.test", "Timeout while contacting DNS servers"},
  }));
  Answer answer;
  resolver.resolve(name, 80, answer.keep());
  CHECK(answer.calls == 0);
  RunUntil(loop, [&] { return answer.calls == 1; });
  CHECK(answer.code == Code::kDns);
  CHECK(answer.text == "look up " + name + ": " + reason);
  const int asked = server.questions(name);
  resolver.resolve(name, 80, answer.keep());
  RunUntil(loop, [&] { return answer.calls == 2; });
  CHECK(server.questions(name) > asked);
}

TEST_CASE("a name that cannot exist fails outside the call") {
  Loop loop;
  DnsServer server({});
  Resolver resolver(loop, asking(server));
  Answer answer;
  resolver.resolve("label-" + std::string(64, 'x') + ".test", 80, answer.keep());
  CHECK(answer.calls == 0);
  RunUntil(loop, [&] { return answer.calls == 1; });
  CHECK(answer.code == Code::kDns);
}

TEST_CASE("a cancelled look-up is never answered, also when the answer before it cancels it") {
  DnsServer server({{"app.test", {.ipv4 = {"127.0.0.2"}}}});
  Loop loop;
  Resolver resolver(loop, asking(server));
  Answer cancelled;
  Answer last;
  uint64_t second = 0;
  const uint64_t first = resolver.resolve("app.test", 80, cancelled.keep());
  resolver.resolve("app.test", 80, [&](const auto&) { resolver.cancel(second); });
  second = resolver.resolve("app.test", 80, cancelled.keep());
  resolver.resolve("app.test", 80, last.keep());
  resolver.cancel(first);
  RunUntil(loop, [&] { return last.calls == 1; });
  CHECK(cancelled.calls == 0);
}

TEST_CASE("asking again inside a failure starts a new look-up") {
  DnsServer server({});
  Loop loop;
  Resolver resolver(loop, asking(server));
  Answer second;
  resolver.resolve("missing.test", 80,
                   [&](const auto&) { resolver.resolve("missing.test", 80, second.keep()); });
  RunUntil(loop, [&] { return second.calls == 1; });
  CHECK(server.questions("missing.test") == 2);
}

TEST_CASE("destroying the resolver ends what is pending as cancelled") {
  DnsServer server({{"silent.test", {.ipv4 = {}, .silent = true}}});
  Loop loop;
  Answer pending;
  Answer doomed;
  {
    Resolver resolver(loop, asking(server));
    resolver.resolve("silent.test", 80, pending.keep());
    resolver.resolve(std::string(300, 'x'), 80, doomed.keep());
    CHECK(pending.calls + doomed.calls == 0);
  }
  CHECK(pending.calls == 1);
  CHECK(pending.code == Code::kCancelled);
  CHECK(doomed.calls == 1);
  RunUntil(loop, [&] { return loop.live_cells() == 0; });
}
