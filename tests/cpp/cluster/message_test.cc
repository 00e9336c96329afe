#include "cluster/message.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "stats/names.h"

namespace locust_like::cluster {
namespace {

Hello hello() { return {kProtocolVersion, "1.2.3", "name", "host", 4711, 2.5, 7, 12, 99, 3, 4}; }

Heartbeat heartbeat() {
  Heartbeat beat;
  beat.generation = 5;
  beat.state = "running";
  beat.users = 1000;
  beat.received_version = 8;
  beat.applied_version = 7;
  beat.received_order = 2;
  beat.run = 77;
  beat.recorded_requests = 123456;
  beat.cpu_share = 0.75;
  beat.rss_bytes = 1 << 26;
  beat.python_age_ms = 20;
  beat.blocking = "locustfile.py:12 sleep";
  beat.wall_ns = 1'700'000'000'000'000'000;
  beat.echoed_stamp = 55;
  beat.held_ns = 66;
  return beat;
}

Report report() {
  Report report;
  report.generation = 5;
  report.sequence = 9;
  report.run = 77;
  report.start_wall_ns = 1'700'000'000'000'000'000;
  report.length_ns = 1'000'000'000;
  report.is_final = true;
  report.names = {{0, "GET", "/a"}, {3, "POST", "/b"}, {4, "GET", ""}};
  report.delta = "delta";
  report.parcels = {{"log", "hello"}, {"exception", ""}};
  return report;
}

std::vector<std::string> all_from_worker() {
  return {encode(WorkerMessage(hello())), encode(WorkerMessage(heartbeat())),
          encode(WorkerMessage(report())), encode(WorkerMessage(Goodbye{"exited"}))};
}

std::vector<std::string> all_from_master() {
  return {encode(MasterMessage(Welcome{1, 2, 3, 4, "1.2.3"})),
          encode(MasterMessage(Refused{Refusal::kTooManyWorkers, "why"})),
          encode(MasterMessage(Pulse{1, 2, 3})),
          encode(MasterMessage(Ack{1, 2, true})),
          encode(MasterMessage(Assign{1, 2, 3, "document"})),
          encode(MasterMessage(Order{1, 2, "kind", "document"})),
          encode(MasterMessage(Goodbye{"the master ends"}))};
}

template <typename T>
T from_worker(const std::string& bytes) {
  const Result<WorkerMessage> decoded = decode_from_worker(bytes);
  REQUIRE(decoded.ok());
  return std::get<T>(decoded.value());
}

}  // namespace

TEST_CASE("what one side encodes the other decodes, to the byte") {
  for (const std::string& bytes : all_from_worker()) {
    const Result<WorkerMessage> decoded = decode_from_worker(bytes);
    REQUIRE(decoded.ok());
    CHECK(encode(decoded.value()) == bytes);
  }
  for (const std::string& bytes : all_from_master()) {
    const Result<MasterMessage> decoded = decode_from_master(bytes);
    REQUIRE(decoded.ok());
    CHECK(encode(decoded.value()) == bytes);
  }
}

TEST_CASE("a report arrives with names, delta and parcels") {
  const std::string bytes = encode(WorkerMessage(report()));
  const auto decoded = from_worker<Report>(bytes);
  CHECK(decoded.sequence == 9);
  CHECK(decoded.is_final);
  REQUIRE(decoded.names.size() == 3);
  CHECK(decoded.names[1].number == 3);
  CHECK(decoded.names[1].method == "POST");
  CHECK(decoded.delta == "delta");
  REQUIRE(decoded.parcels.size() == 2);
  CHECK(decoded.parcels[0].kind == "log");
  CHECK(decoded.parcels[1].document.empty());
}

TEST_CASE("every truncated and every prolonged message is refused with a reason") {
  const auto check = [](const std::string& bytes, auto decode) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      const auto decoded = decode(std::string_view(bytes).substr(0, size));
      REQUIRE_FALSE(decoded.ok());
      CHECK(decoded.status().code() == Code::kProtocol);
      CHECK_FALSE(decoded.status().message().empty());
    }
    // What follows a refusal is for later versions to say.
    const bool may_go_on = bytes == all_from_master()[1];
    CHECK(decode(bytes + '\0').ok() == may_go_on);
  };
  for (const std::string& bytes : all_from_worker()) check(bytes, decode_from_worker);
  for (const std::string& bytes : all_from_master()) check(bytes, decode_from_master);
}

TEST_CASE("no damage makes a decoder fail in another way than by saying so") {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::vector<std::string> good = i % 2 == 0 ? all_from_worker() : all_from_master();
    std::string bytes = good[random() % good.size()];
    for (uint32_t damage = random() % 4 + 1; damage > 0; --damage) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const Result<WorkerMessage> one = decode_from_worker(bytes);
    if (one.ok()) (void)encode(one.value());
    const Result<MasterMessage> other = decode_from_master(bytes);
    if (other.ok()) (void)encode(other.value());
  }
}

TEST_CASE("a message of the other side is unknown") {
  CHECK_FALSE(decode_from_master(all_from_worker()[0]).ok());
  CHECK_FALSE(decode_from_worker(all_from_master()[0]).ok());
  CHECK(decode_from_worker("").status().message() == "decode message: empty");
  CHECK(decode_from_worker("\x7f").status().message() == "decode message: unknown kind 127");
}

TEST_CASE("of a hello in another version only its first two fields are read") {
  const std::string bytes = std::string("\x01\x63\x05") + "9.9.9" + "whatever follows";
  const auto decoded = from_worker<Hello>(bytes);
  CHECK(decoded.protocol == 0x63);
  CHECK(decoded.product_version == "9.9.9");
}

TEST_CASE("what exceeds its limit is malformed") {
  const std::string big(kMaxDocumentBytes + 1, 'x');
  CHECK_FALSE(decode_from_master(encode(MasterMessage(Assign{1, 1, 1, big}))).ok());
  CHECK_FALSE(decode_from_master(encode(MasterMessage(Order{1, 1, "kind", big}))).ok());
  Report large = report();
  large.parcels = {{"kind", big}};
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(large))).ok());
  Report many = report();
  many.parcels.assign(kMaxParcels + 1, {"k", ""});
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(many))).ok());
  Report named = report();
  const std::string long_name(stats::kMaxNameBytes + 1, 'n');
  named.names = {{0, "GET", long_name}};
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(named))).ok());
  Report numbered = report();
  numbered.names = {{stats::kMaxNamesWithOther + 1, "GET", "/"}};
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(numbered))).ok());
}

TEST_CASE("fields that make no sense are malformed") {
  Hello weightless = hello();
  weightless.weight = 0;
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(weightless))).ok());
  Hello first = hello();
  first.first_sequence = 0;
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(first))).ok());
  Report unnumbered = report();
  unnumbered.sequence = 0;
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(unnumbered))).ok());
  Report idle = report();
  idle.delta = {};
  CHECK_FALSE(decode_from_worker(encode(WorkerMessage(idle))).ok());
  CHECK_FALSE(decode_from_master(encode(MasterMessage(Welcome{1, 0, 0, 0, ""}))).ok());
  CHECK_FALSE(decode_from_master(encode(MasterMessage(Assign{1, 0, 1, ""}))).ok());
}

TEST_CASE("a length that promises more than there is takes no memory") {
  // A report that says it has ten thousand parcels, and ends.
  std::string bytes = encode(WorkerMessage(report()));
  Report empty = report();
  empty.parcels.clear();
  bytes = encode(WorkerMessage(empty));
  bytes.pop_back();
  bytes += "\x90\x4e";
  CHECK_FALSE(decode_from_worker(bytes).ok());
}

}  // namespace locust_like::cluster
