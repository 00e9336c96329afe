// SystemLookup: one question to the system's own resolver, getaddrinfo().
//
// It knows what nsswitch.conf and its modules say, and no TTLs. It blocks a thread: libuv lends at
// most two of its four at a time, for the whole process. A question on its way cannot be taken
// back: the loop goes on until it is answered. Thread: the loop's.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "loop/address_order.h"
#include "loop/loop.h"

namespace locust_like::loop {

class SystemLookup {
 public:
  // Told once, never inside the constructor, unless this is destroyed before.
  using Done = std::function<void(const Result<Addresses>& found)>;
  // `family` as sockets have them, 0 for both. Error of `done`: kDns, with the host and the reason.
  SystemLookup(Loop& loop, const std::string& host, int family, Done done);
  ~SystemLookup();
  SystemLookup(const SystemLookup&) = delete;
  SystemLookup& operator=(const SystemLookup&) = delete;

  // Why the question could not be asked; `done` is not called then.
  const Status& status() const { return status_; }

 private:
  struct Pending;

  Status status_;
  Pending* pending_ = nullptr;  // libuv's until its callback
};

}  // namespace locust_like::loop
