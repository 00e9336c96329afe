// SocketWatch: tells when a connected or connecting socket can be read or written.
//
// Design: on Linux the socket is watched edge-triggered for everything at once, so that after the
// set-up no request costs an epoll_ctl, and an event is looked at once where level-triggered epoll
// polls the socket a second time in the next pass (5 % of all CPU at 5,000 connections). libuv
// knows no edges; its own registration is turned into one with the first event. The owner therefore
// reads until a short read, and to the end when `ending` is set; what it leaves unread it asks for
// with again(). With LL_PORTABLE it is a plain uv_poll whose interest follows want(). Ownership:
// Events must outlive the watch; the socket stays the owner's, who closes it after the watch.
// Thread: the loop's.
#pragma once

#include "loop/handle.h"

struct uv_poll_s;

namespace locust_like::loop {

class Loop;

class SocketWatch {
 public:
  struct Ready {
    bool readable = false;
    bool writable = false;
    bool ending = false;  // the peer has sent FIN, or the socket is broken: read on to see which
  };
  class Events {
   public:
    virtual ~Events() = default;
    virtual void on_ready(Ready ready) = 0;
  };

  explicit SocketWatch(Events& events) : events_(events) {}
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  // Returns 0, or libuv's error. The first event comes in a later pass. REQUIRES: called once.
  int start(Loop& loop, int fd);
  // No event comes afterwards. Idempotent; allowed inside on_ready.
  void stop();
  bool running() const { return handle_ != nullptr; }
  // What the owner waits for, writing aside from reading; both at first.
  void want(bool reading, bool writing);
  // Reports once more what is ready: reading was cut short or begins anew. REQUIRES: running().
  void again();

 private:
  void on_event(int status, int events);
  void poll();
  void use_edges();

  Events& events_;
  Handle<uv_poll_s> handle_;
  int fd_ = -1;
  bool edges_ = false;    // our registration has replaced libuv's
  bool stopped_ = false;  // libuv gave up polling because of an error
  bool reading_ = true;
  bool writing_ = true;
};

}  // namespace locust_like::loop
