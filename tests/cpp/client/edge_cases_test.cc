// Edge cases over real sockets that are no single reply: what tests/edge_cases.toml names.
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "client/call.h"
#include "support/client_harness.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words
using namespace std::chrono_literals;

TEST_CASE("a network that is unreachable is class connect") {
  ClientHarness client;
  const Call& call = client.get("http://224.0.0.1:9/");  // Linux has no TCP to a multicast group
  CHECK(call.sample.failure == Code::kConnect);
  CHECK(call.sample.never_sent == 1);
  CHECK_THAT(call.reply.status.message(), Catch::Contains("Network is unreachable"));
}

TEST_CASE("a call to an IPv6 literal") {
  ClientHarness client;
  LoopbackServer server(client.loop(), "::1");
  Call& call = client.make("http://" + server.address().to_string() + "/");
  client.start(call);
  auto& peers = server.peers();
  client.run_until([&] { return !peers.empty() && peers[0]->events.bytes.ends_with("\r\n\r\n"); });
  const std::string host = "\r\nHost: " + server.address().to_string() + "\r\n";
  CHECK_THAT(peers[0]->events.bytes, Catch::Contains(host));
  peers[0]->stream->write(reply_of("six"));
  client.finish(call);
  CHECK(call.reply.body == "six");
  client.disconnect();
  peers.clear();
}

TEST_CASE("a URL of a megabyte is sent") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("long"))});
  ClientHarness client;
  const std::string path = "/" + std::string(1'000'000, 'x');
  CHECK(client.get(server.url(path)).reply.body == "long");
  CHECK(server.requests().at(0).starts_with("GET " + path + " HTTP/1.1\r\n"));
}

TEST_CASE("a reply and FIN before the upload is done are the result") {
  ScriptedServer server(
      {accept_one(), read_some(), send_bytes(reply_of("no", "", "413 Too Large")), end()});
  ClientHarness client;
  std::string body;
  body.assign(30'000'000, 'x');
  const Call& call = client.post(server.url(), std::move(body));
  CHECK(call.reply.status.ok());
  CHECK(call.sample.status == 413);
  CHECK(call.reply.body == "no");
  CHECK(call.sample.retries == 0);
  CHECK(client.pool().connection_count() == 0);
}

TEST_CASE("a reply that was sent before its request is one row") {
  ScriptedServer server({accept_one(), send_bytes(reply_of("early")), read_request(), await_end()});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.reply.body == "early");
  CHECK(call.sample.exchanges == 1);
}

TEST_CASE("a header without end is refused at the limit, and reading stops") {
  std::string header = "HTTP/1.1 200 OK\r\n";
  while (header.size() < 32'000'000) header += "A: " + std::string(1000, 'a') + "\r\n";
  ScriptedServer server({accept_one(), read_request(), send_bytes(header)});
  ClientHarness client;
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kTooLarge);
  CHECK(call.sample.status == 0);
  CHECK(call.sample.received_bytes < 2'000'000);
  CHECK(client.pool().connection_count() == 0);
  CHECK_FALSE(server.wait_finished());  // the client had gone before all was sent
}

TEST_CASE("a call whose reply had begun is not retried") {
  const bool by_reset = GENERATE(false, true);
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         send_bytes("H"), by_reset ? reset() : end()});
  ClientHarness client;
  client.get(server.url());
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == (by_reset ? Code::kReset : Code::kClosedEarly));
  CHECK(call.sample.retries == 0);
}

TEST_CASE("a retry that is lost is a failure") {
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("1")), read_request(),
                         end(), accept_one(), read_request(), end()});
  ClientHarness client;
  client.get(server.url());
  const Call& call = client.get(server.url());
  CHECK(call.sample.failure == Code::kClosedEarly);
  CHECK(call.sample.retries == 1);
  CHECK(call.sample.exchanges == 2);
}

TEST_CASE("a slow look-up delays no other call") {
  // A name server that never answers.
  const int silent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  {
    std::vector<Step> steps = {accept_one()};
    for (int i = 0; i < 100; ++i) {
      steps.insert(steps.end(), {read_request(), send_bytes(reply_of("ok"))});
    }
    ScriptedServer server(steps);
    ClientHarness client({}, {}, {.servers = {"127.0.0.1:" + std::to_string(port_of(silent))}});
    std::vector<Call*> waiting;
    for (int i = 0; i < 100; ++i) {
      waiting.push_back(&client.make("http://slow" + std::to_string(i) + ".example/"));
      client.start(*waiting.back());
    }
    for (int i = 0; i < 100; ++i) CHECK(client.get(server.url()).reply.body == "ok");
    for (const Call* call : waiting) CHECK_FALSE(client.ended(*call));
  }
  ::close(silent);
}

// Lets this process open no more descriptors for as long as it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit none = {.rlim_cur = 0, .rlim_max = before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_ = {};
};

TEST_CASE("without descriptors a call fails in class resources, and works once there are some") {
  ClientHarness client;
  {
    const NoDescriptors limit;
    const Call& call = client.get("http://127.0.0.1:9/");
    CHECK(call.sample.failure == Code::kResources);
    CHECK(call.sample.never_sent == 1);
    CHECK_THAT(call.reply.status.message(), Catch::Contains("ulimit -n"));
  }
  ScriptedServer server({accept_one(), read_request(), send_bytes(reply_of("again"))});
  CHECK(client.get(server.url()).reply.body == "again");
}

}  // namespace
}  // namespace locust_like::client
