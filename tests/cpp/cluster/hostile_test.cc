// A master among enemies: peers that hold the join token and send rubbish, and strangers that hold
// nothing and connect. The workers that are at work must not notice.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "cluster/link_harness.h"
#include "cluster/message.h"
#include "cluster/random.h"
#include "stats/process_usage.h"
#include "support/sanitizer.h"

namespace locust_like::cluster {
namespace {

constexpr uint64_t kRun = 42;
constexpr int kHostileMessages = testing::kIsSanitized ? 10'000 : 100'000;
constexpr int kHostilePeers = 20;
constexpr int kStrangers = 1000;
constexpr size_t kMaxGrowthBytes = size_t{16} << 20;

// Messages of every kind and state of decay.
std::string hostile_bytes(std::mt19937& random) {
  Report report;
  report.generation = random() % 8;
  report.sequence = random() % 4 + 1;
  report.run = kRun;
  report.delta = "not a delta";
  const std::string document(random() % 2000, 'x');
  report.parcels = {{"kind", document}};
  Heartbeat beat;
  beat.generation = random() % 8;
  beat.state = "fine";
  Hello hello;
  hello.protocol = random() % 3;
  hello.name = "enemy";
  std::string bytes;
  switch (random() % 6) {
    case 0:
      return encode(WorkerMessage(hello));
    case 1:
      return encode(WorkerMessage(beat));
    case 2:
      return encode(WorkerMessage(report));
    case 3:
      for (uint32_t size = random() % 300; size > 0; --size) {
        bytes.push_back(static_cast<char>(random()));
      }
      return bytes;
    case 4:
      return std::string(random() % 100'000, static_cast<char>(random()));
    default:
      bytes = encode(WorkerMessage(report));
      for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
      return bytes;
  }
}

// Sends until all messages have left. In a process of its own, so that its memory is not the
// master's.
void send_hostile_messages(const ClusterKeys& keys, uint16_t port) {
  const JoinToken token = JoinToken::decode(keys.join_token()).value();
  std::vector<std::unique_ptr<Transport>> peers;
  for (int i = 0; i < kHostilePeers; ++i) {
    // Some are not even worker ids.
    const PeerId id = i % 4 == 0 ? random_bytes(5).insert(0, "x") : peer_of(random_bytes(16));
    peers.push_back(std::move(connect_to_master(token, {"127.0.0.1", port}, id)).value());
  }
  std::mt19937 random(1);
  Incoming incoming;
  for (int sent = 0; sent < kHostileMessages;) {
    Transport& peer = *peers[random() % peers.size()];
    if (peer.send({}, hostile_bytes(random)) == Sent::kYes) {
      ++sent;
    } else {
      peer.wait(std::chrono::milliseconds(1));
    }
    while (peer.receive(incoming)) {
    }
  }
  for (auto& peer : peers) peer->close(std::chrono::seconds(30));
}

// Connects a thousand sockets; a third says nothing, a third speaks HTTP, a third ends at once.
std::vector<int> connect_strangers(uint16_t port) {
  std::vector<int> sockets;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < kStrangers; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) break;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(fd);
      continue;
    }
    const std::string_view request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    if (i % 3 == 1) (void)!write(fd, request.data(), request.size());
    if (i % 3 == 2) {
      close(fd);
    } else {
      sockets.push_back(fd);
    }
  }
  return sockets;
}

// A process that does `attack`, once it is told the port. Ended with this object.
class Enemy {
 public:
  using Attack = std::function<void(const ClusterKeys&, uint16_t)>;

  // REQUIRES: no threads here.
  Enemy(const ClusterKeys& keys, const Attack& attack) {
    REQUIRE(pipe(port_pipe_.data()) == 0);
    process_ = fork();
    if (process_ != 0) return;
    uint16_t port = 0;
    if (read(port_pipe_[0], &port, sizeof port) == sizeof port) attack(keys, port);
    _exit(0);
  }
  ~Enemy() {
    for (const int fd : port_pipe_) close(fd);
    if (!has_ended_) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
  }
  Enemy(const Enemy&) = delete;
  Enemy& operator=(const Enemy&) = delete;

  void begin(uint16_t port) { REQUIRE(write(port_pipe_[1], &port, sizeof port) == sizeof port); }
  bool has_ended() {
    if (!has_ended_) has_ended_ = waitpid(process_, nullptr, WNOHANG) == process_;
    return has_ended_;
  }

 private:
  std::array<int, 2> port_pipe_{};
  pid_t process_ = 0;
  bool has_ended_ = false;
};

// Two workers at work beside what `attack` does in another process; nobody may notice.
void survive(const Enemy::Attack& attack) {
  const ClusterKeys keys = ClusterKeys::generate().value();
  Enemy enemy(keys, attack);
  Bell bell;
  TestMaster master(bell, keys);
  master.link().begin_run(kRun);
  const uint16_t port = master.link().port();
  TestWorker first(bell, keys.join_token(), port);
  TestWorker second(bell, keys.join_token(), port);
  REQUIRE(bell.wait_for([&] { return master.here() == 2; }));
  for (TestWorker* worker : {&first, &second}) {
    worker->begin_run(kRun);
    worker->count("/a", 10);
    REQUIRE(worker->link().flush(kPatience));
  }
  const uint64_t bytes_before = stats::rss_bytes();
  const TimePoint start = steady_now();
  master.link().take_events();
  const auto workers_before = master.link().workers();
  enemy.begin(port);
  uint64_t bytes_most = 0;
  uint64_t counted = 20;
  size_t refusals = 0;
  size_t others = 0;  // who has the token may join, and is lost with its first bad message
  const bool ended = bell.wait_for(
      [&] {
        first.count("/a", 1);
        second.count("/b", 1);
        counted += 2;
        bytes_most = std::max(bytes_most, stats::rss_bytes());
        for (const Event& event : master.link().take_events()) {
          (event.kind == EventKind::kRefused ? refusals : others) += 1;
          if (event.index == 0 || event.index == 1) FAIL("a worker suffers: " << event.text);
        }
        return enemy.has_ended();
      },
      std::chrono::minutes(4));
  REQUIRE(ended);
  REQUIRE(first.link().flush(kPatience));
  REQUIRE(second.link().flush(kPatience));
  const double seconds = std::chrono::duration<double>(steady_now() - start).count();
  CHECK(master.requests() == counted);
  const auto workers = master.link().workers();
  CHECK(workers.at(0).generation == workers_before.at(0).generation);
  CHECK(workers.at(1).generation == workers_before.at(1).generation);
  std::cout << "survived in " << seconds << " s, " << refusals << " refusals, " << others
            << " other events, grew by " << (bytes_most - bytes_before) / 1024 << " KiB\n";
  if (!testing::kIsSanitized) CHECK(bytes_most <= bytes_before + kMaxGrowthBytes);
  CHECK(static_cast<double>(refusals) <= (seconds + 1) * kMaxNoisyEvents_per_s);
  CHECK(static_cast<double>(others) <= (seconds + 1) * 2 * kHostilePeers);
}

}  // namespace

TEST_CASE("a hundred thousand hostile messages of peers with the token change nothing") {
  survive([](const ClusterKeys& keys, uint16_t port) { send_hostile_messages(keys, port); });
}

TEST_CASE("a thousand strangers without the token change nothing") {
  rlimit files{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &files) == 0);
  survive([](const ClusterKeys& /*keys*/, uint16_t port) {
    const std::vector<int> sockets = connect_strangers(port);
    // Until the master has hung up on all of them.
    for (const int fd : sockets) {
      std::array<char, 256> bytes{};
      while (read(fd, bytes.data(), bytes.size()) > 0) {
      }
    }
  });
}

}  // namespace locust_like::cluster
