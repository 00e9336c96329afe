// RawClient: a blocking socket that sends exactly the bytes a test says and reads whole replies.
// Threads of a test may use one each: Catch hears of it only when something fails.
// Waits at most 20 s for anything, so that a server that hangs is a failure and not a hang.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "http/body_reader.h"
#include "target/server.h"

namespace locust_like::target {

struct Reply {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  bool has(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

class RawClient {
 public:
  explicit RawClient(uint16_t port, int receive_buffer_bytes = 0)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit = {.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer_bytes > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) FAIL("connect");
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the peer has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }

  // What came next; empty at the end of the connection.
  std::string receive() {
    std::string bytes = std::exchange(held_, {});
    if (!bytes.empty()) return bytes;
    bytes.resize(65'536);
    ssize_t count = recv(fd_, bytes.data(), bytes.size(), 0);
    if (count < 0) FAIL("nothing came from the server");
    bytes.resize(static_cast<size_t>(count));
    return bytes;
  }

  std::string receive_to_end() {
    std::string all;
    for (std::string bytes = receive(); !bytes.empty(); bytes = receive()) all += bytes;
    return all;
  }

  Reply receive_reply(bool head_only = false) {
    Reply reply;
    while (reply.head.find("\r\n\r\n") == std::string::npos) {
      std::string bytes = receive();
      if (bytes.empty()) FAIL("the connection ended inside a reply head: " + reply.head);
      reply.head += bytes;
    }
    size_t end = reply.head.find("\r\n\r\n") + 4;
    held_ = reply.head.substr(end);
    reply.head.resize(end);
    reply.status = std::stoi(reply.head.substr(9, 3));
    bool empty = head_only || reply.status == 100 || reply.status == 204 || reply.status == 304;
    if (!empty) receive_body(reply);
    return reply;
  }

  Reply get(std::string_view target) {
    const std::string head = "GET " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n\r\n";
    if (!send(head)) FAIL("the server has closed");
    return receive_reply();
  }

 private:
  void receive_body(Reply& reply) {
    http::BodyReader reader;
    if (reply.has("Transfer-Encoding: chunked")) {
      reader.start_chunked();
    } else {
      size_t at = reply.head.find("Content-Length: ");
      if (at == std::string::npos) FAIL("no Content-Length: " + reply.head);
      reader.start_length(std::stoull(reply.head.substr(at + 16)));
    }
    std::string bytes = std::exchange(held_, {});
    std::string_view rest = bytes;
    for (;;) {
      std::string_view piece;
      http::BodyReader::Step step = reader.next(rest, piece);
      if (step == http::BodyReader::Step::kComplete) break;
      if (step == http::BodyReader::Step::kPiece) {
        reply.body += piece;
        continue;
      }
      if (step != http::BodyReader::Step::kNeedMore) FAIL(reader.problem());
      bytes = receive();
      if (bytes.empty()) FAIL("the connection ended inside a body");
      rest = bytes;
    }
    held_ = rest;
  }

  int fd_;
  std::string held_;  // received behind the last reply
};

inline std::unique_ptr<Server> start_server(const Options& options = {}) {
  Result<std::unique_ptr<Server>> started = Server::start(options);
  if (!started.ok()) FAIL(started.status().to_string());
  return std::move(started).value();
}

}  // namespace locust_like::target
