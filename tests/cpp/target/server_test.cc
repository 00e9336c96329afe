// Each path over a real socket, and the life of a server.
#include "target/server.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "http/content_decoding.h"
#include "raw_client.h"
#include "target/replies.h"

namespace locust_like::target {
namespace {

uint64_t by_path(const Counters& counters, Path path) {
  return counters.by_path[static_cast<size_t>(path)];
}

TEST_CASE("every path answers on one kept connection, and is counted") {
  auto server = start_server();
  RawClient client(server->port());
  CHECK(client.get("/").body == "locust-like target\n");
  CHECK(client.get("/json").has("Content-Type: application/json"));
  CHECK(client.get("/bytes/5").body == "01234");
  CHECK(client.get("/bytes/0").body.empty());
  CHECK(client.get("/delay/1").body == "delay_ms 1\n");
  CHECK(client.get("/status/418").status == 418);
  CHECK(client.get("/status/204").status == 204);
  CHECK(client.get("/redirect/2").has("Location: /redirect/1"));
  CHECK(http::decode_content("gzip", client.get("/gzip").body, 10'000).ok());
  CHECK(client.get("/chunked/3000").body.size() == 3'000);
  CHECK(client.get("/echo").body.find(R"("target": "/echo")") != std::string::npos);
  CHECK(client.get("/nope").status == 404);
  CHECK(client.get("/delay/x").status == 400);

  Counters counters = server->counters();
  CHECK(counters.requests == 13);
  CHECK(by_path(counters, Path::kBytes) == 2);
  CHECK(by_path(counters, Path::kUnknown) == 1);
  CHECK(by_path(counters, Path::kInvalid) == 1);
  CHECK(counters.by_status.at(200) == 8);
  CHECK(counters.by_status.at(418) == 1);
  CHECK(counters.connections_accepted == 1);
  CHECK(counters.connections_open == 1);
  CHECK(counters.delay_lateness.count == 1);
}

TEST_CASE("stats are JSON of what a load test sent, and reset by POST only") {
  auto server = start_server();
  RawClient client(server->port());
  client.get("/");
  CHECK(client.get("/stats").body.starts_with(R"({"requests": 1, "stats_requests": 1)"));
  CHECK(client.get("/stats/reset").status == 405);
  CHECK(server->counters().requests == 1);
  REQUIRE(client.send("POST /stats/reset HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n"));
  CHECK(client.receive_reply().status == 200);
  CHECK(server->counters().requests == 0);
  CHECK(server->counters().connections_open == 1);
}

TEST_CASE("echo gives the body back, described or raw") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("PATCH /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"));
  std::string json = client.receive_reply().body;
  CHECK(json.find(R"("method": "PATCH")") != std::string::npos);
  CHECK(json.find(R"("body": "hello")") != std::string::npos);
  REQUIRE(
      client.send("POST /echo?raw=1 HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\n\x01\x02\x03\r\n2\r\nab\r\n0\r\n\r\n"));
  CHECK(client.receive_reply().body ==
        "\x01\x02\x03"
        "ab");
}

TEST_CASE("a body above the echo limit is refused, and the connection closed") {
  Options options;
  options.max_echo_bytes = 10;
  auto server = start_server(options);
  RawClient client(server->port());
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\nhello world"));
  Reply reply = client.receive_reply();
  CHECK(reply.status == 413);
  CHECK(reply.has("Connection: close"));
  CHECK(client.receive().empty());
  CHECK(server->counters().by_status.at(413) == 1);
}

TEST_CASE("bodies sent to other paths are read and thrown away") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n" +
                      std::string(100'000, 'x')));
  CHECK(client.receive_reply().status == 200);
  CHECK(client.get("/").status == 200);
}

TEST_CASE("a big body comes complete and in the right order") {
  auto server = start_server();
  RawClient client(server->port());
  constexpr size_t kSize = 20'000'001;
  for (const char* path : {"/bytes/", "/chunked/"}) {
    std::string body = client.get(path + std::to_string(kSize)).body;
    REQUIRE(body.size() == kSize);
    for (size_t i = 0; i < kSize; i += 4'999) REQUIRE(body[i] == body_pattern(i));
  }
  CHECK(client.get("/").status == 200);
}

TEST_CASE("many clients at once are all served and all counted") {
  auto server = start_server();
  constexpr int kClients = 8;
  constexpr int kRequests = 200;
  std::vector<std::thread> threads;
  std::atomic<int> served = 0;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      RawClient client(server->port());
      for (int n = 0; n < kRequests; ++n) {
        if (client.get(n % 10 == 0 ? "/delay/1" : "/").status == 200) ++served;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(served == kClients * kRequests);
  CHECK(server->counters().requests == kClients * kRequests);
  CHECK(server->counters().delay_lateness.count == kClients * kRequests / 10);
}

TEST_CASE("a taken port, a wrong host and TLS without a certificate are told") {
  auto server = start_server();
  Options options;
  options.port = server->port();
  Result<std::unique_ptr<Server>> second = Server::start(options);
  REQUIRE_FALSE(second.ok());
  CHECK(second.status().code() == Code::kResources);
  CHECK(second.status().message().find(std::to_string(server->port())) != std::string::npos);
  options = Options();
  options.host = "not an address";
  CHECK(Server::start(options).status().code() == Code::kInvalidArgument);
  options = Options();
  options.tls_port = 0;
  CHECK(Server::start(options).status().code() == Code::kInvalidArgument);
}

TEST_CASE("connections above the limit are closed, the others stay") {
  Options options;
  options.max_connections = 1;
  auto server = start_server(options);
  RawClient first(server->port());
  CHECK(first.get("/").status == 200);
  RawClient second(server->port());
  CHECK(second.receive().empty());
  CHECK(first.get("/").status == 200);
}

TEST_CASE("an idle connection is closed, one that waits for its delay is not") {
  Options options;
  options.idle_timeout = std::chrono::milliseconds(20);
  auto server = start_server(options);
  RawClient waiting(server->port());
  CHECK(waiting.get("/delay/100").status == 200);
  CHECK(waiting.receive().empty());
}

TEST_CASE("stop closes idle connections and lets a running reply end") {
  auto server = start_server();
  RawClient idle(server->port());
  CHECK(idle.get("/").status == 200);
  RawClient busy(server->port());
  // The count tells when the server has taken it up.
  REQUIRE(busy.send("GET /delay/100 HTTP/1.1\r\nHost: t\r\n\r\n"));
  while (server->counters().requests < 2) std::this_thread::yield();
  std::thread stopper([&] { server->stop(); });
  CHECK(idle.receive().empty());
  Reply reply = busy.receive_reply();
  CHECK(reply.status == 200);
  CHECK(reply.has("Connection: close"));
  CHECK(busy.receive().empty());
  stopper.join();
  server->stop();
  CHECK(server->counters().requests == 2);
  CHECK(server->counters().connections_open <= 2);
}

TEST_CASE("stop does not wait longer than the drain timeout") {
  Options options;
  options.drain_timeout = std::chrono::milliseconds(1);
  auto server = start_server(options);
  RawClient client(server->port());
  REQUIRE(client.send("GET /delay/600000 HTTP/1.1\r\nHost: t\r\n\r\n"));
  while (server->counters().requests < 1) std::this_thread::yield();
  server->stop();
  CHECK(client.receive_to_end().empty());
  CHECK(server->counters().aborted == 1);
  CHECK(server->counters().connections_open == 0);
}

}  // namespace
}  // namespace locust_like::target
