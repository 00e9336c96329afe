// The parts of Call that go to and fro: a body that its submitter makes in pieces, and what begins
// with the head of a streamed reply.
#include <algorithm>
#include <utility>

#include "client/call.h"
#include "client/connection.h"

namespace locust_like::client {

bool Call::on_exchange_head() {
  if (is_redirect() || may_be_challenged()) return false;
  store_cookies();
  streaming_ = std::make_unique<Streaming>();
  stats::PhaseTimes phases_ns = sample.phases_ns;
  add_phases(exchange_.times(), phases_ns);
  reply.remote_address = exchange_.remote_address();
  reply.last_byte = exchange_.times().last_byte;
  sample.response_time_ns = (reply.last_byte - reply.taken_up).count() -
                            phases_ns[static_cast<size_t>(stats::Phase::kBlocked)];
  streaming_->awaited = false;
  if (!uploading()) pause();  // otherwise when the upload has ended
  return true;
}

void Call::on_exchange_body(std::string_view piece) {
  streaming_->pieces.append(piece);
  if (streaming_->awaited) deliver();
}

void Call::go_on() {
  if (upload_ && upload_->lent) return go_on_uploading();
  reply.body.clear();
  streaming_->awaited = true;
  streaming_->awaited_since = steady_now();
  if (request.step == CallRequest::Step::kNext) {
    deliver();
    if (running() && streaming_->awaited) arm_timer();
    return;
  }
  exchange_.cancel();
  finish_stream();
}

void Call::deliver() {
  Streaming& stream = *streaming_;
  if (!stream.pieces.empty()) {
    reply.body = stream.pieces.take();
    exchange_.consume(reply.body.size());
    if (!stream.ended || !stream.pieces.empty()) return pause();
  }
  if (stream.ended) finish_stream();
}

void Call::pause() {
  streaming_->awaited = false;
  owner_->on_call_paused(*this);
}

void Call::end_stream(Status status) {
  Timer::cancel();
  streaming_->ended = true;
  streaming_->end = std::move(status);
  if (streaming_->awaited) return finish_stream();
  if (!uploading()) return;
  upload_->done = true;
  pause();
}

// The sample is the submitter's while it has the call, so it is filled only here.
void Call::finish_stream() {
  account();
  finish(std::move(streaming_->end));
}

// For each exchange that may send a body, also one that a redirect has left without it.
http::RequestBody Call::begin_upload() {
  if (!upload_) upload_ = std::make_unique<Upload>();
  upload_->again = upload_->again || upload_->begun;
  upload_->begun = upload_->ended = false;
  upload_->bytes = 0;
  upload_->done = body_dropped_;
  return {.in_pieces = true, .pieces_bytes = request.upload_bytes};
}

void Call::on_exchange_wants_piece() {
  using Wants = CallReply::Wants;
  upload_->lent = upload_->begun = true;
  reply.wants = std::exchange(upload_->again, false) ? Wants::kFirstPiece : Wants::kPiece;
  owner_->on_call_paused(*this);
}

void Call::go_on_uploading() {
  Upload& upload = *upload_;
  upload.lent = false;
  upload.taken_up = steady_now();
  reply.wants = CallReply::Wants::kNothing;
  if (request.step == CallRequest::Step::kFail) {
    exchange_.cancel();
    account();
    return finish({Code::kScript, request.body});
  }
  if (std::exchange(upload.ended, false)) return on_exchange_done(std::move(upload.end));
  upload.bytes += request.body.size();
  upload.done = request.step == CallRequest::Step::kLastPiece ||
                (request.upload_bytes && upload.bytes >= *request.upload_bytes);
  exchange_.send_piece(request.body, upload.done);
  if (streaming_ && upload.done) return pause();
  arm_timer();
}

bool Call::waits_for_bytes() const {
  if (uploading()) return !upload_->lent;
  return !streaming_ || streaming_->awaited;
}

TimePoint Call::silent_since() const {
  TimePoint since = exchange_.last_activity();
  if (upload_) since = std::max(since, upload_->taken_up);
  if (streaming_) since = std::max(since, streaming_->awaited_since);
  return since;
}

}  // namespace locust_like::client
