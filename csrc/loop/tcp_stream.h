// TcpStream: connect, read, write and close of one socket on a Loop.
//
// Writes go to the socket at once; only what the kernel refuses is copied and queued. Reads land in
// the loop's one buffer, one read() an event unless it was filled. TCP_NODELAY is always on. A
// request on an open connection costs two system calls: send and recv.
// Ownership: Events must outlive the stream. Destroying the stream closes the socket, also while it
// is connecting; no event comes afterwards. A stream must not be destroyed inside one of its own
// events (asserted; use Loop::defer_delete).
// Thread: the loop's. Cost: about 330 bytes an idle connection, libuv's handle included.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "loop/address.h"
#include "loop/loop.h"
#include "loop/socket_watch.h"

namespace locust_like::loop {

class TcpStream final : private SocketWatch::Events {
 public:
  class Events {
   public:
    virtual ~Events() = default;
    // kConnect (refused, unreachable), kTimeoutConnect (the kernel gave up), kResources
    // (descriptors, ports, memory; the text says which limit). After a failure the stream is dead.
    virtual void on_connected(Status status) = 0;
    virtual void on_bytes(std::string_view bytes) = 0;  // the view dies with the call
    virtual void on_end() = 0;                          // the peer sent FIN
    // kReset or kResources: reading or writing failed; at most once, and the last event. When a
    // write failed, what the peer had sent before is delivered first.
    virtual void on_broken(Status status) = 0;
    virtual void on_drained() = 0;  // the write queue was not empty, and is now
  };

  TcpStream(Loop& loop, Events& events);
  ~TcpStream() override;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // Starts connecting, from the address `from` unless it is null; on_connected follows, never
  // inside this call. Reading starts by itself afterwards. REQUIRES: called once.
  void connect(const Address& address, const Address* from = nullptr);
  // Who hears of everything from here on; allowed inside an event.
  void set_events(Events& events) { events_ = &events; }
  // Writes all of `bytes`, at once as far as the kernel takes them, the rest from a copy. A write
  // error comes as on_broken, never inside this call. REQUIRES: connected.
  void write(std::string_view bytes);
  size_t queued_bytes() const {
    return queue_.size() - queue_sent_;
  }  // not yet taken by the kernel
  void pause_reading();
  void resume_reading();
  // The owner cannot go on: on_broken follows with `status`, never inside this call.
  void give_up(Status status);
  // FIN after the queue is written. REQUIRES: connected, called once.
  void shutdown_write();
  // Closes the socket now; no event comes afterwards. Idempotent; allowed inside an own event.
  void close();
  // Closing sends RST and discards what is queued (SO_LINGER 0). REQUIRES: connected.
  void set_reset_on_close();
  Address local_address() const;   // empty when not connected
  Address remote_address() const;  // empty when not connected

 private:
  friend class TcpListener;
  class LateReport;
  class InEvent;

  // An accepted socket, which is the stream's from here on. False: no resources for it.
  bool take(int fd);
  int open(const Address& address, const Address* from);
  void on_ready(SocketWatch::Ready ready) override;
  void finish_connect();
  void read(bool to_the_end);
  void read_failed(int error);
  bool send_some(std::string_view& bytes);
  void send_queue();
  void break_late(int error);
  void report_broken(const Status& status);
  bool is_open() const { return watch_.running() && !broken_; }

  Loop& loop_;
  TcpStream::Events* events_;
  SocketWatch watch_;
  int fd_ = -1;
  Address peer_;  // of connect(); the kernel forgets it when the peer resets
  bool connecting_ = false;
  bool paused_ = false;
  bool ended_ = false;      // the peer's FIN was seen
  bool finishing_ = false;  // FIN goes out behind the queue
  bool in_event_ = false;
  bool broken_ = false;
  std::string queue_;
  size_t queue_sent_ = 0;
  std::unique_ptr<LateReport> late_;  // a failure that may not be reported inside the call
};

}  // namespace locust_like::loop
