#include "cluster/downstream.h"

#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "cluster/message.h"
#include "support/fake_transport.h"

namespace locust_like::cluster {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};

class Wire final : public testing::FakeTransport {
 public:
  Sent send(const PeerId& /*peer*/, std::string_view bytes) override {
    return is_gone ? Sent::kGone : put(sent, bytes, most);
  }
  // Documents of what was sent.
  std::vector<std::string> take() {
    std::vector<std::string> documents;
    for (const std::string& bytes : sent) {
      const MasterMessage message = decode_from_master(bytes).value();
      if (const auto* assign = std::get_if<Assign>(&message)) {
        documents.emplace_back(assign->document);
      } else {
        documents.emplace_back(std::get<Order>(message).document);
      }
    }
    sent.clear();
    return documents;
  }
  std::deque<std::string> sent;
  size_t most = 1000;
  bool is_gone = false;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("only the newest assignment is sent, once") {
  AssignmentOutbox outbox;
  Wire wire;
  CHECK(outbox.send_due(wire, "w", 1, kStart) == Sent::kYes);
  CHECK(wire.take().empty());
  CHECK(outbox.assign(7, "old") == 1);
  CHECK(outbox.assign(7, "new") == 2);
  outbox.send_due(wire, "w", 1, kStart);
  CHECK(wire.take() == Texts{"new"});
  outbox.send_due(wire, "w", 1, kStart);
  CHECK(wire.take().empty());
}

TEST_CASE("an assignment is sent again until it is confirmed") {
  AssignmentOutbox outbox;
  Wire wire;
  outbox.assign(7, "document");
  outbox.send_due(wire, "w", 1, kStart);
  wire.take();
  outbox.send_due(wire, "w", 1, kStart + kResendInterval);
  CHECK(wire.take() == Texts{"document"});
  outbox.start_over(0);
  outbox.send_due(wire, "w", 2, kStart + kResendInterval);
  CHECK(wire.take() == Texts{"document"});
  outbox.confirm(1);
  outbox.start_over(1);
  outbox.send_due(wire, "w", 3, kStart + 2 * kResendInterval);
  CHECK(wire.take().empty());
  outbox.start_over(0);  // the worker gave it up
  outbox.send_due(wire, "w", 4, kStart + 2 * kResendInterval);
  CHECK(wire.take() == Texts{"document"});
}

TEST_CASE("an assignment waits while the peer takes nothing") {
  AssignmentOutbox outbox;
  Wire wire;
  wire.most = 0;
  outbox.assign(7, "document");
  CHECK(outbox.send_due(wire, "w", 1, kStart) == Sent::kFull);
  wire.is_gone = true;
  CHECK(outbox.send_due(wire, "w", 1, kStart) == Sent::kGone);
  wire.is_gone = false;
  wire.most = 1;
  CHECK(outbox.send_due(wire, "w", 1, kStart) == Sent::kYes);
  CHECK(wire.take() == Texts{"document"});
}

TEST_CASE("versions go on above what a worker has from before it was forgotten") {
  AssignmentOutbox outbox;
  outbox.continue_after(40);
  CHECK(outbox.assign(7, "document") == 41);
  outbox.confirm(1000);  // of what was never sent: not more than there is
  Wire wire;
  CHECK(outbox.assign(7, "next") == 42);
  outbox.send_due(wire, "w", 1, kStart);
  CHECK(wire.take() == Texts{"next"});
}

TEST_CASE("orders go out in order, and again after what was confirmed") {
  OrderOutbox outbox;
  Wire wire;
  for (const char* text : {"a", "b", "c"}) REQUIRE(outbox.add("kind", text).ok());
  outbox.send_due(wire, "w", 1, kStart);
  CHECK(wire.take() == Texts{"a", "b", "c"});
  outbox.confirm(1);
  outbox.start_over();
  outbox.send_due(wire, "w", 2, kStart);
  CHECK(wire.take() == Texts{"b", "c"});
  outbox.send_due(wire, "w", 2, kStart + kResendInterval);
  CHECK(wire.take() == Texts{"b", "c"});
  outbox.confirm(3);
  CHECK(outbox.empty());
  outbox.confirm(9);
  REQUIRE(outbox.add("kind", "d").ok());
  outbox.send_due(wire, "w", 2, kStart + kResendInterval);
  CHECK(std::get<Order>(decode_from_master(wire.sent.at(0)).value()).number == 4);
}

TEST_CASE("orders are bounded in size, number and memory") {
  OrderOutbox outbox;
  const std::string big(kMaxDocumentBytes, 'x');
  CHECK(outbox.add("kind", big + "x").code() == Code::kInvalidArgument);
  CHECK(outbox.add(std::string(kMaxKindBytes + 1, 'k'), "").code() == Code::kInvalidArgument);
  Status full;
  size_t taken = 0;
  for (; full.ok(); ++taken) full = outbox.add("kind", big);
  CHECK(full.code() == Code::kResources);
  CHECK(taken == kMaxOrderBytes / kMaxDocumentBytes);
  OrderOutbox many;
  for (size_t i = 0; i < kMaxOrders; ++i) REQUIRE(many.add("kind", "x").ok());
  CHECK(many.add("kind", "x").code() == Code::kResources);
  many.confirm(1);
  CHECK(many.add("kind", "x").ok());
}

}  // namespace locust_like::cluster
