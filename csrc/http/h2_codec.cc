#include "http/h2_codec.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <utility>

#include "http/h1_codec.h"
#include "http/h2_callbacks.h"
#include "http/h2_memory.h"
#include "http/h2_request.h"

namespace locust_like::http {
namespace {

constexpr size_t kFieldLineExtraBytes = 4;  // ": " and CRLF, so that both versions count alike

Status too_large_head() {
  return {Code::kTooLarge, "the reply's header is larger than " + std::to_string(kMaxHeadBytes) +
                               " bytes or " + std::to_string(kMaxHeadFields) + " fields"};
}

}  // namespace

void H2Codec::Freed::operator()(nghttp2_session* session) const noexcept {
  nghttp2_session_del(session);
}

H2Codec::H2Codec(int32_t first_stream_id) {
  nghttp2_session* session = nullptr;
  if (Callbacks::table() == nullptr || Callbacks::options() == nullptr ||
      nghttp2_session_client_new3(&session, Callbacks::table(), this, Callbacks::options(),
                                  h2_memory()) != 0) {
    problem_ = {Code::kResources, "no memory for an HTTP/2 session"};
    exhausted_ = true;
    return;
  }
  session_.reset(session);
  nghttp2_session_set_next_stream_id(session, first_stream_id);
  const std::array<nghttp2_settings_entry, 3> settings = {
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kH2StreamWindowBytes},
       {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeadBytes}}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kH2ConnectionWindowBytes);
}

H2Codec::~H2Codec() = default;

void H2Codec::open_stream(const RequestTemplate& request, std::string_view extra_head,
                          const std::optional<RequestBody>& body, StreamSink& sink,
                          std::string& /*out*/) {
  assert(free_streams() > 0);
  sink.head().clear();
  Stream& stream = add_stream(sink, body);
  const H2RequestFields fields(request, extra_head, body ? body->length_bytes() : std::nullopt);
  nghttp2_data_provider provider = {};
  provider.source.ptr = &stream;
  provider.read_callback = Callbacks::read_body;
  stream.id = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                     stream.unsent.empty() && stream.has_last ? nullptr : &provider,
                                     &stream);
  if (nghttp2_session_get_next_stream_id(session_.get()) > std::numeric_limits<int32_t>::max()) {
    exhausted_ = true;
  }
  if (stream.id > 0) return;
  fail(stream,
       {Code::kResources, std::string("open an HTTP/2 stream: ") + nghttp2_strerror(stream.id)});
  remove_stream(stream);
}

void H2Codec::add_body(StreamSink& sink, std::string_view piece, bool last, std::string& /*out*/) {
  Stream* stream = find_stream(sink);
  if (stream == nullptr) return;
  stream->unsent = piece;
  stream->has_last = last;
  stream->wants_piece = false;
  nghttp2_session_resume_data(session_.get(), stream->id);
}

H2Codec::Stream* H2Codec::find_stream(const StreamSink& sink) {
  const auto at = std::find_if(streams_.begin(), streams_.end(),
                               [&](const auto& stream) { return stream->sink == &sink; });
  return at == streams_.end() ? nullptr : at->get();
}

void H2Codec::abandon_stream(StreamSink& sink) {
  Stream* stream = find_stream(sink);
  if (stream == nullptr) return;
  release_sink(*stream);
  reset(*stream, NGHTTP2_CANCEL);
}

void H2Codec::consume(StreamSink& sink, size_t bytes) {
  const Stream* stream = find_stream(sink);
  if (stream != nullptr) nghttp2_session_consume_stream(session_.get(), stream->id, bytes);
}

Status H2Codec::receive(std::string_view bytes) {
  if (!problem_.ok()) return problem_;
  if (!settings_came_ && bytes.starts_with("HTTP/1")) {
    return fail_connection({Code::kH2Connection, "the server answers in HTTP/1, not in HTTP/2"});
  }
  inside_ = true;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  inside_ = false;
  if (taken >= 0) return {};
  if (!problem_.ok()) return fail_connection(problem_);
  return fail_connection({Code::kH2Connection, std::string("the server broke HTTP/2: ") +
                                                   nghttp2_strerror(static_cast<int>(taken))});
}

void H2Codec::receive_end(bool /*clean*/) {
  exhausted_ = true;
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i]->sink != nullptr) fail(*streams_[i], end_reason(*streams_[i]));
  }
}

void H2Codec::break_off(const Status& status) {
  exhausted_ = true;
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i]->sink != nullptr) fail(*streams_[i], status);
  }
}

int H2Codec::free_streams() const {
  if (exhausted_) return 0;
  uint32_t limit = 1;
  if (settings_came_) {
    limit = nghttp2_session_get_remote_settings(session_.get(),
                                                NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  }
  const uint32_t open = static_cast<uint32_t>(streams_.size());
  constexpr uint32_t kMost = std::numeric_limits<int>::max();
  return limit <= open ? 0 : static_cast<int>(std::min(limit - open, kMost));
}

Status H2Codec::take_output(size_t room_bytes, std::string& out) {
  if (inside_) return {};
  if (session_ == nullptr) return fail_connection(problem_);
  inside_ = true;
  out_ = &out;
  room_bytes_ = room_bytes;
  const uint8_t* bytes = nullptr;
  ssize_t size = 0;
  while ((size = nghttp2_session_mem_send(session_.get(), &bytes)) > 0) {
    out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  }
  out_ = nullptr;
  inside_ = false;
  if (size < 0) {
    problem_ = {Code::kResources,
                std::string("send over HTTP/2: ") + nghttp2_strerror(static_cast<int>(size))};
  }
  return problem_.ok() ? Status() : fail_connection(problem_);
}

// GOAWAY, so that the server knows that nothing went wrong (RFC 9113 6.8).
void H2Codec::end(std::string& out) {
  exhausted_ = true;
  if (session_ == nullptr || inside_ || !problem_.ok()) return;
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
  static_cast<void>(take_output(0, out));
}

H2Codec::Stream& H2Codec::add_stream(StreamSink& sink, const std::optional<RequestBody>& body) {
  if (spare_.empty()) {
    streams_.push_back(std::make_unique<Stream>());
  } else {
    streams_.push_back(std::move(spare_.back()));
    spare_.pop_back();
    *streams_.back() = Stream();
  }
  Stream& stream = *streams_.back();
  stream.sink = &sink;
  if (body) stream.unsent = body->bytes;
  stream.has_last = !body || !body->in_pieces;
  ++listened_;
  return stream;
}

void H2Codec::remove_stream(Stream& stream) {
  const auto at = std::find_if(streams_.begin(), streams_.end(),
                               [&](const auto& one) { return one.get() == &stream; });
  if (last_found_ == &stream) last_found_ = nullptr;
  spare_.push_back(std::move(*at));
  *at = std::move(streams_.back());
  streams_.pop_back();
}

StreamSink& H2Codec::release_sink(Stream& stream) {
  --listened_;
  stream.unsent = {};
  return *std::exchange(stream.sink, nullptr);
}

// A reply that comes before the upload is done is the result, and the upload stops.
void H2Codec::complete(Stream& stream) {
  if (nghttp2_session_get_stream_local_close(session_.get(), stream.id) == 0) {
    reset(stream, NGHTTP2_CANCEL);
  }
  release_sink(stream).on_complete();
}

void H2Codec::fail(Stream& stream, const Status& status) {
  StreamSink& sink = release_sink(stream);
  if (!stream.head_complete) sink.head().clear();  // half a head is nobody's reply
  sink.on_failed(status);
}

void H2Codec::reset(Stream& stream, uint32_t error_code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id, error_code);
}

// False: the stream has failed.
bool H2Codec::add_field(Stream& stream, std::string_view name, std::string_view value) {
  stream.head_bytes += static_cast<uint32_t>(name.size() + value.size() + kFieldLineExtraBytes);
  if (stream.head_bytes > kMaxHeadBytes || ++stream.head_fields > kMaxHeadFields) {
    fail(stream, too_large_head());
    return false;
  }
  if (stream.head_complete) return true;  // trailers are checked for form and dropped
  ResponseHead& head = stream.sink->head();
  if (name == ":status") {
    std::from_chars(value.data(), value.data() + value.size(), head.status);
  } else {
    head.headers.add(name, value);
  }
  return true;
}

void H2Codec::end_head(Stream& stream) {
  if (stream.head_complete) return;
  ResponseHead& head = stream.sink->head();
  if (head.status >= 200 && head.status <= 599) {
    stream.head_complete = true;
    idle_frames_ = 0;
    head.version_major = 2;
    head.version_minor = 0;
    head.keep_alive = true;
    return stream.sink->on_head();
  }
  const bool interim = head.status >= 100 && head.status < 200 && head.status != 101;
  if (interim && ++stream.interim_replies <= kMaxInterimReplies) return head.clear();
  const std::string status = std::to_string(head.status);
  fail(stream, {Code::kProtocol, interim ? "more than 32 interim (1xx) replies before the final one"
                                         : "malformed reply: status " + status});
  reset(stream, NGHTTP2_PROTOCOL_ERROR);
}

void H2Codec::on_closed(Stream& stream, uint32_t error_code) {
  if (stream.sink != nullptr) {
    const bool refused = error_code == NGHTTP2_REFUSED_STREAM || stream.never_sent;
    if (refused || stream.reset_by_peer) {
      const bool by_goaway = goaway_came_ && !stream.reset_by_peer;
      Status why =
          by_goaway
              ? Status(Code::kH2Goaway, "the server ended the connection with GOAWAY " +
                                            h2_code_text(goaway_code_) +
                                            " and did not process the request")
              : Status(Code::kH2Stream, "the server reset the stream: " + h2_code_text(error_code));
      if (!refused) {
        fail(stream, why);
      } else {
        release_sink(stream).on_refused(std::move(why));
      }
    } else {
      fail(stream, {Code::kProtocol,
                    std::string("malformed reply: ") +
                        (stream.malformed != nullptr ? stream.malformed
                                                     : "the body does not match its length")});
    }
  }
  remove_stream(stream);
}

void H2Codec::note_frame(bool moves_a_request) {
  if (moves_a_request) {
    idle_frames_ = 0;
  } else if (++idle_frames_ > kMaxIdleFrames) {
    problem_ = {Code::kH2Connection, "more than " + std::to_string(kMaxIdleFrames) +
                                         " frames in a row that move no request on"};
  }
}

Status H2Codec::fail_connection(Status status) {
  problem_ = std::move(status);
  break_off(problem_);
  return problem_;
}

Status H2Codec::end_reason(const Stream& stream) const {
  if (goaway_came_) {
    return {Code::kH2Goaway, "the server ended the connection with GOAWAY " +
                                 h2_code_text(goaway_code_) + " before the reply was complete"};
  }
  if (!stream.has_begun)
    return {Code::kClosedEarly, "connection closed before any byte of the reply"};
  if (!stream.head_complete)
    return {Code::kClosedEarly, "connection closed inside the reply's header"};
  return {Code::kClosedEarly, "connection closed inside the body, after " +
                                  std::to_string(stream.body_bytes) + " bytes"};
}

}  // namespace locust_like::http
