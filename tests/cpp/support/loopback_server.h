// Both ends of loopback connections on one Loop, and a way to run the loop up to a condition.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loop/tcp_listener.h"

namespace locust_like::testing {

// Runs `loop` until `done()` holds, which is asked after each poll; fails the test after 10 s, so
// that a broken expectation is a failure and not a hang. The loop keeps living.
class RunUntil final : private loop::PassHooks, private loop::Timer {
 public:
  RunUntil(loop::Loop& loop, std::function<bool()> done) : loop_(loop), done_(std::move(done)) {
    loop_.set_hooks(this);
    loop_.wheel().schedule(*this, steady_now() + std::chrono::seconds(10));
    // The handles of the streams under test stay open, so the loop is left by force.
    while (!finished_) loop_.run_once();
    loop_.set_hooks(nullptr);
    if (late_) FAIL("the condition did not come true within 10 s");
  }

 private:
  void before_poll() override { after_poll(); }
  void after_poll() override {
    if (!finished_ && done_()) {
      finished_ = true;
      loop_.poll_again();
    }
  }
  void on_timer() override { finished_ = late_ = true; }

  loop::Loop& loop_;
  std::function<bool()> done_;
  bool finished_ = false;
  bool late_ = false;
};

// Remembers what happened to a stream.
struct Recorder final : loop::TcpStream::Events {
  void on_connected(Status status) override {
    ++connects;
    connect_status = std::move(status);
  }
  void on_bytes(std::string_view view) override { bytes += view; }
  void on_end() override { ended = true; }
  void on_broken(Status status) override {
    ++breaks;
    broken_status = std::move(status);
    bytes_before_break = bytes.size();
  }
  void on_drained() override { ++drains; }

  int connects = 0;
  int breaks = 0;
  int drains = 0;
  bool ended = false;
  std::string bytes;
  size_t bytes_before_break = 0;
  Status connect_status;
  Status broken_status;
};

// A listener that takes every connection and remembers what it brought.
class LoopbackServer final : private loop::TcpListener::Events {
 public:
  struct Peer {
    Recorder events;
    std::unique_ptr<loop::TcpStream> stream;
  };

  explicit LoopbackServer(loop::Loop& loop, std::string_view ip = "127.0.0.1")
      : listener_(loop, *this) {
    const auto address = loop::Address::parse(ip, 0);
    REQUIRE(address.ok());
    const Status listening = listener_.listen(address.value(), 128);
    INFO(listening.to_string());
    REQUIRE(listening.ok());
  }

  loop::Address address() const { return listener_.local_address(); }
  std::vector<std::unique_ptr<Peer>>& peers() { return peers_; }

 private:
  void on_accept(loop::TcpListener& listener) override {
    auto peer = std::make_unique<Peer>();
    peer->stream = listener.accept(peer->events);
    if (peer->stream != nullptr) peers_.push_back(std::move(peer));
  }

  loop::TcpListener listener_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

}  // namespace locust_like::testing
