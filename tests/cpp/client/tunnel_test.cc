#include "client/tunnel.h"

#include <catch2/catch.hpp>

namespace locust_like::client {
namespace {

const TunnelEnd kEnd{.host = "example.test", .port = 443, .address = {}};

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

// Gives `reply` byte by byte, as a dripping proxy does; what is left of it comes back.
Result<bool> drip(Tunnel& tunnel, std::string_view reply, std::string& out) {
  Result<bool> open = false;
  while (!reply.empty() && open.ok() && !open.value()) {
    std::string_view one = reply.substr(0, 1);
    open = tunnel.receive(one, out);
    reply.remove_prefix(1);
  }
  return open;
}

std::string first_words(Tunnel& tunnel) {
  std::string out;
  tunnel.start(out);
  return out;
}

TEST_CASE("CONNECT names the server, and the proxy's credentials") {
  CHECK(first_words(*make_connect_tunnel(kEnd, "Basic eA==")) ==
        "CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n"
        "Proxy-Authorization: Basic eA==\r\n\r\n");
  const TunnelEnd end{.host = "::1", .port = 8443, .address = {}};
  CHECK(first_words(*make_connect_tunnel(end, "")) ==
        "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");
}

TEST_CASE("CONNECT is through after any 2xx, whatever its fields say of a body") {
  auto tunnel = make_connect_tunnel(kEnd, "");
  std::string_view reply =
      "HTTP/1.1 103 Early\r\n\r\nHTTP/1.0 204 Fine\r\nContent-Length: 9\r\n\r\nrest";
  std::string out;
  CHECK(tunnel->receive(reply, out).value());
  CHECK(reply == "rest");
  CHECK(out.empty());
}

TEST_CASE("CONNECT that the proxy refuses says how") {
  const auto [reply, reason] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9999\r\n\r\nbody",
       "407 Proxy"},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "502 Bad Gateway"},
      {"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", "301 Moved"},
      {"SSH-2.0-OpenSSH\r\n\r\n", "proxy refuses CONNECT example.test:443"},
      {"HTTP/1.1 200\nX\n\n", "proxy refuses CONNECT example.test:443"},
  }));
  auto tunnel = make_connect_tunnel(kEnd, "");
  std::string out;
  const Status status = drip(*tunnel, reply, out).status();
  INFO(reply << status.message());
  CHECK(status.code() == Code::kProxy);
  CHECK(status.message().find(reason) != std::string::npos);
}

TEST_CASE("CONNECT does not skip interim replies for ever") {
  auto tunnel = make_connect_tunnel(kEnd, "");
  std::string many;
  for (int i = 0; i < 33; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  std::string_view reply = many;
  std::string out;
  CHECK(tunnel->receive(reply, out).status().code() == Code::kProxy);
}

TEST_CASE("SOCKS5 without credentials gives the proxy the name") {
  const Proxy proxy = parse_proxy("socks5h://proxy.test").value();
  auto tunnel = make_socks5_tunnel(kEnd, proxy);
  CHECK(first_words(*tunnel) == bytes({5, 1, 0}));
  std::string out;
  CHECK_FALSE(drip(*tunnel, bytes({5, 0}), out).value());
  CHECK(out == bytes({5, 1, 0, 3, 12}) + "example.test" + bytes({1, 0xbb}));
  CHECK(drip(*tunnel, bytes({5, 0, 0, 1, 127, 0, 0, 1, 0, 80}), out).value());
}

TEST_CASE("SOCKS5 gives the proxy an address that was looked up, of either family") {
  const Proxy proxy = parse_proxy("socks5://proxy.test").value();
  const auto [ip, asked] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1", bytes({5, 1, 0, 1, 127, 0, 0, 1, 1, 0xbb})},
      {"::1", bytes({5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xbb})},
  }));
  const TunnelEnd end{.host = "x", .port = 443, .address = loop::Address::parse(ip, 443).value()};
  auto tunnel = make_socks5_tunnel(end, proxy);
  std::string out;
  CHECK_FALSE(drip(*tunnel, bytes({5, 0}), out).value());
  CHECK(out == asked);
}

TEST_CASE("SOCKS5 logs in where the proxy demands it, and takes no byte of the server") {
  const Proxy proxy = parse_proxy("socks5h://me:secret@proxy.test").value();
  auto tunnel = make_socks5_tunnel(kEnd, proxy);
  CHECK(first_words(*tunnel) == bytes({5, 2, 0, 2}));
  std::string out;
  CHECK_FALSE(drip(*tunnel, bytes({5, 2}), out).value());
  CHECK(out == bytes({1, 2}) + "me" + bytes({6}) + "secret");
  out.clear();
  CHECK_FALSE(drip(*tunnel, bytes({1, 0}), out).value());
  CHECK(out.starts_with(bytes({5, 1, 0, 3})));
  const std::string reply = bytes({5, 0, 0, 3, 2}) + "ab" + bytes({0, 80}) + "of the server";
  std::string_view rest = reply;
  CHECK(tunnel->receive(rest, out).value());
  CHECK(rest == "of the server");
}

TEST_CASE("SOCKS5 that refuses says why") {
  const auto [url, replies, reason] = GENERATE(table<std::string, std::string, std::string>({
      {"socks5h://p", bytes({5, 0xff}), "demands a user"},
      {"socks5h://p", bytes({5, 2}), "demands a user"},
      {"socks5h://u:p@p", bytes({5, 0xff}), "takes no user"},
      {"socks5h://u:p@p", bytes({5, 2, 1, 1}), "user or password refused"},
      {"socks5h://p", bytes({4, 0}), "does not speak SOCKS5"},
      {"socks5h://p", "HTTP/1.1 400 Bad Request", "does not speak SOCKS5"},
      {"socks5h://p", bytes({5, 0, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0}), "connection refused (5)"},
      {"socks5h://p", bytes({5, 0, 5, 4, 0, 1, 0, 0, 0, 0, 0, 0}), "host unreachable (4)"},
      {"socks5h://p", bytes({5, 0, 5, 99, 0, 1, 0, 0, 0, 0, 0, 0}), "unknown reply (99)"},
      {"socks5h://p", bytes({5, 0, 5, 0, 0, 9, 0}), "unknown type of address"},
      {"socks5h://p", bytes({5, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0}), "another version"},
  }));
  const Proxy proxy = parse_proxy(url).value();
  auto tunnel = make_socks5_tunnel(kEnd, proxy);
  std::string out;
  const Status status = drip(*tunnel, replies, out).status();
  INFO(status.message());
  CHECK(status.code() == Code::kProxy);
  CHECK(status.message().find(reason) != std::string::npos);
}

}  // namespace
}  // namespace locust_like::client
