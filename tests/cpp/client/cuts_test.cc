// A server that is gone after any byte of its reply: with each framing, by FIN and by RST, plain
// and over TLS. Success is what the framing calls complete (RFC 9112 section 8), and nothing else.
#include <array>
#include <catch2/catch.hpp>
#include <iostream>
#include <optional>

#include "support/certificates.h"
#include "support/client_harness.h"
#include "support/cut_server.h"

namespace locust_like::client {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the servers' words

constexpr size_t kReplyBytes = 100;
constexpr std::string_view kBody = "the body";

struct Framed {
  std::string_view name;
  std::string reply;  // all are equally long
  bool until_close;
};

Framed framed(std::string_view name, std::string_view fields, std::string_view coded_body,
              bool until_close = false) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  head.append(fields).append("X-Fill: ");
  const std::string blank_line = "\r\n\r\n";
  head.append(kReplyBytes - head.size() - blank_line.size() - coded_body.size(), 'x');
  return {name, head.append(blank_line).append(coded_body), until_close};
}

std::array<Framed, 3> framings() {
  return {framed("Content-Length", "Content-Length: 8\r\n", kBody),
          framed("chunked", "Transfer-Encoding: chunked\r\n", "8\r\nthe body\r\n0\r\n\r\n"),
          framed("until close", "", kBody, true)};
}

// Empty: the reply counts as whole.
std::optional<Code> expected(const Framed& framing, size_t sent, CutBy by, bool tls) {
  const bool whole = sent == framing.reply.size();
  const bool in_body = sent >= framing.reply.find("\r\n\r\n") + 4;
  const bool orderly = by == CutBy::kCloseNotify || (by == CutBy::kFin && !tls);
  if (framing.until_close ? in_body && orderly : whole) return std::nullopt;
  return by == CutBy::kRst ? Code::kReset : Code::kClosedEarly;
}

class Cuts {
 public:
  explicit Cuts(bool tls)
      : tls_(tls),
        client_({.http_version = HttpVersion::k11}, {.ca_file = certificates_.ca_file()}) {
    std::shared_ptr<tls::Context> context;
    if (tls) {
      auto made = tls::Context::make_server({.certificate_file = certificates_.make({})});
      REQUIRE(made.ok());
      context = std::move(made).value();
    }
    server_ = std::make_unique<CutServer>(client_.loop(), std::move(context));
  }
  ~Cuts() {
    client_.disconnect();
    server_.reset();
  }
  Cuts(const Cuts&) = delete;
  Cuts& operator=(const Cuts&) = delete;

  void cut(const Framed& framing, size_t sent, CutBy by) {
    INFO(framing.name << ", after " << sent << " bytes, by " << (by == CutBy::kRst ? "RST" : "FIN")
                      << (tls_ ? ", TLS" : ", plain"));
    server_->sends = std::string_view(framing.reply).substr(0, sent);
    server_->ends = by;
    const Call& call = client_.get(server_->url());
    const auto failure = expected(framing, sent, by, tls_);
    CHECK(call.reply.status.code() == failure.value_or(Code::kOk));
    CHECK((call.sample.outcome == stats::Outcome::kSuccess) == !failure);
    if (sent == framing.reply.size() && !failure) CHECK(call.reply.body == kBody);
    CHECK(call.sample.exchanges == 1);
    CHECK(call.sample.retries == 0);
    client_.run_until([&] { return client_.pool().connection_count() == 0; });
    ++made_;
  }
  size_t made() const { return made_; }

 private:
  const bool tls_;
  Certificates certificates_;
  ClientHarness client_;
  std::unique_ptr<CutServer> server_;
  size_t made_ = 0;
};

TEST_CASE("a reply that is cut after any byte is complete only where its framing says so") {
  size_t made = 0;
  for (const bool tls : {false, true}) {
    Cuts cuts(tls);
    for (const Framed& framing : framings()) {
      REQUIRE(framing.reply.size() == kReplyBytes);
      for (const CutBy by : {CutBy::kFin, CutBy::kRst}) {
        for (size_t sent = 1; sent <= kReplyBytes; ++sent) cuts.cut(framing, sent, by);
      }
    }
    made += cuts.made();
  }
  std::cout << "cuts: " << kReplyBytes
            << " bytes x 3 framings x (FIN, RST) x (plain, TLS) = " << made << "\n";
  CHECK(made == kReplyBytes * 3 * 2 * 2);
}

TEST_CASE("a connection that ends before any byte of a reply is never a reply") {
  for (const bool tls : {false, true}) {
    Cuts cuts(tls);
    for (const Framed& framing : framings()) {
      for (const CutBy by : {CutBy::kFin, CutBy::kRst}) cuts.cut(framing, 0, by);
    }
  }
}

TEST_CASE("over TLS an until-close body is whole with close_notify, at every length") {
  Cuts cuts(true);
  const Framed until_close = framings().back();
  for (size_t sent = 0; sent <= kReplyBytes; ++sent) {
    cuts.cut(until_close, sent, CutBy::kCloseNotify);
  }
}

TEST_CASE("an alert inside the body is class tls") {
  Certificates certificates;
  auto context = tls::Context::make_server({.certificate_file = certificates.make({})});
  REQUIRE(context.ok());
  ClientHarness client({.http_version = HttpVersion::k11}, {.ca_file = certificates.ca_file()});
  {
    CutServer server(client.loop(), std::move(context).value());
    server.sends = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    server.ends = CutBy::kAlert;
    const Call& call = client.get(server.url());
    CHECK(call.sample.failure == Code::kTls);
    CHECK(call.sample.exchanges == 1);
    CHECK_THAT(call.reply.status.message(), Catch::Contains("alert bad record mac"));
    CHECK(client.pool().connection_count() == 0);
    client.disconnect();
  }
}

}  // namespace
}  // namespace locust_like::client
