// What one connection makes of odd input: split, pipelined, half-closed, slow, broken.
#include "target/connection.h"

#include <catch2/catch.hpp>
#include <thread>

#include "raw_client.h"

namespace locust_like::target {
namespace {

constexpr const char* kGetRoot = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

std::string get_text(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n\r\n";
}

TEST_CASE("a request may come byte by byte") {
  auto server = start_server();
  RawClient client(server->port());
  for (char c :
       std::string("POST /echo?raw=1 HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")) {
    REQUIRE(client.send(std::string_view(&c, 1)));
  }
  CHECK(client.receive_reply().body == "abc");
}

TEST_CASE("pipelined requests are answered in order") {
  auto server = start_server();
  RawClient client(server->port());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += get_text("/bytes/" + std::to_string(i));
  REQUIRE(client.send(requests));
  for (size_t i = 0; i < 500; ++i) REQUIRE(client.receive_reply().body.size() == i);
}

TEST_CASE("a delay holds back what was pipelined behind it, and keeps the order") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send(get_text("/delay/30") + get_text("/status/201") + get_text("/delay/1") +
                      get_text("/chunked/300000") + get_text("/echo") + get_text("/status/202")));
  CHECK(client.receive_reply().body == "delay_ms 30\n");
  CHECK(client.receive_reply().status == 201);
  CHECK(client.receive_reply().body == "delay_ms 1\n");
  CHECK(client.receive_reply().body.size() == 300'000);
  CHECK(client.receive_reply().body.find(R"("target": "/echo")") != std::string::npos);
  CHECK(client.receive_reply().status == 202);
  CHECK(server->counters().delay_lateness.count == 2);
}

TEST_CASE("shorter delays of other connections overtake a longer one") {
  auto server = start_server();
  RawClient slow(server->port());
  RawClient fast(server->port());
  REQUIRE(slow.send(get_text("/delay/600000")));
  CHECK(fast.get("/delay/1").status == 200);
  CHECK(fast.get("/delay/0").status == 200);
  CHECK(server->counters().delay_lateness.count == 2);
}

TEST_CASE("more waiting requests than are read ahead are all answered") {
  auto server = start_server();
  RawClient client(server->port());
  std::string requests = get_text("/delay/5");
  for (int i = 0; i < 20'000; ++i) requests += kGetRoot;
  bool sent = false;  // Catch's assertions belong to the main thread
  std::thread sender([&] { sent = client.send(requests); });
  CHECK(client.receive_reply().body == "delay_ms 5\n");
  for (int i = 0; i < 20'000; ++i) REQUIRE(client.receive_reply().status == 200);
  sender.join();
  CHECK(sent);
  CHECK(server->counters().requests == 20'001);
}

TEST_CASE("a peer that does not read does not make the server grow or stop others") {
  auto server = start_server();
  RawClient lazy(server->port(), 4'096);
  REQUIRE(lazy.send(get_text("/bytes/1073741824")));
  RawClient other(server->port());
  for (int i = 0; i < 50; ++i) REQUIRE(other.get("/").status == 200);
  // What was handed to the kernel is a small part of the body.
  CHECK(server->counters().bytes_sent < (uint64_t{64} << 20));
  REQUIRE(lazy.receive().starts_with("HTTP/1.1 200"));
}

TEST_CASE("HEAD gets the head alone, also of streamed bodies") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("HEAD /bytes/1000000 HTTP/1.1\r\nHost: t\r\n\r\n"));
  CHECK(client.receive_reply(true).has("Content-Length: 1000000"));
  REQUIRE(client.send("HEAD /chunked/1000 HTTP/1.1\r\nHost: t\r\n\r\n"));
  CHECK(client.receive_reply(true).status == 200);
  CHECK(client.get("/").body == "locust-like target\n");
}

TEST_CASE("Connection: close is honoured, and what follows is ignored") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" +
                      std::string(kGetRoot)));
  CHECK(client.receive_reply().has("Connection: close"));
  CHECK(client.receive().empty());
  CHECK(server->counters().requests == 1);
}

TEST_CASE("HTTP/1.0 closes by default and stays when asked") {
  auto server = start_server();
  RawClient closing(server->port());
  REQUIRE(closing.send("GET /chunked/2000 HTTP/1.0\r\n\r\n"));
  std::string reply = closing.receive_to_end();
  CHECK(reply.substr(reply.find("\r\n\r\n") + 4).size() == 2'000);
  RawClient staying(server->port());
  for (int i = 0; i < 2; ++i) {
    REQUIRE(staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    CHECK(staying.receive_reply().has("Connection: keep-alive"));
  }
}

TEST_CASE("garbage gets a 400 that says so, and the connection closes") {
  auto server = start_server();
  for (const char* bytes : {"hello\r\n\r\n", "GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
                            "GET  HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01"}) {
    RawClient client(server->port());
    REQUIRE(client.send(bytes));
    Reply reply = client.receive_reply();
    CHECK(reply.status == 400);
    CHECK(reply.body.find("not HTTP/1") != std::string::npos);
    CHECK(client.receive().empty());
  }
  CHECK(server->counters().malformed == 4);
  CHECK(server->counters().requests == 0);
}

TEST_CASE("garbage behind good requests is refused after their replies") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send(get_text("/delay/20") + kGetRoot + "garbage\r\n\r\n"));
  CHECK(client.receive_reply().body == "delay_ms 20\n");
  CHECK(client.receive_reply().status == 200);
  CHECK(client.receive_reply().status == 400);
  CHECK(client.receive().empty());
}

TEST_CASE("a head without end is refused") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nX: "));
  // The server may close while the rest is still being sent.
  (void)client.send(std::string(300 * 1024, 'a'));
  CHECK(client.receive_reply().status == 431);
}

TEST_CASE("after the peer's FIN the requests before it are answered") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send(get_text("/delay/10") + kGetRoot));
  client.shutdown_write();
  CHECK(client.receive_reply().body == "delay_ms 10\n");
  CHECK(client.receive_reply().has("Connection: close"));
  CHECK(client.receive().empty());
}

TEST_CASE("half a request and FIN is no request") {
  auto server = start_server();
  RawClient client(server->port());
  REQUIRE(client.send("GET / HT"));
  client.shutdown_write();
  CHECK(client.receive().empty());
  CHECK(server->counters().requests == 0);
  CHECK(server->counters().malformed == 0);
}

TEST_CASE("100 Continue comes before the body is sent, in its turn") {
  auto server = start_server();
  RawClient client(server->port());
  constexpr const char* kPost =
      "POST /echo?raw=1 HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  REQUIRE(client.send(kPost));
  CHECK(client.receive_reply().status == 100);
  REQUIRE(client.send("ok"));
  CHECK(client.receive_reply().body == "ok");
  REQUIRE(client.send(get_text("/delay/10") + kPost));
  CHECK(client.receive_reply().body == "delay_ms 10\n");
  CHECK(client.receive_reply().status == 100);
  REQUIRE(client.send("on"));
  CHECK(client.receive_reply().body == "on");
}

TEST_CASE("a peer that leaves in the middle of a reply is counted") {
  auto server = start_server();
  {
    RawClient client(server->port());
    REQUIRE(client.send(get_text("/bytes/1073741824")));
    REQUIRE(client.receive().starts_with("HTTP/1.1 200"));
  }
  while (server->counters().connections_open > 0) std::this_thread::yield();
  CHECK(server->counters().aborted == 1);
}

}  // namespace
}  // namespace locust_like::target
