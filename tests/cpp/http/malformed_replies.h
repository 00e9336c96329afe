// Replies that an HTTP/1.1 client must refuse, by what is wrong with them.
#pragma once

#include <string>
#include <vector>

namespace locust_like::http {

// Status line and header fields.
inline std::vector<std::string> malformed_heads() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      "HTTP/0.9 200 OK\r\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n",
      "HTTP/3.0 200 OK\r\n\r\n",
      "HTTP/1.2 200 OK\r\n\r\n",
      "http/1.1 200 OK\r\n\r\n",
      "<html></html>\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "HTTP/1.1 99 X\r\n\r\n",
      "HTTP/1.1 000 X\r\n\r\n",
      "HTTP/1.1 600 X\r\n\r\n",
      "HTTP/1.1 1000 X\r\n\r\n",
      "HTTP/1.1 0200 X\r\n\r\n",
      "HTTP/1.1 20 X\r\n\r\n",
      "HTTP/1.1  200 X\r\n\r\n",
      "HTTP/1.1 +20 X\r\n\r\n",
      "HTTP/1.1 200 OK\nA: b\r\n\r\n",
      "HTTP/1.1 200\n\r\n",
      "HTTP/1.1 200 OK\rA: b\r\n\r\n",
      "HTTP/1.1 200 O" + std::string(1, '\0') + "K\r\n\r\n",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      ok + "A: b\n\r\n",
      ok + "A: b\r\n\n",
      ok + "\n",
      ok + "A: b\rC: d\r\n\r\n",
      ok + "A:\rb\r\n\r\n",
      ok + "A: b\r\n\rx",
      ok + "A : b\r\n\r\n",
      ok + "A\t: b\r\n\r\n",
      ok + "Content-Length : 0\r\n\r\n",
      ok + "A b: c\r\n\r\n",
      ok + ": b\r\n\r\n",
      ok + "A: b\r\n: c\r\n\r\n",
      ok + " A: b\r\n\r\n",
      ok + "no colon\r\n\r\n",
      ok + "nocolon\r\n\r\n",
      ok + "A\xe4: b\r\n\r\n",
      ok + "A: b" + std::string(1, '\0') + "\r\n\r\n",
      ok + "A: b\x01\r\n\r\n",
  };
}

// Fields that leave the length of the body in doubt.
inline std::vector<std::string> malformed_framing() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      ok + "Content-Length: 1, 1\r\n\r\na",
      ok + "Content-Length: -1\r\n\r\n",
      ok + "Content-Length: +1\r\n\r\na",
      ok + "Content-Length: 0x1\r\n\r\na",
      ok + "Content-Length: a\r\n\r\na",
      ok + "Content-Length:\r\n\r\n",
      ok + "Content-Length: 18446744073709551616\r\n\r\n",
      ok + "Content-Length: 1 1\r\n\r\na",
      ok + "Content-Length: 1\r\n 1\r\n\r\na",
      ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      ok + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
      ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
      ok + "Transfer-Encoding: chunked, gzip\r\n\r\n",
      ok + "Transfer-Encoding: identity\r\n\r\n",
      ok + "Transfer-Encoding: xchunked\r\n\r\n",
  };
}

// Chunked bodies.
inline std::vector<std::string> malformed_chunks() {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  return {
      chunked + "10000000000000000\r\n",
      chunked + "-1\r\na\r\n",
      chunked + "+1\r\na\r\n",
      chunked + "\r\n",
      chunked + "g\r\n",
      chunked + " 1\r\na\r\n",
      chunked + "1 \r\na\r\n",
      chunked + "1\na\r\n",
      chunked + "1\rxa\r\n",
      chunked + "1\r\nab",
      chunked + "1\r\na\n",
      chunked + "1\r\na\rx",
      chunked + "1;a\nb\r\n",
      chunked + "0\r\n: x\r\n\r\n",
      chunked + "0\r\nA: x\n\r\n",
      chunked + "0\r\nA b: x\r\n\r\n",
      chunked + "0\r\n\rx",
      chunked + "0\r\nA: x\r\n y\r\n\r\n",
      chunked + "0x1\r\na\r\n",
  };
}

}  // namespace locust_like::http
