#include "http/h2_callbacks.h"

#include <cstring>
#include <utility>

namespace locust_like::http {
namespace {

constexpr size_t kFrameHeadBytes = 9;
// Each holds at most 16 KiB; more than a header block of 256 KiB needs.
constexpr size_t kMaxContinuations = 64;

std::string_view view(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::string h2_code_text(uint32_t error_code) {
  return std::string(nghttp2_http2_strerror(error_code)) + " (" + std::to_string(error_code) + ")";
}

int H2Codec::Callbacks::begin_frame(nghttp2_session* /*session*/, const nghttp2_frame_hd* head,
                                    void* user) {
  Stream* found = listened(user, head->stream_id);
  const bool data = head->type == NGHTTP2_DATA && head->length > 0;
  codec(user).note_frame(found != nullptr && data);
  if (!codec(user).problem_.ok()) return NGHTTP2_ERR_CALLBACK_FAILURE;
  if (found == nullptr) return 0;
  if (head->type == NGHTTP2_HEADERS || head->type == NGHTTP2_DATA) {
    found->has_begun = true;
    // Pieces of a body are counted as they come.
    found->sink->on_traffic(kFrameHeadBytes + (data ? 0 : head->length), 0);
  }
  return 0;
}

int H2Codec::Callbacks::header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                               const uint8_t* name, size_t name_size, const uint8_t* value,
                               size_t value_size, uint8_t /*flags*/, void* user) {
  Stream* found = listened(user, frame->hd.stream_id);
  if (found == nullptr) return 0;
  const bool taken = codec(user).add_field(*found, view(name, name_size), view(value, value_size));
  return taken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int H2Codec::Callbacks::invalid_header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                       const uint8_t* name, size_t name_size,
                                       const uint8_t* /*value*/, size_t /*value_size*/,
                                       uint8_t /*flags*/, void* user) {
  if (Stream* found = listened(user, frame->hd.stream_id)) {
    codec(user).fail(*found, {Code::kProtocol, "malformed reply: invalid name or value of field '" +
                                                   std::string(view(name, name_size)) + "'"});
  }
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int H2Codec::Callbacks::data_chunk(nghttp2_session* session, uint8_t /*flags*/, int32_t id,
                                   const uint8_t* bytes, size_t size, void* user) {
  nghttp2_session_consume_connection(session, size);
  Stream* found = listened(user, id);
  if (found == nullptr) return 0;
  found->body_bytes += size;
  found->sink->on_traffic(size, 0);
  const StreamSink::Take take = found->sink->on_body(view(bytes, size));
  if (take == StreamSink::Take::kTaken) nghttp2_session_consume_stream(session, id, size);
  if (take == StreamSink::Take::kRefused && found->sink != nullptr) {
    codec(user).fail(*found, {Code::kTooLarge, "the body is larger than allowed: refused after " +
                                                   std::to_string(found->body_bytes) + " bytes"});
    codec(user).reset(*found, NGHTTP2_CANCEL);
  }
  return 0;
}

int H2Codec::Callbacks::frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                       void* user) {
  H2Codec& self = codec(user);
  Stream* found = stream(user, frame->hd.stream_id);
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      if (found != nullptr && found->sink != nullptr) self.end_head(*found);
      break;
    case NGHTTP2_RST_STREAM:
      if (found != nullptr) found->reset_by_peer = true;
      return 0;
    case NGHTTP2_SETTINGS:
      self.settings_came_ = true;
      return 0;
    case NGHTTP2_GOAWAY:
      self.goaway_came_ = self.exhausted_ = true;
      self.goaway_code_ = frame->goaway.error_code;
      return 0;
    default:
      break;
  }
  const bool carries_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  const bool ends = carries_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (ends && found != nullptr && found->sink != nullptr) self.complete(*found);
  return 0;
}

int H2Codec::Callbacks::invalid_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                      int error, void* user) {
  if (Stream* found = stream(user, frame->hd.stream_id)) {
    found->malformed = nghttp2_strerror(error);
  }
  return 0;
}

int H2Codec::Callbacks::frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                   void* user) {
  H2Codec& self = codec(user);
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    const std::string_view why = view(frame->goaway.opaque_data, frame->goaway.opaque_data_len);
    self.problem_ = {Code::kH2Connection,
                     "the server broke HTTP/2: " + h2_code_text(frame->goaway.error_code) +
                         (why.empty() ? "" : ", ") + std::string(why)};
  }
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  if (Stream* found = listened(user, frame->hd.stream_id)) {
    self.idle_frames_ = 0;
    found->sink->on_traffic(0, kFrameHeadBytes + frame->hd.length);
  }
  return 0;
}

int H2Codec::Callbacks::frame_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                       int /*error*/, void* user) {
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  if (Stream* found = stream(user, frame->hd.stream_id)) found->never_sent = true;
  return 0;
}

int H2Codec::Callbacks::stream_closed(nghttp2_session* /*session*/, int32_t id, uint32_t error_code,
                                      void* user) {
  if (Stream* found = stream(user, id)) codec(user).on_closed(*found, error_code);
  return 0;
}

ssize_t H2Codec::Callbacks::read_body(nghttp2_session* /*session*/, int32_t /*id*/, uint8_t* into,
                                      size_t room, uint32_t* flags, nghttp2_data_source* source,
                                      void* user) {
  auto& from = *static_cast<Stream*>(source->ptr);
  if (from.sink == nullptr) return NGHTTP2_ERR_DEFERRED;  // being reset; the body may be gone
  if (from.unsent.empty() && !from.has_last) {
    if (!std::exchange(from.wants_piece, true)) from.sink->on_piece_wanted();
    return NGHTTP2_ERR_DEFERRED;  // add_body() goes on
  }
  if (codec(user).out_->size() >= codec(user).room_bytes_) return NGHTTP2_ERR_PAUSE;
  const std::string_view piece = from.unsent.substr(0, room);
  std::memcpy(into, piece.data(), piece.size());
  from.unsent.remove_prefix(piece.size());
  if (from.unsent.empty() && from.has_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(piece.size());
}

const nghttp2_session_callbacks* H2Codec::Callbacks::table() {
  static const nghttp2_session_callbacks* const made = [] {
    nghttp2_session_callbacks* calls = nullptr;
    if (nghttp2_session_callbacks_new(&calls) != 0) return calls;
    nghttp2_session_callbacks_set_on_begin_frame_callback(calls, begin_frame);
    nghttp2_session_callbacks_set_on_header_callback(calls, header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(calls, invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, frame_received);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(calls, invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(calls, frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(calls, frame_not_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(calls, stream_closed);
    return calls;
  }();
  return made;
}

const nghttp2_option* H2Codec::Callbacks::options() {
  static const nghttp2_option* const made = [] {
    nghttp2_option* chosen = nullptr;
    if (nghttp2_option_new(&chosen) != 0) return chosen;
    nghttp2_option_set_max_continuations(chosen, kMaxContinuations);
    nghttp2_option_set_no_closed_streams(chosen, 1);
    nghttp2_option_set_no_auto_window_update(chosen, 1);  // data_chunk and consume() send them
    return chosen;
  }();
  return made;
}

}  // namespace locust_like::http
