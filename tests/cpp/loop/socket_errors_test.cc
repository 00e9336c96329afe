#include "loop/socket_errors.h"

#include <catch2/catch.hpp>
#include <cerrno>

using locust_like::Code;
using locust_like::loop::socket_status;

// libuv's error numbers are negative errno values on every system we build on.

TEST_CASE("running out of something of ours is kResources and says how to raise the limit") {
  const auto [error, hint] = GENERATE(table<int, std::string>({
      {EMFILE, "ulimit -n"},
      {ENFILE, "fs.file-max"},
      {EADDRNOTAVAIL, "ip_local_port_range"},
      {ENOBUFS, "tcp_mem"},
      {ENOMEM, "out of memory"},
  }));
  const auto status = socket_status(Code::kConnect, "connect to 127.0.0.1:80", -error);
  CHECK(status.code() == Code::kResources);
  CHECK_THAT(status.message(),
             Catch::StartsWith("connect to 127.0.0.1:80: ") && Catch::Contains(hint));
}

TEST_CASE("other errors keep the class of what was tried, with the system's text") {
  const auto refused = socket_status(Code::kConnect, "connect to [::1]:1", -ECONNREFUSED);
  CHECK(refused.to_string() == "connect: connect to [::1]:1: Connection refused");
  CHECK(socket_status(Code::kReset, "read", -ECONNRESET).code() == Code::kReset);
  CHECK(socket_status(Code::kReset, "write", -EPIPE).code() == Code::kReset);
}

TEST_CASE("a connect that the kernel gave up is a timeout, a dead connection is a reset") {
  CHECK(socket_status(Code::kConnect, "connect", -ETIMEDOUT).code() == Code::kTimeoutConnect);
  CHECK(socket_status(Code::kReset, "read", -ETIMEDOUT).code() == Code::kReset);
}
