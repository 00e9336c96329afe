#include "cluster/downstream.h"

#include <algorithm>
#include <utility>

#include "cluster/message.h"

namespace locust_like::cluster {

uint64_t AssignmentOutbox::assign(uint64_t run, std::string document) {
  run_ = run;
  document_ = std::move(document);
  is_sent_ = false;
  return ++version_;
}

void AssignmentOutbox::continue_after(uint64_t version) {
  confirmed_ = std::max(confirmed_, version);
  version_ = std::max(version_, version);
}

void AssignmentOutbox::confirm(uint64_t received_version) {
  confirmed_ = std::max(confirmed_, std::min(received_version, version_));
}

void AssignmentOutbox::start_over(uint64_t received_version) {
  is_sent_ = false;
  confirmed_ = std::min(confirmed_, received_version);
}

Sent AssignmentOutbox::send_due(Transport& transport, const PeerId& peer, uint32_t generation,
                                TimePoint now) {
  if (confirmed_ >= version_ || (is_sent_ && now - sent_at_ < kResendInterval)) return Sent::kYes;
  const Sent sent =
      transport.send(peer, encode(MasterMessage(Assign{generation, version_, run_, document_})));
  if (sent == Sent::kYes) {
    is_sent_ = true;
    sent_at_ = now;
  }
  return sent;
}

Status OrderOutbox::add(std::string_view kind, std::string_view document) {
  if (kind.size() > kMaxKindBytes || document.size() > kMaxDocumentBytes) {
    return {Code::kInvalidArgument, "send to worker: " + std::to_string(document.size()) +
                                        " bytes are more than a message may have (" +
                                        std::to_string(kMaxDocumentBytes) + ")"};
  }
  Waiting order{std::string(kind), std::string(document)};
  if (orders_.size() >= kMaxOrders || bytes_ + order.bytes() > kMaxOrderBytes) {
    return {Code::kResources, "send to worker: it has not yet taken " +
                                  std::to_string(orders_.size()) + " messages before this one"};
  }
  bytes_ += order.bytes();
  orders_.push_back(std::move(order));
  return {};
}

void OrderOutbox::continue_after(uint64_t number) { confirmed_ = std::max(confirmed_, number); }

void OrderOutbox::confirm(uint64_t received_order) {
  while (confirmed_ < received_order && !orders_.empty()) {
    bytes_ -= orders_.front().bytes();
    orders_.pop_front();
    ++confirmed_;
    if (next_ > 0) --next_;
  }
}

Sent OrderOutbox::send_due(Transport& transport, const PeerId& peer, uint32_t generation,
                           TimePoint now) {
  if (next_ > 0 && now - sent_at_ >= kResendInterval) next_ = 0;
  while (next_ < orders_.size()) {
    const Waiting& order = orders_[next_];
    const Order message{generation, confirmed_ + next_ + 1, order.kind, order.document};
    const Sent sent = transport.send(peer, encode(MasterMessage(message)));
    if (sent != Sent::kYes) return sent;
    ++next_;
    sent_at_ = now;
  }
  return Sent::kYes;
}

}  // namespace locust_like::cluster
