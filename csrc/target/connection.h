// Connection: one accepted socket: bytes in, replies out, in the order of the requests.
//
// Design: a reply that can leave at once is appended to a buffer that all connections share and
// written once a read, so pipelined requests cost one write. Replies that have to wait (a delay, a
// streamed body, a slow reader) form a queue; everything behind them queues too.
// Reading pauses while that queue is long, so a peer that does not read cannot make us grow.
// Ownership: the Acceptor's; dies through Host::drop() only. Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/h1_server_codec.h"
#include "loop/tcp_listener.h"
#include "target/counters.h"
#include "target/deadlines.h"
#include "target/replies.h"
#include "target/server.h"
#include "tls/session.h"

namespace locust_like::target {

class Connection;

// What all connections of one server share.
class Host {
 public:
  Host(loop::Loop& the_loop, CounterBoard& board, const Options& the_options)
      : loop(the_loop), counters(board), options(the_options) {}
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  // Takes `connection` out and destroys it after the current callback.
  virtual void drop(Connection& connection) = 0;

  loop::Loop& loop;
  CounterBoard& counters;
  const Options options;
  const Replies replies;
  DeadlineHeap deadlines;
  std::string plain;   // replies of the current callback, not yet written
  std::string cipher;  // the same for a TLS connection, encrypted
  bool stopping = false;
};

class Connection final : public loop::Deferred,
                         private loop::TcpStream::Events,
                         private http::RequestSink,
                         private tls::PlaintextSink,
                         private Deadline {
 public:
  // `session`: null for plain HTTP.
  Connection(Host& host, std::unique_ptr<tls::Session> session);
  ~Connection() override;

  // Takes the socket; false when the peer is gone already. REQUIRES: inside on_accept of
  // `listener`.
  bool take(loop::TcpListener& listener);
  // The server stops: closes now when idle, otherwise after the running replies.
  void begin_stop();
  // Closes at once. Destroyed after the current callback.
  void drop();

  size_t slot = 0;  // where the Acceptor keeps it

 private:
  // A reply that could not leave at once.
  struct Pending {
    Route route;
    ReplyForm form;
    TimePoint due;
    std::string text;
  };
  // Rings every idle timeout; a connection that was active meanwhile rings again later, so that
  // activity costs no timer call.
  class IdleTimer final : public loop::Timer {
   public:
    explicit IdleTimer(Connection& connection) : connection_(connection) {}

   private:
    void on_timer() override { connection_.on_idle_check(); }
    Connection& connection_;
  };

  void on_connected(Status status) override;
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_broken(Status status) override;
  void on_drained() override;
  void on_plaintext(std::string_view bytes) override;
  void on_head(const http::RequestHead& head, bool expects_continue) override;
  void on_body(std::string_view piece) override;
  void on_complete() override;
  void on_failed(Status status) override;
  void on_deadline(TimePoint due) override;
  void on_idle_check();

  void read_requests(std::string_view bytes);
  void end_input();
  std::string make_text();
  void answer(const Route& route, ReplyForm form, std::string text);
  bool can_answer_now(const Route& route) const;
  void render(const Route& route, ReplyForm form, std::string_view text);
  void refuse(int status, std::string_view problem, std::string details);
  void pump();
  bool pump_once();
  void send_pending();
  bool is_busy() const;
  void flush();
  void write_out(std::string_view bytes);
  void finish();
  void close_when_done();
  void update_reading();

  Host& host_;
  std::unique_ptr<loop::TcpStream> stream_;
  std::unique_ptr<tls::Session> session_;
  http::H1ServerCodec codec_{*this};
  IdleTimer idle_timer_{*this};
  TimePoint active_at_;
  TimePoint free_at_;  // since when the reply at the front of the queue may leave

  const http::RequestHead* head_ = nullptr;  // the request being read
  Route route_;
  std::string echo_body_;

  std::vector<Pending> pending_;
  size_t first_pending_ = 0;
  BodyStream body_;                // of the reply being sent
  bool owes_continue_ = false;     // "100 Continue" as soon as it is this request's turn
  bool close_after_body_ = false;  // the reply being sent is the last one
  bool input_done_ = false;        // no request follows those in the queue
  bool peer_ended_ = false;        // the peer closed its side
  bool finishing_ = false;         // all is answered; what still comes is thrown away
  bool fin_sent_ = false;
  bool dropped_ = false;
  bool paused_ = false;  // reading
};

}  // namespace locust_like::target
