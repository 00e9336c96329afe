// ScriptedServer: a server that does exactly what a list of steps says, wrong things too.
//
// One thread with blocking sockets runs the steps in order; accept() makes the connection that the
// following steps talk to, earlier ones stay open until the server goes. It waits at most 10 s for
// anything, and its destructor wakes it, so a broken expectation is a failure and not a hang.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace locust_like::testing {

inline int listen_on_loopback(int backlog) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(fd, backlog) == 0);
  return fd;
}

inline uint16_t port_of(int fd) {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

struct Step {
  enum class Kind { kAccept, kReadRequest, kReadSome, kSend, kEnd, kReset, kAwaitEnd, kUse };
  Kind kind;
  std::string bytes = {};
  size_t number = 0;  // kSend: bytes of one piece, zero: all; kUse: which connection
};

inline Step accept_one() { return {Step::Kind::kAccept}; }
inline Step read_request() { return {Step::Kind::kReadRequest}; }
inline Step read_some() { return {Step::Kind::kReadSome}; }  // whatever one recv() gives
inline Step send_bytes(std::string bytes, size_t piece_bytes = 0) {
  return {Step::Kind::kSend, std::move(bytes), piece_bytes};
}
// Goes back to an earlier connection; the first accepted one is 0.
inline Step use_connection(size_t index) { return {Step::Kind::kUse, {}, index}; }
inline Step end() { return {Step::Kind::kEnd}; }             // FIN
inline Step reset() { return {Step::Kind::kReset}; }         // RST
inline Step await_end() { return {Step::Kind::kAwaitEnd}; }  // until the client has closed

// A reply with Content-Length; `fields` are further lines.
inline std::string reply_of(std::string_view body, std::string_view fields = "",
                            std::string_view status = "200 OK") {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Length: ").append(std::to_string(body.size()));
  return text.append("\r\n").append(fields).append("\r\n").append(body);
}

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Step> steps)
      : steps_(std::move(steps)), listener_(listen_on_loopback(16)), port_(port_of(listener_)) {
    set_limit(listener_);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    {
      MutexLock lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    if (thread_.joinable()) thread_.join();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  // Steps that are done; all of them once the script has run to its end.
  size_t done() const { return done_; }
  bool finished() const { return done_ == steps_.size(); }
  // Blocks until the script ends; true when it ran to its last step.
  bool wait_finished() {
    thread_.join();
    return finished();
  }
  std::vector<std::string> requests() {
    MutexLock lock(mutex_);
    return requests_;
  }

 private:
  static void set_limit(int fd) {
    const timeval limit = {.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  void run() {
    for (const Step& step : steps_) {
      if (stopping_ || !play(step)) return;
      ++done_;
    }
  }

  bool play(const Step& step) {
    switch (step.kind) {
      case Step::Kind::kAccept:
        return accept_connection();
      case Step::Kind::kReadRequest:
        return read_whole_request();
      case Step::Kind::kReadSome:
        return receive();
      case Step::Kind::kSend:
        return send(step);
      case Step::Kind::kEnd:
        return ::shutdown(current_, SHUT_WR) == 0;
      case Step::Kind::kReset:
        return reset_connection();
      case Step::Kind::kAwaitEnd:
        while (receive()) held_.clear();
        return !stopping_;
      case Step::Kind::kUse: {
        MutexLock lock(mutex_);
        current_ = open_.at(step.number);
        return true;
      }
    }
    return false;
  }

  bool accept_connection() {
    current_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (current_ < 0) return false;
    const int on = 1;
    setsockopt(current_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    set_limit(current_);
    held_.clear();
    MutexLock lock(mutex_);
    open_.push_back(current_);
    return true;
  }

  bool reset_connection() {
    const linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(current_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    MutexLock lock(mutex_);
    std::erase(open_, current_);
    return ::close(std::exchange(current_, -1)) == 0;
  }

  bool receive() {
    char buffer[65536];
    const ssize_t count = recv(current_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    held_.append(buffer, static_cast<size_t>(count));
    return true;
  }

  bool read_whole_request() {
    size_t head_end = std::string::npos;
    while ((head_end = held_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return false;
    }
    size_t body_bytes = 0;
    constexpr std::string_view kField = "\r\nContent-Length: ";
    const size_t field = held_.find(kField);
    if (field < head_end) {
      std::from_chars(held_.data() + field + kField.size(), held_.data() + head_end, body_bytes);
    }
    const size_t whole = head_end + 4 + body_bytes;
    while (held_.size() < whole) {
      if (!receive()) return false;
    }
    MutexLock lock(mutex_);
    requests_.push_back(held_.substr(0, whole));
    held_.erase(0, whole);
    return true;
  }

  bool send(const Step& step) {
    std::string_view rest = step.bytes;
    while (!rest.empty()) {
      const size_t most = step.number == 0 ? rest.size() : step.number;
      const ssize_t sent = ::send(current_, rest.data(), std::min(most, rest.size()), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      rest.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  const std::vector<Step> steps_;
  const int listener_;
  const uint16_t port_;
  std::atomic<size_t> done_{0};
  std::atomic<bool> stopping_{false};
  int current_ = -1;  // the script's thread only
  std::string held_;  // likewise: received, not yet part of a request
  Mutex mutex_;
  std::vector<int> open_ LL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ LL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// A port whose SYNs are dropped: its queue of connections that nobody accepts is full.
class FullListener {
 public:
  FullListener() : listener_(listen_on_loopback(0)), port_(port_of(listener_)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int& fd : fillers_) {
      fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
  }
  ~FullListener() {
    for (const int fd : fillers_) ::close(fd);
    ::close(listener_);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  const int listener_;
  const uint16_t port_;
  int fillers_[4] = {-1, -1, -1, -1};
};

}  // namespace locust_like::testing
