#include "target/router.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace locust_like::target {
namespace {

Route get(std::string_view target) { return find_route("GET", target); }

TEST_CASE("each path is found by its text") {
  CHECK(get("/").path == Path::kRoot);
  CHECK(get("/json").path == Path::kJson);
  CHECK(get("/bytes/10").path == Path::kBytes);
  CHECK(get("/delay/10").path == Path::kDelay);
  CHECK(get("/status/503").path == Path::kStatus);
  CHECK(get("/redirect/2").path == Path::kRedirect);
  CHECK(get("/echo").path == Path::kEcho);
  CHECK(get("/gzip").path == Path::kGzip);
  CHECK(get("/chunked/10").path == Path::kChunked);
  CHECK(get("/stats").path == Path::kStats);
  CHECK(find_route("POST", "/stats/reset").path == Path::kStatsReset);
}

TEST_CASE("numbers and statuses are read from the path") {
  CHECK(get("/bytes/1073741824").number == kMaxBodyBytes);
  CHECK(get("/delay/0").number == 0);
  CHECK(get("/status/204").status == 204);
  CHECK(get("/redirect/7").number == 7);
  CHECK(get("/redirect/7").status == 302);
  CHECK(get("/").status == 200);
}

TEST_CASE("a number that is missing, malformed or out of range is refused with the accepted form") {
  for (const char* target :
       {"/bytes/", "/bytes/-1", "/bytes/1x", "/bytes/1073741825", "/bytes/99999999999999999999",
        "/delay/600001", "/delay/1.5", "/status/199", "/status/600", "/redirect/0",
        "/redirect/1001", "/chunked/ 1"}) {
    INFO(target);
    Route route = get(target);
    CHECK(route.path == Path::kInvalid);
    CHECK(route.status == 400);
    CHECK_FALSE(route.problem.empty());
  }
}

TEST_CASE("anything else is not found") {
  for (const char* target : {"/nope", "/jsonx", "/json/", "*", "/stats/", "/bytes"}) {
    INFO(target);
    CHECK(get(target).path == Path::kUnknown);
    CHECK(get(target).status == 404);
  }
}

TEST_CASE("the query does not change the path") {
  CHECK(get("/?user=1").path == Path::kRoot);
  CHECK(get("/bytes/5?x=/delay/1").number == 5);
}

TEST_CASE("only the exact parameter makes echo raw") {
  CHECK(get("/echo?raw=1").raw);
  CHECK(get("/echo?a=b&raw=1&c").raw);
  CHECK_FALSE(get("/echo").raw);
  CHECK_FALSE(get("/echo?raw=10").raw);
  CHECK_FALSE(get("/echo?xraw=1").raw);
}

TEST_CASE("absolute-form is accepted, whatever authority it names") {
  CHECK(get("http://example.test/delay/3").number == 3);
  CHECK(get("http://example.test").path == Path::kRoot);
  CHECK(get("http://example.test?x=1").path == Path::kRoot);
}

TEST_CASE("any method is answered on load paths, but not on the counters") {
  CHECK(find_route("DELETE", "/").status == 200);
  CHECK(find_route("POST", "/stats").status == 405);
  CHECK(find_route("HEAD", "/stats").status == 200);
  CHECK(get("/stats/reset").status == 405);
}

TEST_CASE("path names are distinct, and only the counters' own requests are apart") {
  std::set<std::string_view> names;
  for (int index = 0; index < kPathCount; ++index) {
    Path path = static_cast<Path>(index);
    names.insert(path_name(path));
    CHECK(is_stats(path) == path_name(path).starts_with("stats"));
  }
  CHECK(names.size() == static_cast<size_t>(kPathCount));
}

}  // namespace
}  // namespace locust_like::target
