#include "target/router.h"

#include <charconv>
#include <optional>

namespace locust_like::target {
namespace {

constexpr std::array<std::string_view, kPathCount> kPathNames = {
    "root", "json",    "bytes",   "delay",   "status", "redirect",   "echo",
    "gzip", "chunked", "unknown", "invalid", "stats",  "stats_reset"};

// One path: exact when it takes no number, otherwise a prefix that a number follows.
struct PathRule {
  std::string_view text;
  Path path;
  bool takes_number = false;
  uint64_t least = 0;
  uint64_t most = 0;
  std::string_view problem = {};
};

constexpr PathRule kPaths[] = {
    {"/", Path::kRoot},
    {"/json", Path::kJson},
    {"/echo", Path::kEcho},
    {"/gzip", Path::kGzip},
    {"/stats", Path::kStats},
    {"/stats/reset", Path::kStatsReset},
    {"/bytes/", Path::kBytes, true, 0, kMaxBodyBytes, "N must be 0 to 1073741824 bytes"},
    {"/delay/", Path::kDelay, true, 0, kMaxDelayMs, "MS must be 0 to 600000 milliseconds"},
    {"/status/", Path::kStatus, true, 200, 599, "N must be a final status, 200 to 599"},
    {"/redirect/", Path::kRedirect, true, 1, kMaxRedirects, "N must be 1 to 1000 hops"},
    {"/chunked/", Path::kChunked, true, 0, kMaxBodyBytes, "N must be 0 to 1073741824 bytes"},
};

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// RFC 9112 3.2.2: a server must accept absolute-form. What stands before the path is not checked.
std::string_view to_origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  size_t authority = target.find("://");
  if (authority == std::string_view::npos) return target;
  size_t end = target.find_first_of("/?", authority + 3);
  return end == std::string_view::npos ? std::string_view("/") : target.substr(end);
}

bool query_has(std::string_view query, std::string_view parameter) {
  while (!query.empty()) {
    size_t end = query.find('&');
    if (query.substr(0, end) == parameter) return true;
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return false;
}

Route refuse(Path path, int status, std::string_view problem) {
  return {path, status, 0, false, problem};
}

Route apply_rule(const PathRule& rule, std::string_view method, std::string_view rest,
                 std::string_view query) {
  Route route;
  route.path = rule.path;
  if (rule.takes_number) {
    std::optional<uint64_t> number = parse_number(rest);
    if (!number || *number < rule.least || *number > rule.most) {
      return refuse(Path::kInvalid, 400, rule.problem);
    }
    route.number = *number;
  }
  if (rule.path == Path::kStatus) route.status = static_cast<int>(route.number);
  if (rule.path == Path::kRedirect) route.status = 302;
  if (rule.path == Path::kEcho) route.raw = query_has(query, "raw=1");
  if (rule.path == Path::kStats && method != "GET" && method != "HEAD") {
    return refuse(rule.path, 405, "/stats takes GET");
  }
  if (rule.path == Path::kStatsReset && method != "POST") {
    return refuse(rule.path, 405, "/stats/reset takes POST");
  }
  return route;
}

}  // namespace

std::string_view path_name(Path path) { return kPathNames.at(static_cast<size_t>(path)); }

Route find_route(std::string_view method, std::string_view target) {
  target = to_origin_form(target);
  size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  std::string_view query =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  if (path.empty()) path = "/";
  for (const PathRule& rule : kPaths) {
    bool found = rule.takes_number ? path.starts_with(rule.text) : path == rule.text;
    if (found) return apply_rule(rule, method, path.substr(rule.text.size()), query);
  }
  return refuse(Path::kUnknown, 404, "no such path");
}

}  // namespace locust_like::target
