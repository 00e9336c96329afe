// TcpListener: accepts connections on one address.
//
// Out of descriptors it still takes each waiting connection and closes it, so that peers learn of
// it and the loop does not spin. Thread: the loop's. Ownership: Events must outlive the listener;
// it must not be destroyed inside on_accept.
#pragma once

#include <memory>

#include "loop/tcp_stream.h"

namespace locust_like::loop {

class TcpListener {
 public:
  class Events {
   public:
    virtual ~Events() = default;
    // A connection waits: call accept() inside, or it is closed.
    virtual void on_accept(TcpListener& listener) = 0;
  };

  TcpListener(Loop& loop, Events& events);
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  // Error: kConnect with the system's text (address in use ...), or kResources. REQUIRES: called
  // once.
  Status listen(const Address& address, int backlog);
  Address local_address() const;
  // A stream that is connected and reads (its first event comes after on_accept returned). Null
  // when there are no resources for it. REQUIRES: inside on_accept, once.
  std::unique_ptr<TcpStream> accept(TcpStream::Events& events);

 private:
  int open(const Address& address, int backlog);
  void on_ready();
  bool take_next();

  Loop& loop_;
  Events& events_;
  Handle<uv_poll_s> handle_;
  int fd_ = -1;
  int waiting_fd_ = -1;  // accepted, not yet handed out
  int spare_fd_ = -1;    // given up for a moment to accept when there are no descriptors left
};

}  // namespace locust_like::loop
