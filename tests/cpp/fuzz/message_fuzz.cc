// Fuzzes what comes over the wire: decoding, and what master and worker make of it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cluster/collector_sink.h"
#include "cluster/master_state.h"
#include "cluster/worker_state.h"
#include "support/fake_transport.h"

using namespace locust_like;           // NOLINT(google-build-using-namespace)
using namespace locust_like::cluster;  // NOLINT(google-build-using-namespace)

namespace {

constexpr TimePoint kNow{std::chrono::hours(1)};
const PeerId kPeer = peer_of(std::string(16, 'x'));

// A worker that is admitted to a master by hand.
class Pair {
 public:
  Pair() {
    network_.connections[kPeer].is_up = true;
    master_.begin_run(0, kNow);
    to_master(
        encode(WorkerMessage(Hello{kProtocolVersion, "1", "name", "host", 1, 1, 0, 1, 0, 0, 0})));
    to_worker(network_.connections[kPeer].to_worker.front());
  }
  void to_master(std::string_view bytes) {
    testing::FakeMasterTransport transport(network_);
    MasterState::World world{transport, sink_, kNow, 0};
    master_.receive(kPeer, bytes, world);
    master_.tick(world);
  }
  void to_worker(std::string_view bytes) {
    testing::FakeWorkerTransport transport(network_, kPeer);
    WorkerState::World world{transport, kNow, 0};
    worker_.receive(bytes, world);
    worker_.tick(world);
  }
  size_t workers() const { return master_.workers(kNow).size(); }

 private:
  testing::FakeNetwork network_;
  stats::Collector collector_;
  CollectorSink sink_{collector_};
  MasterState master_{1, "1", kNow};
  WorkerState worker_{{"1", "name", "host", 1, 1}, std::chrono::hours(1), kNow};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto from_worker = decode_from_worker(bytes);
  if (from_worker.ok() && !decode_from_worker(encode(from_worker.value())).ok()) std::abort();
  const auto from_master = decode_from_master(bytes);
  if (from_master.ok() && !decode_from_master(encode(from_master.value())).ok()) std::abort();
  Pair pair;
  pair.to_master(bytes);
  pair.to_master(bytes);
  pair.to_worker(bytes);
  pair.to_worker(bytes);
  if (pair.workers() != 1) std::abort();
  return 0;
}
