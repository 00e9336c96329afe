#include "client/exchange.h"

#include <utility>

#include "client/connection.h"
#include "client/pool.h"

namespace locust_like::client {

void Exchange::start(Pool& pool, const Outgoing& outgoing, TimePoint now) {
  pool_ = &pool;
  outgoing_ = outgoing;
  times_ = ExchangeTimes();
  remote_address_ = loop::Address();
  times_.taken_up = now;
  last_activity_ = now;
  sent_bytes_ = received_bytes_ = passed_bytes_ = unused_bytes_ = 0;
  queued_bytes_ = 0;
  reused_ = refused_ = received_any_ = head_complete_ = streaming_ = false;
  awaits_room_ = outgoing.body && outgoing.body->in_pieces;
  state_ = State::kWaiting;
  pool.acquire(*this);
}

void Exchange::cancel() {
  if (state_ == State::kWaiting) {
    pool_->forget(*this);
  } else if (state_ == State::kOpen) {
    connection_->abandon(*this);
  }
  state_ = State::kIdle;
  connection_ = nullptr;
  drop_half_head();
}

void Exchange::note_upload(TimePoint now) {
  if (state_ != State::kOpen) return;
  const size_t queued = connection_->queued_bytes();
  if (queued < queued_bytes_) last_activity_ = now;
  queued_bytes_ = queued;
}

void Exchange::on_attached(Connection& connection, const SetupTimes& setup, bool reused,
                           TimePoint now) {
  connection_ = &connection;
  remote_address_ = connection.remote_address();
  reused_ = reused;
  times_.setup = setup;
  times_.attached = now;
  state_ = State::kOpen;
}

void Exchange::on_written(uint64_t bytes, TimePoint now) {
  sent_bytes_ += bytes;
  times_.written = now;
  last_activity_ = now;
  queued_bytes_ = connection_->queued_bytes();
}

void Exchange::on_drained(TimePoint now) {
  times_.written = now;
  last_activity_ = now;
  if (awaits_room_) on_piece_wanted();
}

void Exchange::on_piece_wanted() {
  awaits_room_ = false;
  owner_.on_exchange_wants_piece();
}

void Exchange::send_piece(std::string_view piece, bool last) {
  if (state_ != State::kOpen) return;
  awaits_room_ = !last;
  connection_->send_piece(*this, piece, last);
}

void Exchange::drop_half_head() {
  if (!head_complete_) head_.clear();
}

void Exchange::on_setup_failed(Status status, const SetupTimes& setup) {
  times_.setup = setup;
  finish(std::move(status));
}

void Exchange::on_read(size_t bytes, TimePoint now) {
  if (!received_any_) {
    received_any_ = true;
    times_.first_byte = now;
  }
  received_bytes_ += bytes;
  times_.last_byte = now;
  last_activity_ = now;
}

void Exchange::on_head() {
  head_complete_ = true;
  if (outgoing_.streams_body) streaming_ = owner_.on_exchange_head();
}

http::StreamSink::Take Exchange::on_body(std::string_view piece) {
  if (streaming_) {
    passed_bytes_ += piece.size();
    unused_bytes_ += piece.size();
    owner_.on_exchange_body(piece);
    if (unused_bytes_ > kMostUnusedBytes) connection_->hold_back();
    return Take::kKept;
  }
  if (outgoing_.discards_body) {
    passed_bytes_ += piece.size();
    return Take::kTaken;
  }
  if (body_.size() + piece.size() > outgoing_.profile->options.max_body_bytes) {
    return Take::kRefused;
  }
  body_.append(piece);
  return Take::kTaken;
}

void Exchange::consume(size_t bytes) {
  if (state_ != State::kOpen) return;
  unused_bytes_ -= bytes;
  connection_->consume(*this, bytes, unused_bytes_ <= kMostUnusedBytes);
}

void Exchange::on_complete() { finish({}); }

void Exchange::on_failed(Status status) { finish(std::move(status)); }

void Exchange::on_refused(Status status) {
  refused_ = true;
  connection_->retire();
  finish(std::move(status));
}

void Exchange::on_traffic(size_t received_bytes, size_t sent_bytes) {
  if (received_bytes > 0) on_read(received_bytes, connection_->last_used());
  if (sent_bytes > 0) on_written(sent_bytes, steady_now());
}

void Exchange::finish(Status status) {
  state_ = State::kIdle;
  if (!status.ok()) drop_half_head();
  owner_.on_exchange_done(std::move(status));
}

}  // namespace locust_like::client
