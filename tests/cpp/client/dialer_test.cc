#include "client/dialer.h"

#include <catch2/catch.hpp>
#include <string>

#include "support/loopback_server.h"
#include "support/scripted_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the script's words

// Dials, and keeps what comes of it.
class Dialing final : private Dialer::Owner {
 public:
  explicit Dialing(const loop::Addresses& addresses, const SourceAddresses* sources = nullptr)
      : dialer_(loop_, addresses, sources, *this) {
    dialer_.start();
    RunUntil(loop_, [this] { return ended; });
    dialer_.close();
    if (stream) stream->close();
  }
  ~Dialing() {
    stream.reset();
    RunUntil(loop_, [this] { return loop_.live_cells() == 0; });
  }
  Dialing(const Dialing&) = delete;
  Dialing& operator=(const Dialing&) = delete;

  bool ended = false;
  std::unique_ptr<loop::TcpStream> stream;
  loop::Address to, from;
  Status status;

 private:
  void on_dialed(std::unique_ptr<loop::TcpStream> won, const loop::Address& address) override {
    CHECK_FALSE(std::exchange(ended, true));
    to = address;
    from = won->local_address();
    stream = std::move(won);
  }
  void on_dial_failed(const Status& failure) override {
    CHECK_FALSE(std::exchange(ended, true));
    status = failure;
  }

  loop::Loop loop_;
  Dialer dialer_;
};

// An address that swallows everything: a listener whose queue is full drops what comes.
struct BlackHole {
  BlackHole() : listener(listen_on_loopback(0)), filler(socket(AF_INET, SOCK_STREAM, 0)) {
    address = loop::Address::parse("127.0.0.1", port_of(listener)).value();
    REQUIRE(connect(filler, address.get(), sizeof(sockaddr_in)) == 0);
  }
  ~BlackHole() {
    ::close(filler);
    ::close(listener);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

  const int listener, filler;
  loop::Address address;
};

loop::Address address_of(const ScriptedServer& server) {
  return loop::Address::parse("127.0.0.1", server.port()).value();
}

loop::Addresses parsed(const std::vector<std::string>& texts) {
  loop::Addresses addresses;
  for (const auto& text : texts) addresses.push_back(loop::Address::parse(text, 1).value());
  return addresses;
}

TEST_CASE("families take turns, the first one begins") {
  CHECK(interleaved(parsed({"::1", "::2", "::3", "127.0.0.1"})) ==
        parsed({"::1", "127.0.0.1", "::2", "::3"}));
  CHECK(interleaved(parsed({"127.0.0.1", "::1"})) == parsed({"127.0.0.1", "::1"}));
  CHECK(interleaved({}).empty());
}

TEST_CASE("an address that swallows everything does not hold up the next one") {
  const BlackHole hole;
  ScriptedServer server({accept_one(), await_end()});
  const Dialing dialing({hole.address, address_of(server)});
  CHECK(dialing.to == address_of(server));
}

TEST_CASE("an address that refuses is followed by the next one at once") {
  ScriptedServer server({accept_one(), await_end()});
  const auto closed = loop::Address::parse("127.0.0.1", 1).value();
  const Dialing dialing({closed, closed, address_of(server)});
  CHECK(dialing.to == address_of(server));
}

TEST_CASE("when all addresses fail, the last one says why") {
  const auto closed = loop::Address::parse("127.0.0.1", 1).value();
  const Dialing dialing({closed, closed});
  CHECK(dialing.status.code() == Code::kConnect);
  CHECK(dialing.status.message().find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("connections start from the source addresses in turn") {
  const SourceAddresses sources(parsed({"127.0.0.2", "127.0.0.3"}));
  ScriptedServer server({accept_one(), accept_one(), accept_one()});
  std::string seen;
  for (int i = 0; i < 3; ++i) {
    const Dialing dialing({address_of(server)}, &sources);
    CHECK(dialing.status.to_string() == "ok");
    seen.append(dialing.from.to_string().substr(0, 9)).append(" ");
  }
  CHECK(seen == "127.0.0.2 127.0.0.3 127.0.0.2 ");
}

TEST_CASE("targets that no source address can reach are left out") {
  const SourceAddresses sources(parsed({"127.0.0.2"}));
  CHECK(sources.reachable(parsed({"::1", "127.0.0.1"})).value() == parsed({"127.0.0.1"}));
  const Status none = sources.reachable(parsed({"::1"})).status();
  CHECK(none.code() == Code::kConnect);
  CHECK(none.message().find("no source address is IPv6") != std::string::npos);
}

}  // namespace
}  // namespace locust_like::client
