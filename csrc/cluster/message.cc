#include "cluster/message.h"

#include <utility>

#include "stats/names.h"
#include "stats/wire.h"

namespace locust_like::cluster {
namespace {

using stats::ByteReader;
using stats::ByteWriter;

// First byte of a message. Numbers are never used again for something else.
enum class Kind : uint8_t {
  kHello = 1,
  kHeartbeat = 2,
  kReport = 3,
  kGoodbye = 4,
  kWelcome = 17,
  kRefused = 18,
  kPulse = 19,
  kAck = 20,
  kAssign = 21,
  kOrder = 22,
};

constexpr uint64_t kMaxNs = INT64_MAX;
constexpr double kMaxWeight = 1e6;
constexpr uint64_t kMaxNumbers = stats::kMaxNamesWithOther + 1;

Kind kind_of(const Hello&) { return Kind::kHello; }
Kind kind_of(const Heartbeat&) { return Kind::kHeartbeat; }
Kind kind_of(const Report&) { return Kind::kReport; }
Kind kind_of(const Goodbye&) { return Kind::kGoodbye; }
Kind kind_of(const Welcome&) { return Kind::kWelcome; }
Kind kind_of(const Refused&) { return Kind::kRefused; }
Kind kind_of(const Pulse&) { return Kind::kPulse; }
Kind kind_of(const Ack&) { return Kind::kAck; }
Kind kind_of(const Assign&) { return Kind::kAssign; }
Kind kind_of(const Order&) { return Kind::kOrder; }

void write(ByteWriter& to, const Hello& hello) {
  to.varint(hello.protocol);
  to.text(hello.product_version);
  to.text(hello.name);
  to.text(hello.host);
  to.varint(hello.pid);
  to.real(hello.weight);
  to.varint(hello.run);
  to.varint(hello.first_sequence);
  to.varint(hello.master_id);
  to.varint(hello.received_version);
  to.varint(hello.received_order);
}

void write(ByteWriter& to, const Heartbeat& beat) {
  to.varint(beat.generation);
  to.text(beat.state);
  to.varint(beat.users);
  to.varint(beat.received_version);
  to.varint(beat.applied_version);
  to.varint(beat.received_order);
  to.varint(beat.run);
  to.varint(beat.recorded_requests);
  to.real(beat.cpu_share);
  to.varint(beat.rss_bytes);
  to.varint(beat.python_age_ms);
  to.text(beat.blocking);
  to.varint(static_cast<uint64_t>(beat.wall_ns));
  to.varint(beat.echoed_stamp);
  to.varint(beat.held_ns);
}

void write(ByteWriter& to, const Report& report) {
  to.varint(report.generation);
  to.varint(report.sequence);
  to.varint(report.run);
  to.varint(static_cast<uint64_t>(report.start_wall_ns));
  to.varint(static_cast<uint64_t>(report.length_ns));
  to.varint(report.is_final ? 1 : 0);
  to.varint(report.names.size());
  uint32_t next = 0;
  for (const NameView& name : report.names) {
    to.varint(name.number - next);
    next = name.number + 1;
    to.text(name.method);
    to.text(name.name);
  }
  to.text(report.delta);
  to.varint(report.parcels.size());
  for (const ParcelView& parcel : report.parcels) {
    to.text(parcel.kind);
    to.text(parcel.document);
  }
}

void write(ByteWriter& to, const Goodbye& goodbye) { to.text(goodbye.text); }

void write(ByteWriter& to, const Welcome& welcome) {
  to.varint(welcome.master_id);
  to.varint(welcome.generation);
  to.varint(welcome.index);
  to.varint(welcome.acknowledged);
  to.text(welcome.product_version);
}

void write(ByteWriter& to, const Refused& refused) {
  to.varint(static_cast<uint64_t>(refused.refusal));
  to.text(refused.text);
}

void write(ByteWriter& to, const Pulse& pulse) {
  to.varint(pulse.generation);
  to.varint(pulse.stamp);
  to.varint(pulse.acknowledged);
}

void write(ByteWriter& to, const Ack& ack) {
  to.varint(ack.generation);
  to.varint(ack.acknowledged);
  to.varint(ack.is_gap ? 1 : 0);
}

void write(ByteWriter& to, const Assign& assign) {
  to.varint(assign.generation);
  to.varint(assign.version);
  to.varint(assign.run);
  to.text(assign.document);
}

void write(ByteWriter& to, const Order& order) {
  to.varint(order.generation);
  to.varint(order.number);
  to.text(order.kind);
  to.text(order.document);
}

uint32_t read_generation(ByteReader& from) {
  return static_cast<uint32_t>(from.varint(kMaxGeneration));
}

bool read_flag(ByteReader& from) { return from.varint(1) == 1; }

bool read(ByteReader& from, Hello& hello) {
  hello.protocol = from.varint();
  hello.product_version = from.text(kMaxWordBytes);
  if (hello.protocol != kProtocolVersion) return from.ok();  // the rest may look different
  hello.name = from.text(kMaxKindBytes);
  hello.host = from.text(kMaxKindBytes);
  hello.pid = from.varint();
  hello.weight = from.real();
  hello.run = from.varint();
  hello.first_sequence = from.varint();
  hello.master_id = from.varint();
  hello.received_version = from.varint();
  hello.received_order = from.varint();
  return from.ok() && from.at_end() && hello.first_sequence > 0 && hello.weight > 0 &&
         hello.weight <= kMaxWeight;
}

bool read(ByteReader& from, Heartbeat& beat) {
  beat.generation = read_generation(from);
  beat.state = from.text(kMaxWordBytes);
  beat.users = from.varint();
  beat.received_version = from.varint();
  beat.applied_version = from.varint();
  beat.received_order = from.varint();
  beat.run = from.varint();
  beat.recorded_requests = from.varint();
  beat.cpu_share = from.real();
  beat.rss_bytes = from.varint();
  beat.python_age_ms = from.varint();
  beat.blocking = from.text(kMaxTextBytes);
  beat.wall_ns = static_cast<int64_t>(from.varint(kMaxNs));
  beat.echoed_stamp = from.varint(kMaxNs);
  beat.held_ns = from.varint(kMaxNs);
  return from.ok() && from.at_end();
}

bool read(ByteReader& from, Report& report) {
  report.generation = read_generation(from);
  report.sequence = from.varint();
  report.run = from.varint();
  report.start_wall_ns = static_cast<int64_t>(from.varint(kMaxNs / 2));
  report.length_ns = static_cast<int64_t>(from.varint(kMaxNs / 2));
  report.is_final = read_flag(from);
  const uint64_t names = from.varint(kMaxNumbers);
  uint64_t next = 0;
  for (uint64_t i = 0; i < names && from.ok(); ++i) {
    const uint64_t number = next + from.varint(kMaxNumbers);
    if (number >= kMaxNumbers) return false;
    const std::string_view method = from.text(stats::kMaxNameBytes);
    report.names.push_back(
        {static_cast<uint32_t>(number), method, from.text(stats::kMaxNameBytes)});
    next = number + 1;
  }
  report.delta = from.text(kMaxDeltaBytes);
  const uint64_t parcels = from.varint(kMaxParcels);
  for (uint64_t i = 0; i < parcels && from.ok(); ++i) {
    const std::string_view kind = from.text(kMaxKindBytes);
    report.parcels.push_back({kind, from.text(kMaxDocumentBytes)});
  }
  return from.ok() && from.at_end() && report.sequence > 0 &&
         (report.names.empty() || !report.delta.empty());
}

bool read(ByteReader& from, Goodbye& goodbye) {
  goodbye.text = from.text(kMaxTextBytes);
  return from.ok() && from.at_end();
}

bool read(ByteReader& from, Welcome& welcome) {
  welcome.master_id = from.varint();
  welcome.generation = read_generation(from);
  welcome.index = static_cast<uint32_t>(from.varint(UINT32_MAX));
  welcome.acknowledged = from.varint();
  welcome.product_version = from.text(kMaxWordBytes);
  return from.ok() && from.at_end() && welcome.generation > 0;
}

bool read(ByteReader& from, Refused& refused) {
  refused.refusal = static_cast<Refusal>(from.varint(kRefusalCount - 1));
  refused.text = from.text(kMaxTextBytes);
  return from.ok();  // a later version may say more
}

bool read(ByteReader& from, Pulse& pulse) {
  pulse.generation = read_generation(from);
  pulse.stamp = from.varint(kMaxNs);
  pulse.acknowledged = from.varint();
  return from.ok() && from.at_end();
}

bool read(ByteReader& from, Ack& ack) {
  ack.generation = read_generation(from);
  ack.acknowledged = from.varint();
  ack.is_gap = read_flag(from);
  return from.ok() && from.at_end();
}

bool read(ByteReader& from, Assign& assign) {
  assign.generation = read_generation(from);
  assign.version = from.varint();
  assign.run = from.varint();
  assign.document = from.text(kMaxDocumentBytes);
  return from.ok() && from.at_end() && assign.version > 0;
}

bool read(ByteReader& from, Order& order) {
  order.generation = read_generation(from);
  order.number = from.varint();
  order.kind = from.text(kMaxKindBytes);
  order.document = from.text(kMaxDocumentBytes);
  return from.ok() && from.at_end() && order.number > 0;
}

template <typename Variant>
std::string encode_any(const Variant& message) {
  ByteWriter writer;
  std::visit(
      [&](const auto& fields) {
        const char kind = static_cast<char>(kind_of(fields));
        writer.raw({&kind, 1});
        write(writer, fields);
      },
      message);
  return writer.take();
}

template <typename Message, typename Variant>
Result<Variant> decode_as(std::string_view body, std::string_view what) {
  ByteReader reader(body);
  Message message;
  if (read(reader, message)) return Variant(std::move(message));
  return Status(Code::kProtocol, "decode " + std::string(what) + ": malformed, " +
                                     std::to_string(body.size()) + " bytes");
}

Status unknown_kind(std::string_view bytes) {
  if (bytes.empty()) return {Code::kProtocol, "decode message: empty"};
  const auto kind = static_cast<unsigned char>(bytes.front());
  return {Code::kProtocol, "decode message: unknown kind " + std::to_string(kind)};
}

}  // namespace

std::string encode(const WorkerMessage& message) { return encode_any(message); }
std::string encode(const MasterMessage& message) { return encode_any(message); }

Result<WorkerMessage> decode_from_worker(std::string_view bytes) {
  if (bytes.empty()) return unknown_kind(bytes);
  const std::string_view body = bytes.substr(1);
  switch (static_cast<Kind>(bytes.front())) {
    case Kind::kHello:
      return decode_as<Hello, WorkerMessage>(body, "hello");
    case Kind::kHeartbeat:
      return decode_as<Heartbeat, WorkerMessage>(body, "heartbeat");
    case Kind::kReport:
      return decode_as<Report, WorkerMessage>(body, "report");
    case Kind::kGoodbye:
      return decode_as<Goodbye, WorkerMessage>(body, "goodbye");
    default:
      return unknown_kind(bytes);
  }
}

Result<MasterMessage> decode_from_master(std::string_view bytes) {
  if (bytes.empty()) return unknown_kind(bytes);
  const std::string_view body = bytes.substr(1);
  switch (static_cast<Kind>(bytes.front())) {
    case Kind::kWelcome:
      return decode_as<Welcome, MasterMessage>(body, "welcome");
    case Kind::kRefused:
      return decode_as<Refused, MasterMessage>(body, "refusal");
    case Kind::kPulse:
      return decode_as<Pulse, MasterMessage>(body, "pulse");
    case Kind::kAck:
      return decode_as<Ack, MasterMessage>(body, "acknowledgement");
    case Kind::kAssign:
      return decode_as<Assign, MasterMessage>(body, "assignment");
    case Kind::kOrder:
      return decode_as<Order, MasterMessage>(body, "order");
    case Kind::kGoodbye:
      return decode_as<Goodbye, MasterMessage>(body, "goodbye");
    default:
      return unknown_kind(bytes);
  }
}

}  // namespace locust_like::cluster
