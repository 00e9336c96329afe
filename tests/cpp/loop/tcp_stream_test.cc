#include "loop/tcp_stream.h"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <vector>

#include "support/loopback_server.h"

using locust_like::Code;
using locust_like::loop::Address;
using locust_like::loop::Loop;
using locust_like::loop::TcpStream;
using locust_like::testing::LoopbackServer;
using locust_like::testing::Recorder;
using locust_like::testing::RunUntil;

namespace {

// A connected pair: `near` is ours, `far()` the server's end.
struct Pair {
  explicit Pair(Loop& owner, std::string_view ip = "127.0.0.1") : loop(owner), server(owner, ip) {
    near.connect(server.address());
    RunUntil(loop, [&] { return events.connects == 1 && server.peers().size() == 1; });
    REQUIRE(events.connect_status.ok());
  }
  TcpStream& far() { return *server.peers()[0]->stream; }
  Recorder& far_events() { return server.peers()[0]->events; }

  Loop& loop;
  LoopbackServer server;
  Recorder events;
  TcpStream near{loop, events};
};

Address refusing_address(Loop& loop) {
  const LoopbackServer gone(loop);
  return gone.address();
}

}  // namespace

TEST_CASE("bytes go both ways over IPv4 and IPv6, and FIN comes as on_end") {
  const std::string ip = GENERATE("127.0.0.1", "::1");
  Loop loop;
  Pair pair(loop, ip);
  CHECK(pair.near.remote_address() == pair.server.address());
  CHECK(pair.near.local_address() == pair.far().remote_address());
  CHECK(pair.near.local_address().is_ipv6() == (ip == "::1"));
  pair.near.write("ping");
  RunUntil(loop, [&] { return pair.far_events().bytes == "ping"; });
  pair.far().write("pong");
  pair.far().shutdown_write();
  RunUntil(loop, [&] { return pair.events.ended; });
  CHECK(pair.events.bytes == "pong");
  // Only one direction is closed.
  pair.near.write(" again");
  RunUntil(loop, [&] { return pair.far_events().bytes == "ping again"; });
  CHECK(pair.events.breaks == 0);
}

TEST_CASE("a small write is taken by the kernel at once") {
  Loop loop;
  Pair pair(loop);
  pair.near.write("request");
  CHECK(pair.near.queued_bytes() == 0);
  RunUntil(loop, [&] { return pair.far_events().bytes == "request"; });
  CHECK(pair.events.drains == 0);
}

TEST_CASE("writes beyond the socket buffers arrive whole and in order, then on_drained comes") {
  Loop loop;
  Pair pair(loop);
  std::string expected;
  pair.far().pause_reading();
  for (int part = 0; part < 12; ++part) {
    std::string bytes(1'000'000, static_cast<char>('a' + part));
    pair.near.write(bytes);
    expected += bytes;
    bytes.assign(bytes.size(), '!');  // the stream keeps no view of it
  }
  CHECK(pair.near.queued_bytes() > 0);
  CHECK(pair.events.drains == 0);
  pair.near.shutdown_write();
  pair.far().resume_reading();
  RunUntil(loop, [&] { return pair.far_events().ended; });
  CHECK(pair.far_events().bytes == expected);
  CHECK(pair.near.queued_bytes() == 0);
  CHECK(pair.events.drains == 1);
}

TEST_CASE("a paused stream reads nothing until it is resumed") {
  Loop loop;
  Pair pair(loop);
  pair.near.pause_reading();
  pair.far().write("later");
  int passes = 0;
  RunUntil(loop, [&] {
    loop.poll_again();
    return ++passes > 20;
  });
  CHECK(pair.events.bytes.empty());
  pair.near.resume_reading();
  RunUntil(loop, [&] { return pair.events.bytes == "later"; });
}

TEST_CASE("a refused connection says so, with the address") {
  Loop loop;
  const Address address = refusing_address(loop);
  Recorder events;
  TcpStream stream(loop, events);
  stream.connect(address);
  CHECK(events.connects == 0);
  RunUntil(loop, [&] { return events.connects == 1; });
  CHECK(events.connect_status.code() == Code::kConnect);
  CHECK(events.connect_status.message() ==
        "connect to " + address.to_string() + ": Connection refused");
  stream.write("ignored");
  CHECK(events.breaks == 0);
}

TEST_CASE("a connect that the system rejects at once is reported outside the call") {
  Loop loop;
  Recorder events;
  TcpStream stream(loop, events);
  stream.connect(Address());
  CHECK(events.connects == 0);
  RunUntil(loop, [&] { return events.connects == 1; });
  CHECK(events.connect_status.code() == Code::kConnect);
  CHECK_THAT(events.connect_status.message(), Catch::Contains("Invalid argument"));
}

TEST_CASE("a stream can be destroyed while it connects, or with writes queued") {
  Loop loop;
  LoopbackServer server(loop);
  Recorder events;
  {
    TcpStream connecting(loop, events);
    connecting.connect(server.address());
  }
  {
    Pair pair(loop);
    pair.near.write(std::string(20'000'000, 'x'));
    CHECK(pair.near.queued_bytes() > 0);
  }
  RunUntil(loop, [&] { return loop.live_cells() <= 2; });
  CHECK(events.connects == 0);
}

TEST_CASE("a reset by the peer comes once as kReset") {
  Loop loop;
  Pair pair(loop);
  pair.far().set_reset_on_close();
  pair.server.peers().clear();
  RunUntil(loop, [&] { return pair.events.breaks > 0; });
  CHECK(pair.events.broken_status.code() == Code::kReset);
  CHECK(pair.events.broken_status.message() ==
        "read from " + pair.server.address().to_string() + ": Connection reset by peer");
  pair.near.write("ignored");
  int passes = 0;
  RunUntil(loop, [&] {
    loop.poll_again();
    return ++passes > 20;
  });
  CHECK(pair.events.breaks == 1);
}

TEST_CASE("a failed write lets the peer's last bytes through first") {
  Loop loop;
  Pair pair(loop);
  pair.near.pause_reading();
  pair.far().write("413");
  pair.far().shutdown_write();
  pair.server.peers().clear();
  // Let the reply arrive before the peer's kernel answers our bytes with RST.
  pair.near.write("x");
  pair.near.resume_reading();
  pair.near.write("more");
  CHECK(pair.events.breaks == 0);
  RunUntil(loop, [&] { return pair.events.breaks > 0 || pair.events.ended; });
  CHECK(pair.events.bytes == "413");
}

TEST_CASE("an owner that gives up hears of it once, outside the call") {
  Loop loop;
  Pair pair(loop);
  pair.near.give_up({Code::kTls, "no more"});
  pair.near.give_up({Code::kTls, "again"});
  pair.near.write("ignored");
  CHECK(pair.events.breaks == 0);
  RunUntil(loop, [&] { return pair.events.breaks > 0; });
  CHECK(pair.events.broken_status.message() == "no more");
  CHECK(pair.far_events().bytes.empty());
}

TEST_CASE("a peer that closes without reading everything is noticed while writing") {
  Loop loop;
  Pair pair(loop);
  pair.far().pause_reading();
  pair.near.write(std::string(20'000'000, 'x'));
  pair.server.peers().clear();
  RunUntil(loop, [&] { return pair.events.breaks > 0; });
  CHECK(pair.events.broken_status.code() == Code::kReset);
}

TEST_CASE("the last bytes and FIN that come in one event are both seen") {
  Loop loop;
  Pair pair(loop);
  for (const std::string_view request : {"warm-up", "last"}) {
    pair.far().write(request);
    if (request == "last") pair.far().shutdown_write();
    RunUntil(loop, [&] { return pair.events.bytes.ends_with(request); });
  }
  RunUntil(loop, [&] { return pair.events.ended; });
  CHECK(pair.events.bytes == "warm-uplast");
  CHECK(pair.events.breaks == 0);
}

TEST_CASE("FIN that came while reading was paused is seen after resuming") {
  Loop loop;
  Pair pair(loop);
  pair.far().write("one");
  RunUntil(loop, [&] { return pair.events.bytes == "one"; });
  pair.near.pause_reading();
  pair.far().write(" two");
  pair.far().shutdown_write();
  int passes = 0;
  RunUntil(loop, [&] {
    loop.poll_again();
    return ++passes > 20;
  });
  CHECK_FALSE(pair.events.ended);
  pair.near.resume_reading();
  RunUntil(loop, [&] { return pair.events.ended; });
  CHECK(pair.events.bytes == "one two");
}

TEST_CASE("a reset that came while reading was paused is told after resuming") {
  Loop loop;
  Pair pair(loop);
  pair.near.pause_reading();
  pair.far().write("bytes before");
  pair.far().set_reset_on_close();
  pair.server.peers().clear();
  int passes = 0;
  RunUntil(loop, [&] {
    loop.poll_again();
    return ++passes > 20;
  });
  CHECK(pair.events.breaks == 0);
  pair.near.resume_reading();
  RunUntil(loop, [&] { return pair.events.breaks > 0; });
  CHECK(pair.events.broken_status.code() == Code::kReset);
}

TEST_CASE("more than one turn's worth of bytes arrives whole while others get their turn") {
  Loop loop;
  Pair pair(loop);
  Pair other(loop);
  // Filled first, so that one event finds more than a stream reads in one turn.
  pair.near.pause_reading();
  const std::string bytes(20'000'000, 'x');
  pair.far().write(bytes);
  RunUntil(loop, [&, passes = 0]() mutable {
    loop.poll_again();
    return ++passes > 20;
  });
  pair.near.resume_reading();
  other.far().write("me, too");
  RunUntil(loop, [&] { return other.events.bytes == "me, too"; });
  RunUntil(loop, [&] { return pair.events.bytes.size() == bytes.size(); });
  CHECK(pair.far().queued_bytes() == 0);
}

TEST_CASE("a stream may be closed inside any of its events") {
  Loop loop;
  LoopbackServer server(loop);
  struct Closer final : TcpStream::Events {
    void on_connected(locust_like::Status) override { close_in("connected"); }
    void on_bytes(std::string_view) override { close_in("bytes"); }
    void on_end() override { close_in("end"); }
    void on_broken(locust_like::Status) override {}
    void on_drained() override { close_in("drained"); }
    void close_in(std::string_view event) {
      seen += std::string(event) + " ";
      if (event == where) stream->close();
    }
    std::string where;
    std::string seen;
    TcpStream* stream = nullptr;
  } events;
  events.where = GENERATE("connected", "bytes", "end", "drained");
  TcpStream stream(loop, events);
  events.stream = &stream;
  stream.connect(server.address());
  RunUntil(loop, [&] { return server.peers().size() == 1 && !events.seen.empty(); });
  server.peers()[0]->stream->write("reply");
  if (events.where == "end") server.peers()[0]->stream->shutdown_write();
  if (events.where == "drained") stream.write(std::string(20'000'000, 'x'));
  if (events.where != "connected") {
    RunUntil(loop, [&] { return events.seen.ends_with(events.where + " "); });
  }
  RunUntil(loop,
           [&] { return server.peers()[0]->events.ended || server.peers()[0]->events.breaks; });
  CHECK(events.seen.ends_with(events.where + " "));
}

TEST_CASE("listening on a taken address fails with the system's reason") {
  Loop loop;
  LoopbackServer server(loop);
  struct Nobody final : locust_like::loop::TcpListener::Events {
    void on_accept(locust_like::loop::TcpListener&) override {}
  } nobody;
  locust_like::loop::TcpListener second(loop, nobody);
  const auto status = second.listen(server.address(), 1);
  CHECK(status.code() == Code::kConnect);
  CHECK_THAT(status.message(), Catch::Contains("Address already in use"));
}

TEST_CASE("connections that find no descriptor left are closed, and later ones are taken") {
  Loop loop;
  LoopbackServer server(loop);
  Recorder first_events;
  Recorder second_events;
  TcpStream first(loop, first_events);
  TcpStream second(loop, second_events);
  first.connect(server.address());
  // No free descriptor below the limit: connecting needs none any more, accepting does.
  constexpr int kLimit = 100;
  std::vector<int> fillers;
  do {
    fillers.push_back(dup(STDIN_FILENO));
  } while (fillers.back() >= 0 && fillers.back() < kLimit - 1);
  rlimit limit = {};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none = {.rlim_cur = kLimit, .rlim_max = limit.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  RunUntil(loop, [&] { return first_events.ended || first_events.breaks > 0; });
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  for (const int fd : fillers) close(fd);
  CHECK(server.peers().empty());
  second.connect(server.address());
  RunUntil(loop, [&] { return second_events.connects == 1 && server.peers().size() == 1; });
}

TEST_CASE("all handles are closed when the streams are gone") {
  Loop loop;
  {
    Pair pair(loop);
    CHECK(loop.live_cells() == 3);
  }
  RunUntil(loop, [&] { return loop.live_cells() == 0; });
}
