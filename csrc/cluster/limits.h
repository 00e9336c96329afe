// The numbers of the cluster: protocol version, intervals, sizes. docs/wire-protocol.md explains
// them to people; nothing here is an option, because both sides must agree.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace locust_like::cluster {

using namespace std::chrono_literals;

// Raised with every change of a message. Both sides must have the same.
inline constexpr uint64_t kProtocolVersion = 2;

// How often each side speaks.
inline constexpr auto kHeartbeatInterval = 500ms;  // worker to master
inline constexpr auto kPulseInterval = 500ms;      // master to worker
inline constexpr auto kReportInterval = 1s;
inline constexpr auto kHelloInterval = 1s;  // while no answer comes
// What was sent and not acknowledged for so long is sent again. Only a lost message needs it; a
// lost connection starts over by itself.
inline constexpr auto kResendInterval = 1500ms;

// When the other side is taken for gone.
inline constexpr auto kSilenceUntilLost = 3s;
inline constexpr auto kDisconnectedUntilLost = 1s;
inline constexpr auto kSilenceUntilHello = 3s;      // the worker asks to be admitted again
inline constexpr auto kSilenceUntilOrphaned = 10s;  // the worker stops its load
inline constexpr auto kEjection = 1s;               // after a message that cannot be read
inline constexpr auto kStallThatIsOurs = 1s;        // a pause of the master is nobody's silence

inline constexpr size_t kMaxWorkers = 1000;      // here at the same time
inline constexpr size_t kMaxGoneWorkers = 1000;  // remembered
inline constexpr size_t kMaxEjected = 1000;

inline constexpr size_t kMaxUnacknowledged = 16;  // reports under way
inline constexpr size_t kMaxWaitingReports = 64;  // more are merged
inline constexpr size_t kMaxQueueBytes = size_t{64} << 20;
inline constexpr size_t kMaxOrders = 1000;
inline constexpr size_t kMaxOrderBytes = size_t{16} << 20;
inline constexpr size_t kMaxEventBytes = size_t{64} << 20;
inline constexpr size_t kMaxEvents = 100'000;
inline constexpr int kMaxNoisyEvents_per_s = 10;

inline constexpr size_t kMaxMessageBytes = size_t{8} << 20;
inline constexpr size_t kMaxDeltaBytes = size_t{4} << 20;
inline constexpr size_t kMaxParcelsBytes = size_t{3} << 20;  // of one report
inline constexpr size_t kMaxParcels = 10'000;                // of one report
inline constexpr size_t kMaxDocumentBytes = size_t{1} << 20;
inline constexpr size_t kMaxKindBytes = 256;
inline constexpr size_t kMaxTextBytes = 1000;
inline constexpr size_t kMaxWordBytes = 64;  // versions, states
inline constexpr uint64_t kMaxGeneration = UINT32_MAX;

}  // namespace locust_like::cluster
