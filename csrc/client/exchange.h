// Exchange: one request on the wire, from asking the pool for a connection to the last byte.
//
// A call owns one Exchange and uses it again for each hop. The codec writes the reply's head and
// body straight into the buffers lent by the call.
// Thread: the loop's. An Exchange must stay in place while it is active.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/options.h"
#include "client/timings.h"
#include "http/codec.h"
#include "loop/address.h"

namespace locust_like::client {

class Connection;
class Pool;

// What the exchange sends; views and references must stay valid until it has ended.
struct Outgoing {
  const PreparedRequest* prepared = nullptr;
  const Profile* profile = nullptr;
  std::string_view extra_head;  // rendered header lines of this call alone
  std::optional<http::RequestBody> body;
  bool discards_body = false;        // the reply's is counted, not kept, whatever its size
  bool streams_body = false;         // the owner is asked at the head whether it takes the body
  bool may_reuse_connection = true;  // false: idle connections of the origin are given up first
};

// See Exchange::consume().
inline constexpr uint64_t kMostUnusedBytes = 262144;

class Exchange final : public http::StreamSink {
 public:
  // Told exactly once per start(), unless cancelled.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_exchange_done(Status status) = 0;
    // With Outgoing::streams_body: the head is complete. True: each piece of the body goes to
    // on_exchange_body(), and the owner confirms it with consume() once it is used up; false: the
    // body is kept as that of any other reply.
    virtual bool on_exchange_head() = 0;
    virtual void on_exchange_body(std::string_view piece) = 0;
    // Of a body that goes out in pieces, the next one may come: the owner calls send_piece(), once.
    virtual void on_exchange_wants_piece() = 0;
  };

  Exchange(Owner& owner, http::ResponseHead& head, std::string& body)
      : owner_(owner), head_(head), body_(body) {}

  // Asks `pool` for a connection and sends as soon as there is one. REQUIRES: !active().
  void start(Pool& pool, const Outgoing& outgoing, TimePoint now);
  // Ends without telling the owner; an HTTP/1 connection it was using is closed, an HTTP/2 stream
  // reset.
  void cancel();

  // So many bytes of the pieces are used up. While more than kMostUnusedBytes are not, nothing is
  // read from an HTTP/1 connection; a stream of HTTP/2 has its window. No-op when not active.
  void consume(size_t bytes);

  // The next piece of the body; `last`: with it the body ends. The bytes must stay until the next
  // piece is wanted, or the exchange has ended. No-op when it has. REQUIRES: a piece is wanted.
  void send_piece(std::string_view piece, bool last);

  // Counts an upload that moved since the last call as activity.
  void note_upload(TimePoint now);

  bool active() const { return state_ != State::kIdle; }
  bool connected() const { return state_ == State::kOpen; }
  const Outgoing& outgoing() const { return outgoing_; }
  const ExchangeTimes& times() const { return times_; }
  TimePoint last_activity() const { return last_activity_; }
  bool anything_sent() const { return sent_bytes_ > 0; }
  bool anything_received() const { return received_any_; }
  // True when the connection had carried another exchange before: an early close may be a race.
  bool on_reused_connection() const { return reused_; }
  // The server said that it did not process the request.
  bool refused() const { return refused_; }
  uint64_t sent_bytes() const { return sent_bytes_; }
  uint64_t received_bytes() const { return received_bytes_; }
  uint64_t passed_bytes() const { return passed_bytes_; }  // of the body: discarded or streamed
  const loop::Address& remote_address() const { return remote_address_; }

  // Connection and pool side.
  void on_attached(Connection& connection, const SetupTimes& setup, bool reused, TimePoint now);
  void on_written(uint64_t bytes, TimePoint now);
  void on_drained(TimePoint now);  // what the kernel did not take at once has left
  void on_setup_failed(Status status, const SetupTimes& setup);
  void on_read(size_t bytes, TimePoint now);  // before the codec sees the bytes

  http::ResponseHead& head() override { return head_; }
  void on_head() override;
  Take on_body(std::string_view piece) override;
  void on_complete() override;
  void on_failed(Status status) override;
  void on_refused(Status status) override;
  void on_traffic(size_t received_bytes, size_t sent_bytes) override;
  void on_piece_wanted() override;

 private:
  enum class State : uint8_t { kIdle, kWaiting, kOpen };

  void finish(Status status);
  // Half a head is nobody's reply.
  void drop_half_head();

  Owner& owner_;
  http::ResponseHead& head_;
  std::string& body_;
  Outgoing outgoing_;
  ExchangeTimes times_;
  TimePoint last_activity_;
  Pool* pool_ = nullptr;
  Connection* connection_ = nullptr;
  loop::Address remote_address_;
  uint64_t sent_bytes_ = 0;
  uint64_t received_bytes_ = 0;
  uint64_t passed_bytes_ = 0;
  uint64_t unused_bytes_ = 0;  // of the pieces
  size_t queued_bytes_ = 0;    // when note_upload() last looked
  State state_ = State::kIdle;
  bool reused_ = false;
  bool refused_ = false;
  bool received_any_ = false;
  bool head_complete_ = false;
  bool streaming_ = false;
  bool awaits_room_ = false;  // for the next piece of the request's body
};

}  // namespace locust_like::client
