// The part of Call that begins with the head of a streamed reply.
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
  pause();
  return true;
}

void Call::on_exchange_body(std::string_view piece) {
  streaming_->pieces.append(piece);
  if (streaming_->awaited) deliver();
}

void Call::go_on() {
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
  if (streaming_->awaited) finish_stream();
}

// The sample is the submitter's while it has the call, so it is filled only here.
void Call::finish_stream() {
  account();
  finish(std::move(streaming_->end));
}

bool Call::waits_for_bytes() const { return !streaming_ || streaming_->awaited; }

TimePoint Call::silent_since() const {
  const TimePoint last = exchange_.last_activity();
  return streaming_ ? std::max(last, streaming_->awaited_since) : last;
}

}  // namespace locust_like::client
