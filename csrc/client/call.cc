#include "client/call.h"

#include <algorithm>
#include <utility>

#include "client/connection.h"
#include "client/pool.h"
#include "client/redirect.h"
#include "tls/hash.h"

namespace locust_like::client {
namespace {

// Buffers larger than this are given back between calls.
constexpr size_t kKeepBufferBytes = 16384;
// HTTP/2 requests that a server refused unprocessed are sent again so often.
constexpr uint32_t kMostRetriesOfRefused = 5;

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE" || method == "TRACE";
}

stats::Protocol protocol_of(const http::ResponseHead& head) {
  if (head.status == 0) return stats::Protocol::kNone;
  if (head.version_major == 2) return stats::Protocol::kHttp2;
  return head.version_minor == 0 ? stats::Protocol::kHttp10 : stats::Protocol::kHttp11;
}

void empty(std::string& buffer) {
  if (buffer.capacity() > kKeepBufferBytes) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

// Why what would be sent again is not.
constexpr std::string_view kSpent =
    "its body can be read only once (pass bytes, or a file that can seek)";

std::string seconds_text(Nanos limit) {
  std::string text = std::to_string(std::chrono::duration<double>(limit).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

}  // namespace

Call::Call() : exchange_(*this, reply.head, reply.body) {}

Call::~Call() = default;

void Call::reset() {
  request.extra_head.clear();
  request.cookies.clear();
  request.digest.reset();
  empty(request.body);
  request.has_body = request.uploads = request.rewinds = false;
  request.upload_bytes.reset();
  request.streams = false;
  request.step = CallRequest::Step::kStart;
  request.cancelled = false;
  if (!reply.status.ok()) reply.status = {};
  reply.head.clear();
  empty(reply.body);
  reply.history.clear();
  reply.final_url.clear();
  reply.taken_up = TimePoint();
  reply.wants = CallReply::Wants::kNothing;
  reply.complete = false;
  streaming_.reset();
  upload_.reset();
  sample = stats::Sample();
  hop_.reset();
  challenged_ = false;
  body_dropped_ = false;
  left_origin_ = false;
}

void Call::start(Pool& pool, Services& services, CallOwner& owner) {
  pool_ = &pool;
  services_ = &services;
  owner_ = &owner;
  reply.taken_up = steady_now();
  sample.name = request.name;
  sample.has_phases = true;
  if (request.cancelled) return finish({Code::kCancelled, "cancelled before it was sent"});
  given_lines_bytes_ = own_lines_bytes_ = request.extra_head.size();
  if (request.digest) answer_ahead();
  send(true);
}

void Call::add_cookies() {
  request.extra_head.resize(own_lines_bytes_);
  // A Cookie header by hand is all that is sent; on a hop it stands in request.cookies.
  if (current().request.headers.get("Cookie")) return;
  if (!request.jar) return http::append_own_cookies(request.cookies, request.extra_head);
  const auto now_s = static_cast<int64_t>(wall_now_s());
  request.jar->append_line({current().url, request.cookies, !left_origin_}, now_s,
                           request.extra_head);
}

void Call::store_cookies() {
  if (!request.profile->options.keeps_cookies || !http::sets_cookies(reply.head.headers)) return;
  if (!request.jar) request.jar = std::make_shared<http::CookieJar>();
  request.jar->store(reply.head.headers, current().url, static_cast<int64_t>(wall_now_s()));
}

void Call::send(bool may_reuse) {
  if (request.jar || !request.cookies.empty()) add_cookies();
  Outgoing outgoing;
  outgoing.prepared = &current();
  outgoing.profile = request.profile.get();
  outgoing.extra_head = request.extra_head;
  if (request.uploads) {
    if (const auto body = begin_upload(); !body_dropped_) outgoing.body = body;
  } else if (request.has_body && !body_dropped_) {
    outgoing.body = http::RequestBody{request.body};
  }
  outgoing.discards_body = request.discard_body;
  outgoing.streams_body = request.streams;
  outgoing.may_reuse_connection = may_reuse;
  const bool first = sample.hops == 0 && sample.retries == 0 && sample.challenges == 0;
  exchange_.start(*pool_, outgoing, first ? reply.taken_up : steady_now());
  if (running()) arm_timer();
}

void Call::cancel() {
  if (!running()) return;
  const bool unaccounted =
      exchange_.active() || streaming_ != nullptr || (upload_ && upload_->ended);
  exchange_.cancel();
  if (unaccounted) account();
  finish({Code::kCancelled, "cancelled"});
}

void Call::on_exchange_done(Status status) {
  if (upload_ && upload_->lent) {
    Timer::cancel();
    upload_->ended = true;
    upload_->end = std::move(status);
    return;
  }
  if (streaming_) return end_stream(std::move(status));
  account();
  if (status.ok()) {
    store_cookies();
    if (answer_challenge()) return;
    if (!is_redirect()) return finish({});
    status = follow_redirect();
    if (status.ok()) return;
    return finish(std::move(status));
  }
  if (may_retry(status)) {
    if (!body_is_spent()) return retry();
    status = {status.code(), status.message() + "; not sent again: " + std::string(kSpent)};
  }
  finish(std::move(status));
}

// Once for each URL: a second 401 means that the credentials are wrong.
bool Call::may_be_challenged() const {
  constexpr int kUnauthorized = 401;
  return request.digest && reply.head.status == kUnauthorized && !challenged_ && !left_origin_;
}

bool Call::answer_challenge() {
  if (!may_be_challenged()) return false;
  auto challenge = find_digest_challenge(reply.head.headers);
  if (!challenge || !answer(pool_->digest_nonces().remember(current().origin->key, *request.digest,
                                                            std::move(*challenge)))) {
    return false;
  }
  if (body_is_spent()) {
    finish({Code::kScript, "status 401 asks for the request again: " + std::string(kSpent)});
    return true;
  }
  challenged_ = true;
  ++sample.challenges;
  reply.head.clear();
  reply.body.clear();
  send(true);
  return true;
}

void Call::answer_ahead() {
  if (left_origin_) return;
  DigestNonce* nonce = pool_->digest_nonces().find(current().origin->key, *request.digest);
  if (nonce != nullptr) answer(*nonce);
}

bool Call::answer(DigestNonce& nonce) {
  constexpr size_t kCnonceBytes = 16;
  const http::RequestTemplate& sent = current().request;
  if (sent.headers.get("Authorization")) return false;
  const auto answer =
      digest_authorization(nonce.challenge, *request.digest, sent.method, sent.target,
                           tls::random_hex(kCnonceBytes), ++nonce.count);
  if (!answer) return false;
  request.extra_head.resize(given_lines_bytes_);
  request.extra_head.append("Authorization: ").append(*answer).append("\r\n");
  own_lines_bytes_ = request.extra_head.size();
  return true;
}

void Call::retry() {
  ++sample.retries;
  reply.head.clear();
  reply.body.clear();
  send(false);
}

void Call::account() {
  add_phases(exchange_.times(), sample.phases_ns);
  sample.sent_bytes += exchange_.sent_bytes();
  sample.received_bytes += exchange_.received_bytes();
  if (exchange_.anything_sent()) ++sample.exchanges;
  reply.remote_address = exchange_.remote_address();
}

// What HTTP/2 servers refuse unprocessed may be sent again, whatever it is (RFC 9113 8.7).
// Otherwise: the server may close an idle connection just as we write to it. Once, on a fresh
// connection, and only when nothing came back and sending twice does no harm (RFC 9110
// section 9.2.2).
bool Call::may_retry(const Status& status) const {
  if (exchange_.refused()) return sample.retries < kMostRetriesOfRefused;
  const bool race = status.code() == Code::kReset || status.code() == Code::kClosedEarly;
  return race && request.profile->options.retry_stale && exchange_.on_reused_connection() &&
         !exchange_.anything_received() && is_idempotent(current().request.method) &&
         sample.retries == 0;
}

bool Call::is_redirect() const {
  return request.follow_redirects && is_redirect_status(reply.head.status) &&
         reply.head.headers.get("Location").has_value();
}

Status Call::follow_redirect() {
  const PreparedRequest& from = current();
  const auto limit = static_cast<size_t>(std::max(request.profile->options.max_redirects, 0));
  if (reply.history.size() >= limit) {
    return {Code::kRedirect,
            "exceeded " + std::to_string(limit) + " redirects at " + from.url.to_string()};
  }
  auto next = redirect(from, reply.head, *request.profile);
  if (!next.ok()) return next.status();
  if (next.value().keeps_body && body_is_spent()) {
    return {Code::kRedirect, "status " + std::to_string(reply.head.status) + " of " +
                                 from.url.to_string() +
                                 " asks for the request again: " + std::string(kSpent)};
  }
  reply.history.push_back({reply.head.status, from.url.to_string(), std::move(reply.head.reason),
                           std::move(reply.head.headers)});
  ++sample.hops;
  const auto& [prepared, keeps_body, same_origin] = next.value();
  if (!keeps_body) body_dropped_ = true;
  if (!same_origin) left_origin_ = true;
  if (const auto by_hand = from.request.headers.get("Cookie")) request.cookies = *by_hand;
  if (left_origin_) request.cookies.clear();
  challenged_ = false;
  request.extra_head.resize(given_lines_bytes_);
  if (!keeps_body || !same_origin) {
    request.extra_head = redirected_lines(request.extra_head, keeps_body, same_origin);
  }
  given_lines_bytes_ = own_lines_bytes_ = request.extra_head.size();
  hop_ = prepared;
  if (request.digest) answer_ahead();
  reply.final_url = hop_->url.to_string();
  reply.head.clear();
  reply.body.clear();
  send(true);
  return {};
}

void Call::arm_timer() {
  TimePoint due = TimePoint::max();
  if (request.total_timeout.count() > 0) due = reply.taken_up + request.total_timeout;
  if (exchange_.connected()) {
    if (request.read_timeout.count() > 0 && waits_for_bytes()) {
      due = std::min(due, silent_since() + request.read_timeout);
    }
  } else {
    if (request.connect_timeout.count() > 0) {
      due = std::min(due, exchange_.times().taken_up + request.connect_timeout);
    }
    // Look again when the earliest read could have timed out: it may be connected by then.
    if (request.read_timeout.count() > 0) {
      due = std::min(due, steady_now() + request.read_timeout);
    }
  }
  if (due != TimePoint::max()) services_->loop.wheel().schedule(*this, due);
}

// Bytes do not move the timer (that would cost every read); it looks at the stamps when it fires.
void Call::on_timer() {
  const TimePoint now = steady_now();
  exchange_.note_upload(now);
  const auto over = [&](Nanos limit, TimePoint since) {
    return limit.count() > 0 && now >= since + limit;
  };
  if (over(request.total_timeout, reply.taken_up)) {
    return time_out(Code::kTimeoutTotal, request.total_timeout);
  }
  if (exchange_.connected()) {
    if (waits_for_bytes() && over(request.read_timeout, silent_since())) {
      return time_out(Code::kTimeoutRead, request.read_timeout);
    }
  } else if (over(request.connect_timeout, exchange_.times().taken_up)) {
    return time_out(Code::kTimeoutConnect, request.connect_timeout);
  }
  arm_timer();
}

void Call::time_out(Code code, Nanos limit) {
  std::string text = code == Code::kTimeoutConnect ? "no connection to "
                     : code == Code::kTimeoutRead  ? "no byte from "
                                                   : "not done with ";
  text += current().origin->key + " within " + seconds_text(limit);
  exchange_.cancel();
  on_exchange_done({code, std::move(text)});
}

void Call::finish(Status status) {
  Timer::cancel();
  reply.last_byte = status.ok() ? exchange_.times().last_byte : steady_now();
  reply.status = std::move(status);
  reply.wants = CallReply::Wants::kNothing;
  reply.complete = true;
  fill_sample(reply.status);
  CallOwner* owner = std::exchange(owner_, nullptr);
  owner->on_call_done(*this);
}

void Call::fill_sample(const Status& status) {
  const int64_t blocked = sample.phases_ns[static_cast<size_t>(stats::Phase::kBlocked)];
  const int64_t whole = (reply.last_byte - reply.taken_up).count();
  sample.response_time_ns = std::max(whole - blocked, int64_t{0});
  const bool passed_on = request.discard_body || streaming_ != nullptr;
  sample.content_bytes = passed_on ? exchange_.passed_bytes() : reply.body.size();
  sample.never_sent = 1 + sample.hops + sample.challenges + sample.retries - sample.exchanges;
  sample.status = static_cast<uint16_t>(reply.head.status);
  sample.protocol = protocol_of(reply.head);
  if (status.code() == Code::kCancelled) {
    sample.outcome = stats::Outcome::kCancelled;
  } else if (!status.ok()) {
    sample.outcome = stats::Outcome::kFailure;
    sample.failure = status.code();
    sample.failure_text = status.message();
  } else if (!is_success_status(reply.head.status)) {
    sample.outcome = stats::Outcome::kFailure;
    sample.failure = Code::kStatus;
  }
  sample.source = this;
}

}  // namespace locust_like::client
