// TcpStream: connect, read, write and close of one socket on a Loop.
//
// Writes go to the socket at once; only what the kernel refuses is copied and queued (poll for
// writability only after EAGAIN). Reads land in the loop's one buffer. TCP_NODELAY is always on.
// Ownership: Events must outlive the stream. Destroying the stream closes the socket, also while it
// is connecting; no event comes afterwards. A stream must not be destroyed inside one of its own
// events (asserted; use Loop::defer_delete).
// Thread: the loop's. Cost: about 400 bytes an idle connection, libuv's handle included.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "loop/address.h"
#include "loop/handle.h"
#include "loop/loop.h"

struct uv_tcp_s;

namespace locust_like::loop {

class TcpStream {
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
  ~TcpStream();
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // Starts connecting; on_connected follows, never inside this call. Reading starts by itself
  // afterwards. REQUIRES: called once.
  void connect(const Address& address);
  // Writes all of `bytes`, at once as far as the kernel takes them, the rest from a copy. A write
  // error comes as on_broken, never inside this call. REQUIRES: connected.
  void write(std::string_view bytes);
  size_t queued_bytes() const;  // not yet taken by the kernel
  void pause_reading();
  void resume_reading();
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

  void start_reading();
  void connected(int error, const Address& address);
  void read(int64_t count, const char* bytes);
  void written(int error);
  void break_late(int error, std::string_view what);
  void report_broken(const Status& status);

  Loop& loop_;
  Events& events_;
  Handle<uv_tcp_s> handle_;           // null when the system refused a socket
  std::unique_ptr<LateReport> late_;  // a failure that may not be reported inside the call
  bool in_event_ = false;
  bool broken_ = false;
};

// Accepts connections. Thread: the loop's. Ownership: Events must outlive the listener; it must not
// be destroyed inside on_accept.
class TcpListener {
 public:
  class Events {
   public:
    virtual ~Events() = default;
    // A connection waits: call accept() inside. A connection that is not accepted blocks the next.
    virtual void on_accept(TcpListener& listener) = 0;
  };

  TcpListener(Loop& loop, Events& events);
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  // Error: kConnect with the system's text (address in use ...), or kResources.
  Status listen(const Address& address, int backlog);
  Address local_address() const;
  // A stream that is connected and reads (its first event comes after on_accept returned). Null
  // when the connection is gone already. REQUIRES: inside on_accept, once.
  std::unique_ptr<TcpStream> accept(TcpStream::Events& events);

 private:
  Loop& loop_;
  Events& events_;
  Handle<uv_tcp_s> handle_;
};

}  // namespace locust_like::loop
