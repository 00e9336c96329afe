// Messages: what master and worker say to each other, and their bytes.
//
// A message is one byte for its kind and then its fields in wire.h's items; docs/wire-protocol.md
// has the layout. Decoding uses no reflection: each kind has a function that reads exactly its
// fields, with a bound for each. The kinds and the first two fields of Hello and of Refused never
// change, so that two versions can tell each other why they do not fit.
// Ownership: decoded texts and documents are views of the received bytes and live as long as those.
// Errors: a decoder returns Code::kProtocol and says which kind it could not read. It never reads
// past its input and allocates at most in proportion to it.
// Thread: values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "cluster/limits.h"

namespace locust_like::cluster {

// Why a master refuses; part of the protocol.
enum class Refusal : uint8_t {
  kProtocol,        // the other side speaks another version
  kRemoved,         // an operator removed this worker; it need not come back
  kTooManyWorkers,  // kMaxWorkers are here
  kBadMessage,      // what came could not be read
};
inline constexpr int kRefusalCount = static_cast<int>(Refusal::kBadMessage) + 1;

// --- worker to master ---

struct Hello {
  uint64_t protocol = kProtocolVersion;
  std::string_view product_version;
  // Absent (zero, empty) when `protocol` is another version.
  std::string_view name;
  std::string_view host;
  uint64_t pid = 0;
  double weight = 1;
  uint64_t run = 0;             // that its statistics are of; 0 = none
  uint64_t first_sequence = 1;  // of the oldest report that was not acknowledged
  // What it last had from a master: so that a master that forgot the worker goes on numbering.
  uint64_t master_id = 0;
  uint64_t received_version = 0;
  uint64_t received_order = 0;
};

struct Heartbeat {
  uint32_t generation = 0;
  std::string_view state;  // Python's word
  uint64_t users = 0;
  uint64_t received_version = 0;
  uint64_t applied_version = 0;
  uint64_t received_order = 0;
  uint64_t run = 0;
  uint64_t recorded_requests = 0;  // of the run, also those not yet reported
  double cpu_share = 0;            // of one core, whole process
  uint64_t rss_bytes = 0;
  uint64_t python_age_ms = 0;  // since Python last said that it lives
  std::string_view blocking;   // what holds Python up; empty = nothing known
  int64_t wall_ns = 0;         // when this was sent, by the worker's clock
  uint64_t echoed_stamp = 0;   // of the last pulse; 0 = none yet
  uint64_t held_ns = 0;        // since that pulse came
};

struct ParcelView {
  std::string_view kind;
  std::string_view document;
};

// A name that the sender's deltas use from here on.
struct NameView {
  uint32_t number = 0;
  std::string_view method;
  std::string_view name;
};

struct Report {
  uint32_t generation = 0;
  uint64_t sequence = 0;
  uint64_t run = 0;
  int64_t start_wall_ns = 0;  // of the interval, by the worker's clock
  int64_t length_ns = 0;
  bool is_final = false;  // the last of its run
  // Names that no report of this admission told before, ascending by number; none without a delta.
  std::vector<NameView> names;
  std::string_view delta;  // of stats/delta.h; empty = nothing was counted
  std::vector<ParcelView> parcels;
};

// Either side ends on purpose.
struct Goodbye {
  std::string_view text;
};

// --- master to worker ---

struct Welcome {
  uint64_t master_id = 0;
  uint32_t generation = 0;
  uint32_t index = 0;
  uint64_t acknowledged = 0;
  std::string_view product_version;
};

struct Refused {
  Refusal refusal = Refusal::kBadMessage;
  std::string_view text;
};

struct Pulse {
  uint32_t generation = 0;
  uint64_t stamp = 0;  // of the master's clock; comes back in the next heartbeat
  uint64_t acknowledged = 0;
};

struct Ack {
  uint32_t generation = 0;
  uint64_t acknowledged = 0;
  bool is_gap = false;  // a report came that does not follow `acknowledged`: go back
};

struct Assign {
  uint32_t generation = 0;
  uint64_t version = 0;
  uint64_t run = 0;
  std::string_view document;
};

struct Order {
  uint32_t generation = 0;
  uint64_t number = 0;
  std::string_view kind;
  std::string_view document;
};

using WorkerMessage = std::variant<Hello, Heartbeat, Report, Goodbye>;
using MasterMessage = std::variant<Welcome, Refused, Pulse, Ack, Assign, Order, Goodbye>;

// REQUIRES: texts and documents within the limits.
std::string encode(const WorkerMessage& message);
std::string encode(const MasterMessage& message);

Result<WorkerMessage> decode_from_worker(std::string_view bytes);
Result<MasterMessage> decode_from_master(std::string_view bytes);

}  // namespace locust_like::cluster
