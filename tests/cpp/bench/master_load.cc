// master_load: what a master costs that takes reports of many workers.
//
// One process is the master: a real MasterLink counting into a Collector that is read once a
// second, as web page and console do. A second process plays the workers: the real WorkerState over
// the real transport with CURVE, but with figures that were made beforehand, because making them
// would need many machines. Prints one JSON object. Usage: master_load [workers] [endpoints]
// [requests per endpoint and second] [seconds]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cluster/master_link.h"
#include "cluster/random.h"
#include "cluster/worker_state.h"
#include "stats/process_usage.h"

namespace locust_like::cluster {
namespace {

struct Load {
  int workers = 200;
  int endpoints = 500;
  int requests = 10;
  int seconds = 30;
};

constexpr uint64_t kRun = 1;
constexpr int kVariants = 20;
constexpr Nanos kWarmUp = std::chrono::seconds(6);

stats::Sample sample_of(std::mt19937& random, NameId name) {
  std::lognormal_distribution<double> time_ms(3.0, 0.7);
  stats::Sample sample;
  sample.name = name;
  sample.status = 200;
  sample.response_time_ns = static_cast<int64_t>(time_ms(random) * 1e6);
  sample.has_phases = true;
  sample.phases_ns[static_cast<size_t>(stats::Phase::kSend)] = 20'000 + random() % 20'000;
  sample.phases_ns[static_cast<size_t>(stats::Phase::kWait)] = sample.response_time_ns - 100'000;
  sample.phases_ns[static_cast<size_t>(stats::Phase::kReceive)] = 30'000 + random() % 30'000;
  sample.sent_bytes = 150;
  sample.content_bytes = 1000 + random() % 4000;
  sample.received_bytes = sample.content_bytes + 200;
  sample.exchanges = 1;
  return sample;
}

// What workers report in a second, in a few variants.
std::vector<stats::DeltaPiece> make_pieces(const Load& load) {
  std::mt19937 random(1);
  stats::Collector collector;
  stats::DeltaEncoder encoder(kMaxDeltaBytes);
  std::vector<NameId> names;
  for (int i = 0; i < load.endpoints; ++i) {
    names.push_back(collector.intern("GET", "/api/v1/resource/" + std::to_string(i)));
  }
  std::vector<stats::DeltaPiece> pieces;
  for (int variant = 0; variant < kVariants; ++variant) {
    const stats::Snapshot before = collector.snapshot();
    stats::Table table;
    for (const NameId name : names) {
      for (int i = 0; i < load.requests; ++i) table.record(sample_of(random, name));
    }
    collector.merge(table, steady_now(), wall_now_s());
    pieces.push_back(encoder.encode(collector.snapshot().subtract(before)).at(0));
  }
  return pieces;
}

class SimulatedWorker {
 public:
  SimulatedWorker(const JoinToken& token, const Endpoint& master, int number,
                  const std::vector<stats::DeltaPiece>& pieces, Nanos first_report)
      : pieces_(pieces),
        state_({"bench", "worker " + std::to_string(number), "bench", 1, 1.0},
               std::chrono::minutes(1), steady_now()),
        transport_(std::move(connect_to_master(token, master, peer_of(random_bytes(16)))).value()),
        next_report_(steady_now() + first_report),
        next_piece_(static_cast<size_t>(number)) {
    state_.vitals().run = kRun;
  }

  void step() {
    const TimePoint now = steady_now();
    WorkerState::World world{*transport_, now, static_cast<int64_t>(wall_now_s() * 1e9)};
    if (now >= next_report_) {
      next_report_ += std::chrono::seconds(1);
      constexpr int64_t kSecond_ns = 1'000'000'000;
      state_.reports().add({kRun, world.wall_ns - kSecond_ns, kSecond_ns, false,
                            pieces_[next_piece_++ % pieces_.size()]});
    }
    while (const auto notice = transport_->take_notice()) state_.notice(*notice, now);
    while (transport_->receive(incoming_)) state_.receive(incoming_.bytes, world);
    state_.tick(world);
    state_.events().take();
  }

 private:
  const std::vector<stats::DeltaPiece>& pieces_;
  WorkerState state_;
  std::unique_ptr<Transport> transport_;
  Incoming incoming_;
  TimePoint next_report_;
  size_t next_piece_;
};

void play_workers(const Load& load, const std::string& token_text, const Endpoint& master) {
  const JoinToken token = JoinToken::decode(token_text).value();
  const std::vector<stats::DeltaPiece> pieces = make_pieces(load);
  std::vector<std::unique_ptr<SimulatedWorker>> workers;
  for (int i = 0; i < load.workers; ++i) {
    const Nanos first =
        std::chrono::seconds(3) + std::chrono::milliseconds(1000 * i / load.workers);
    workers.push_back(std::make_unique<SimulatedWorker>(token, master, i, pieces, first));
  }
  while (getppid() != 1) {
    for (auto& worker : workers) worker->step();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void run_master(MasterLink& link, stats::Collector& collector, const Load& load) {
  std::this_thread::sleep_for(kWarmUp);
  const uint64_t requests_before = collector.snapshot().total().counters.num_requests;
  const double cpu_before = cpu_seconds();
  const TimePoint start = steady_now();
  TimePoint since = start;
  for (int second = 0; second < load.seconds; ++second) {
    std::this_thread::sleep_until(start + std::chrono::seconds(second + 1));
    (void)collector.timeline(since);
    since = steady_now();
    (void)collector.snapshot().rows().size();
    (void)link.workers();
    link.take_events();
  }
  const double elapsed_s = std::chrono::duration<double>(steady_now() - start).count();
  const double cpu_s = cpu_seconds() - cpu_before;
  const uint64_t requests = collector.snapshot().total().counters.num_requests - requests_before;
  int here = 0;
  for (const WorkerStatus& status : link.workers()) here += status.is_here ? 1 : 0;
  std::printf(
      "{\"workers\": %d, \"here\": %d, \"endpoints\": %d, \"seconds\": %.1f, "
      "\"requests_per_s\": %.0f, \"expected_requests_per_s\": %d, \"cpu_share\": %.4f, "
      "\"rss_bytes\": %llu}\n",
      load.workers, here, load.endpoints, elapsed_s, static_cast<double>(requests) / elapsed_s,
      load.workers * load.endpoints * load.requests, cpu_s / elapsed_s,
      static_cast<unsigned long long>(stats::rss_bytes()));
}

int main_of(const Load& load) {
  MasterOptions options;
  options.keys = ClusterKeys::generate().value();
  options.endpoint = {"127.0.0.1", 0};
  options.product_version = "bench";
  // Before the fork there are no threads: the child knows where to connect from a pipe.
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    uint16_t port = 0;
    if (read(pipe_ends[0], &port, sizeof port) != sizeof port) return 1;
    play_workers(load, options.keys.join_token(), {"127.0.0.1", port});
    return 0;
  }
  stats::Collector collector;
  auto link = std::move(MasterLink::start(options, collector, [] {})).value();
  link->begin_run(kRun);
  const uint16_t port = link->port();
  if (write(pipe_ends[1], &port, sizeof port) != sizeof port) return 1;
  run_master(*link, collector, load);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return 0;
}

}  // namespace
}  // namespace locust_like::cluster

int main(int argc, char** argv) {
  locust_like::cluster::Load load;
  int* const fields[] = {&load.workers, &load.endpoints, &load.requests, &load.seconds};
  for (int i = 1; i < argc && i <= 4; ++i) *fields[i - 1] = std::atoi(argv[i]);
  return locust_like::cluster::main_of(load);
}
