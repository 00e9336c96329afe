// Router: which reply a request line asks for. Pure: no sockets, no clock, no allocation.
//
// Any method is answered on the load paths, because a load test may send any; only the counters
// insist on theirs, so that a stray request cannot reset them. Checklist: if you add a path here,
// also extend kPathNames and kPaths in router.cc, the switch in replies.cc and kPathList.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace locust_like::target {

enum class Path : uint8_t {
  kRoot,
  kJson,
  kBytes,
  kDelay,
  kStatus,
  kRedirect,
  kEcho,
  kGzip,
  kChunked,
  kUnknown,  // 404
  kInvalid,  // a known path with a number that is missing or out of range: 400
  kStats,
  kStatsReset,
};
inline constexpr int kPathCount = static_cast<int>(Path::kStatsReset) + 1;

// The word used in counters, for example "bytes". Never empty.
std::string_view path_name(Path path);
// True for the requests that look at the counters and are therefore not part of them.
constexpr bool is_stats(Path path) { return path >= Path::kStats; }

inline constexpr uint64_t kMaxBodyBytes = uint64_t{1} << 30;
inline constexpr uint64_t kMaxDelayMs = 600'000;
inline constexpr uint64_t kMaxRedirects = 1'000;

// What the 404 reply tells.
inline constexpr std::string_view kPathList =
    "/  /json  /bytes/N  /delay/MS  /status/N  /redirect/N  /echo  /echo?raw=1  /gzip  /chunked/N  "
    "/stats  /stats/reset (POST)";

struct Route {
  Path path = Path::kUnknown;
  int status = 200;
  uint64_t number = 0;       // N or MS of the path
  bool raw = false;          // /echo?raw=1
  std::string_view problem;  // static text saying why `status` is a refusal; empty otherwise
};

// `target` is a request target in origin-form or absolute-form, as it stood in the request line.
Route find_route(std::string_view method, std::string_view target);

}  // namespace locust_like::target
