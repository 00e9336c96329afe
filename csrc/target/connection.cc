#include "target/connection.h"

#include <algorithm>
#include <utility>

namespace locust_like::target {
namespace {

// One turn of a streamed body; between turns others are served, so that one huge body does not
// make everybody else's delays late.
constexpr uint64_t kTurnBytes = 262144;
// Replies to pipelined requests are collected up to this size before they queue.
constexpr size_t kMostCollectedBytes = 262144;
constexpr size_t kMostPending = 64;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// How long a finished connection may take to close its side.
constexpr auto kLinger = std::chrono::seconds(2);

}  // namespace

Connection::Connection(Host& host, std::unique_ptr<tls::Session> session)
    : host_(host), session_(std::move(session)), active_at_(steady_now()) {
  host_.counters.count_accepted();
}

Connection::~Connection() {
  host_.counters.count_closed();
  host_.counters.count_aborted(pending_.size() - first_pending_ + (body_.open ? 1 : 0));
}

bool Connection::take(loop::TcpListener& listener) {
  stream_ = listener.accept(*this);
  if (stream_ == nullptr) return false;
  if (session_ != nullptr) (void)session_->start(host_.cipher);  // a server says nothing first
  host_.loop.wheel().schedule(idle_timer_, active_at_ + host_.options.idle_timeout);
  return true;
}

void Connection::begin_stop() {
  if (finishing_ || is_busy() || codec_.in_request()) return;
  finish();
  flush();
}

void Connection::drop() {
  if (dropped_) return;
  dropped_ = true;
  finish();
  idle_timer_.cancel();
  host_.drop(*this);
}

void Connection::on_connected(Status /*status*/) {}  // accepted sockets are connected

void Connection::on_bytes(std::string_view bytes) {
  host_.counters.count_received(bytes.size());
  if (finishing_) return;
  active_at_ = steady_now();
  if (session_ == nullptr) {
    read_requests(bytes);
  } else if (!session_->receive(bytes, host_.cipher, *this).ok()) {
    // The alert, if there is one, is in host_.cipher.
    host_.counters.count_malformed();
    finish();
  } else if (session_->peer_closed()) {
    end_input();
  }
  flush();
  update_reading();
}

void Connection::on_plaintext(std::string_view bytes) { read_requests(bytes); }

// on_failed() is told what the Status says.
void Connection::read_requests(std::string_view bytes) { (void)codec_.receive(bytes); }

void Connection::on_end() {
  peer_ended_ = true;
  end_input();
  flush();
  close_when_done();
}

void Connection::on_broken(Status /*status*/) { drop(); }

void Connection::on_drained() {
  active_at_ = free_at_ = steady_now();
  pump();
}

void Connection::on_head(const http::RequestHead& head, bool expects_continue) {
  head_ = &head;
  route_ = find_route(head.method, head.target);
  echo_body_.clear();
  owes_continue_ = expects_continue;
  if (expects_continue && !is_busy()) {
    host_.plain.append(kContinue);
    owes_continue_ = false;
  }
}

void Connection::on_body(std::string_view piece) {
  if (route_.path != Path::kEcho) return;
  if (echo_body_.size() + piece.size() > host_.options.max_echo_bytes) {
    host_.counters.count_request(Path::kEcho, 413);
    refuse(413, "the body is too large to be echoed", {});
    return;
  }
  echo_body_.append(piece);
}

void Connection::on_complete() {
  ReplyForm form{.head_only = head_->method == "HEAD",
                 .keep_alive = head_->keep_alive,
                 .is_http10 = head_->version_minor == 0};
  owes_continue_ = false;
  host_.counters.count_request(route_.path, route_.status);
  answer(route_, form, make_text());
}

void Connection::on_failed(Status status) {
  if (status.code() == Code::kClosedEarly) return;
  host_.counters.count_malformed();
  bool too_large = status.code() == Code::kTooLarge;
  refuse(too_large ? 431 : 400, too_large ? "the request is too large" : "this is not HTTP/1",
         status.message());
}

void Connection::on_deadline(TimePoint /*due*/) { pump(); }

void Connection::on_idle_check() {
  TimePoint now = steady_now();
  bool peer_reads = stream_->queued_bytes() == 0;
  if (!finishing_ && is_busy() && peer_reads) active_at_ = now;  // the peer waits for our delay
  std::chrono::milliseconds limit = finishing_ && peer_reads ? kLinger : host_.options.idle_timeout;
  if (now < active_at_ + limit) {
    host_.loop.wheel().schedule(idle_timer_, active_at_ + limit);
  } else {
    drop();
  }
}

// The body of those replies that say something about the request or the server.
std::string Connection::make_text() {
  switch (route_.path) {
    case Path::kEcho:
      return route_.raw ? std::move(echo_body_) : describe_request(*head_, echo_body_);
    case Path::kStatsReset:
      if (route_.problem.empty()) host_.counters.reset();
      [[fallthrough]];
    case Path::kStats:
      return to_json(host_.counters.snapshot());
    default:
      return {};
  }
}

void Connection::answer(const Route& route, ReplyForm form, std::string text) {
  if (can_answer_now(route)) {
    render(route, form, text);
    return;
  }
  TimePoint due = active_at_;
  if (route.path == Path::kDelay) due += std::chrono::milliseconds(route.number);
  bool is_front = !is_busy();
  pending_.push_back({route, form, due, std::move(text)});
  if (!is_front) return;
  free_at_ = active_at_;
  // Not from here: the replies collected so far have to leave first.
  host_.deadlines.arm(*this, due);
}

bool Connection::can_answer_now(const Route& route) const {
  return !is_busy() && route.path != Path::kDelay && stream_->queued_bytes() == 0 &&
         host_.plain.size() < kMostCollectedBytes;
}

// Appends the reply, the first turn of its body, and what ends the connection.
void Connection::render(const Route& route, ReplyForm form, std::string_view text) {
  bool is_last = first_pending_ == pending_.size() && !codec_.in_request();
  if (is_last && (host_.stopping || input_done_)) form.keep_alive = false;
  body_ = host_.replies.append(route, form, text, host_.plain);
  if (body_.open) append_body(body_, kTurnBytes, host_.plain);
  close_after_body_ = !form.keep_alive;
  if (close_after_body_) codec_.stop();
  if (body_.open) {
    host_.deadlines.arm(*this, steady_now());
  } else if (close_after_body_) {
    finish();
  }
}

// Answers what could not be read as a request, after the replies before it.
void Connection::refuse(int status, std::string_view problem, std::string details) {
  codec_.stop();
  input_done_ = true;
  Route route{Path::kInvalid, status, 0, false, problem};
  answer(route, ReplyForm{.keep_alive = false}, std::move(details));
}

// No request follows: what is in the queue is still answered.
void Connection::end_input() {
  if (input_done_) return;
  codec_.receive_end();
  codec_.stop();
  input_done_ = true;
  if (!is_busy()) finish();
}

// Sends what may be sent now, and arranges to be called again for the rest.
void Connection::pump() {
  while (!finishing_ && stream_->queued_bytes() == 0 && pump_once()) {
  }
  if (!finishing_ && !is_busy() && owes_continue_) {
    host_.plain.append(kContinue);
    owes_continue_ = false;
  }
  if (!is_busy() && input_done_) finish();
  flush();
  update_reading();
  close_when_done();
}

// One turn; false when there is nothing to do before the next deadline or on_drained().
bool Connection::pump_once() {
  if (body_.open) {
    active_at_ = steady_now();
    append_body(body_, kTurnBytes, host_.plain);
    flush();
    if (body_.open) {
      host_.deadlines.arm(*this, steady_now());
      return false;
    }
    free_at_ = steady_now();
    if (close_after_body_) finish();
    return true;
  }
  if (first_pending_ == pending_.size()) return false;
  TimePoint due = pending_[first_pending_].due;
  if (due > steady_now()) {
    host_.deadlines.arm(*this, due);
    return false;
  }
  send_pending();
  return !body_.open;
}

void Connection::send_pending() {
  Pending reply = std::move(pending_[first_pending_]);
  ++first_pending_;
  if (first_pending_ == pending_.size()) {
    pending_.clear();
    first_pending_ = 0;
  }
  render(reply.route, reply.form, reply.text);
  active_at_ = steady_now();
  if (reply.route.path == Path::kDelay) {
    // Counted before the reply leaves: who has read it finds it in /stats. A reply that had to wait
    // for the one before it was not late through our fault.
    host_.counters.count_lateness(active_at_ - std::max(reply.due, free_at_));
  }
  flush();
  free_at_ = steady_now();
}

bool Connection::is_busy() const { return body_.open || first_pending_ < pending_.size(); }

void Connection::flush() {
  bool ends = finishing_ && !fin_sent_ && !dropped_;
  if (session_ == nullptr) {
    write_out(host_.plain);
  } else {
    if (session_->established()) {
      if (!host_.plain.empty()) (void)session_->write(host_.plain, host_.cipher);
      if (ends) session_->close(host_.cipher);
    }
    write_out(host_.cipher);
    host_.cipher.clear();
  }
  host_.plain.clear();
  if (!ends) return;
  fin_sent_ = true;
  stream_->shutdown_write();
}

void Connection::write_out(std::string_view bytes) {
  if (bytes.empty() || dropped_) return;
  host_.counters.count_sent(bytes.size());
  stream_->write(bytes);
}

// No more requests and replies. The socket stays open until the peer closes it, or a little:
// closing it while the peer still sends would reset the connection, and the last reply could be
// lost with it (RFC 9112 9.6).
void Connection::finish() {
  if (finishing_) return;
  finishing_ = true;
  codec_.stop();
  cancel();
  active_at_ = steady_now();
  host_.loop.wheel().schedule(idle_timer_, active_at_ + kLinger);
}

void Connection::close_when_done() {
  if (finishing_ && peer_ended_ && stream_->queued_bytes() == 0) drop();
}

// Reading pauses while many replies wait. What is finished reads on, to see the peer's end.
void Connection::update_reading() {
  size_t waiting = pending_.size() - first_pending_;
  if (!paused_ && !finishing_ && waiting > kMostPending) {
    paused_ = true;
    stream_->pause_reading();
  } else if (paused_ && (finishing_ || waiting <= kMostPending / 2)) {
    paused_ = false;
    if (!peer_ended_) stream_->resume_reading();
  }
}

}  // namespace locust_like::target
