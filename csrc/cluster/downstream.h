// What a master wants one worker to have: the newest assignment, and orders one by one.
//
// An assignment is state: absolute, versioned, only the newest counts, so a lost or late one does
// no harm. Orders are messages: each arrives once, in order. Both are sent at once, again after
// each admission, and again when a confirmation stays away for kResendInterval. Thread: values, not
// thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "cluster/transport.h"

namespace locust_like::cluster {

class AssignmentOutbox {
 public:
  // Replaces what was wanted before. Returns its version.
  uint64_t assign(uint64_t run, std::string document);
  // The worker has this version already, from before we knew it: go on above it.
  void continue_after(uint64_t version);
  void confirm(uint64_t received_version);
  // A new admission, of a worker that says what it has: what was sent may be lost, and what it once
  // had it may have given up.
  void start_over(uint64_t received_version);
  // Sends what is due.
  Sent send_due(Transport& transport, const PeerId& peer, uint32_t generation, TimePoint now);

  uint64_t version() const { return version_; }

 private:
  friend class Fingerprint;  // of tests, to tell states apart

  uint64_t version_ = 0;  // of the newest; 0 = none yet
  uint64_t confirmed_ = 0;
  uint64_t run_ = 0;
  std::string document_;
  bool is_sent_ = false;
  TimePoint sent_at_;
};

class OrderOutbox {
 public:
  // Errors: Code::kInvalidArgument for a document or kind above its limit, Code::kResources when
  // kMaxOrders or kMaxOrderBytes wait.
  Status add(std::string_view kind, std::string_view document);
  void continue_after(uint64_t number);
  void confirm(uint64_t received_order);
  void start_over() { next_ = 0; }
  Sent send_due(Transport& transport, const PeerId& peer, uint32_t generation, TimePoint now);

  bool empty() const { return orders_.empty(); }

 private:
  friend class Fingerprint;  // of tests, to tell states apart

  struct Waiting {
    std::string kind;
    std::string document;
    size_t bytes() const { return kind.size() + document.size(); }
  };

  uint64_t confirmed_ = 0;  // number of the last one that arrived; orders_ begin after it
  std::deque<Waiting> orders_;
  size_t bytes_ = 0;
  size_t next_ = 0;  // the first of orders_ that is not under way
  TimePoint sent_at_;
};

}  // namespace locust_like::cluster
