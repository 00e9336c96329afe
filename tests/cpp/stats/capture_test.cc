#include "stats/capture.h"

#include <catch2/catch.hpp>
#include <string>

#include "stats/capture_choice.h"
#include "stats/delta_encoder.h"
#include "stats/samples.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr NameId kA{0};
constexpr NameId kB{1};

Capture whole_capture() {
  Capture capture;
  capture.wall_s = 5001.25;
  capture.method = "POST";
  capture.url = "http://shop.test/cart?token=***";
  capture.protocol = Protocol::kHttp2;
  capture.remote_address = "192.0.2.1:443";
  capture.status = 503;
  capture.reason = "Busy";
  capture.hops = 1;
  capture.response_time_ns = 12 * kMs;
  capture.phases_ns[static_cast<size_t>(Phase::kWait)] = 11 * kMs;
  capture.request = {"Host: shop.test\n", "a=1", 3, true};
  capture.reply = {"Server: x\n", std::string("\0\xFF", 2), 9000, false};
  return capture;
}

std::string bytes_of(const Capture& capture) {
  ByteWriter writer;
  encode(capture, writer);
  return writer.take();
}

ReadyCapture source(std::string url) {
  Capture capture = whole_capture();
  capture.url = std::move(url);
  return ReadyCapture(std::make_shared<const Capture>(std::move(capture)));
}

// A failed sample with something to capture, which must outlive it.
Sample captured(NameId name, const CaptureSource& source, uint16_t status = 500) {
  Sample sample = failure(name, Code::kStatus, {}, status);
  sample.source = &source;
  return sample;
}

std::vector<std::string> urls_of(const ErrorRow& row) {
  std::vector<std::string> urls;
  for (const auto& capture : row.captures) urls.push_back(capture->url);
  return urls;
}

}  // namespace

TEST_CASE("a capture survives its encoding") {
  const std::string bytes = bytes_of(whole_capture());
  const auto decoded = decode_capture(bytes);
  REQUIRE(decoded != nullptr);
  CHECK(bytes_of(*decoded) == bytes);
  CHECK(decoded->reply.body == whole_capture().reply.body);
  CHECK_FALSE(decoded->reply.is_whole);
}

TEST_CASE("a capture that is cut or longer than it may be is malformed") {
  const std::string bytes = bytes_of(whole_capture());
  for (size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE(decode_capture(std::string_view(bytes).substr(0, size)) == nullptr);
  }
  CHECK(decode_capture(bytes + '\0') == nullptr);
  Capture large = whole_capture();
  large.reply.body.assign(kMaxCapturedBodyBytes + 1, 'x');
  CHECK(decode_capture(bytes_of(large)) == nullptr);
}

TEST_CASE("a row keeps its first captures, a table so many in all") {
  const ReadyCapture one = source("/1");
  Table table(5);
  for (uint16_t status = 500; status < 504; ++status) {
    for (int i = 0; i < 10; ++i) table.record(captured(kA, one, status));
  }
  std::vector<size_t> counts;
  for (const ErrorRow& row : table.errors().rows()) counts.push_back(row.captures.size());
  CHECK(counts == std::vector<size_t>{3, 2, 0, 0});
  table.clear();
  table.record(captured(kA, one));
  CHECK(table.errors().rows()[0].captures.size() == 1);
}

TEST_CASE("who has nothing to capture is counted all the same") {
  Table table;
  table.record(failure(kA, Code::kConnect));
  CHECK(table.errors().rows()[0].captures.empty());
}

TEST_CASE("captures of later intervals fill a row up, and a difference has only new ones") {
  Collector collector(kStart);
  intern_names(collector, 2);
  const ReadyCapture first = source("/1");
  const ReadyCapture second = source("/2");
  Table table;
  table.record(captured(kA, first));
  collector.merge(table, at_second(1000), 5001);
  const Snapshot before = collector.snapshot(at_second(1001));
  table.clear();
  for (int i = 0; i < 5; ++i) table.record(captured(kA, second));
  collector.merge(table, at_second(1001), 5002);
  const Snapshot after = collector.snapshot(at_second(1002));
  CHECK(urls_of(after.failures()[0].error) == std::vector<std::string>{"/1", "/2", "/2"});
  CHECK(urls_of(after.subtract(before).failures()[0].error) ==
        std::vector<std::string>{"/2", "/2"});
  const auto decoded = Snapshot::decode(after.encode());
  REQUIRE(decoded.ok());
  CHECK(urls_of(decoded.value().failures()[0].error) == urls_of(after.failures()[0].error));
}

TEST_CASE("captures travel in deltas, as far as there is room") {
  Collector worker(kStart);
  intern_names(worker, 2);
  const ReadyCapture one = source("/1");
  Table table;
  for (const NameId name : {kA, kB}) {
    for (int i = 0; i < 4; ++i) table.record(captured(name, one));
  }
  worker.merge(table, at_second(1000), 5001);
  const size_t room = GENERATE(size_t{1} << 20, 0);
  DeltaEncoder encoder(room);
  Collector master(kStart);
  NameDictionary names;
  for (const DeltaPiece& piece : encoder.encode(worker.snapshot(at_second(1001)))) {
    for (const NumberedName& name : piece.names) {
      names.define(name.number, master.intern(name.name->method, name.name->name));
    }
    Delta delta;
    REQUIRE(delta.decode(piece.bytes).ok());
    master.merge(delta, names, {at_second(1000), Nanos(0), 5001});
  }
  const Snapshot merged = master.snapshot(at_second(1001));
  REQUIRE(merged.failures().size() == 2);
  for (const Snapshot::Failure& failure : merged.failures()) {
    CHECK(failure.error.occurrences == 4);
    CHECK(failure.error.captures.size() == (room == 0 ? 0 : 3));
  }
}

TEST_CASE("of failures that scripts judge the first of each kind are wanted, each second") {
  CaptureChoice choice;
  const auto wanted = [&](std::string_view text, int64_t second) {
    int count = 0;
    for (int i = 0; i < 100; ++i) {
      if (choice.wants(failure(kA, Code::kScript, text), text, at_second(second))) ++count;
    }
    return count;
  };
  CHECK(wanted("no total", 1000) == 3);
  CHECK(wanted("<Item at 0x7f0012345678>", 1000) == 3);
  CHECK(wanted("<Item at 0x7f0087654321>", 1000) == 0);
  CHECK(wanted("no total", 1001) == 3);
  CHECK_FALSE(choice.wants(success(kA), {}, at_second(1002)));
}

}  // namespace locust_like::stats
