// The parts of H2Codec that meet nghttp2: what is kept for each stream, and the callbacks.
//
// For h2_codec.cc and h2_callbacks.cc only.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "http/h2_codec.h"

namespace locust_like::http {

struct H2Codec::Stream {
  StreamSink* sink = nullptr;  // null once the owner knows how the stream ended
  std::string_view unsent;     // of the body, or of its piece
  bool has_last = true;        // nothing comes after `unsent`
  bool wants_piece = false;    // the sink was asked for the next one
  int32_t id = 0;
  uint32_t head_bytes = 0;  // fields so far, interim heads and trailers included
  uint32_t head_fields = 0;
  uint64_t body_bytes = 0;
  int interim_replies = 0;
  bool has_begun = false;      // any byte of a reply came
  bool head_complete = false;  // the final one
  bool reset_by_peer = false;
  bool never_sent = false;
  const char* malformed = nullptr;  // what nghttp2 found wrong; a static text
};

// What nghttp2 calls. Nothing here throws; sinks are told from here.
struct H2Codec::Callbacks {
  // Shared by all sessions; null when there was no memory for them.
  static const nghttp2_session_callbacks* table();
  static const nghttp2_option* options();
  // Gives the next piece of a body; `source` is its Stream.
  static ssize_t read_body(nghttp2_session* session, int32_t id, uint8_t* into, size_t room,
                           uint32_t* flags, nghttp2_data_source* source, void* user);

 private:
  static H2Codec& codec(void* user) { return *static_cast<H2Codec*>(user); }
  static Stream* stream(void* user, int32_t id) {
    Stream*& last = codec(user).last_found_;
    if (last == nullptr || last->id != id) {
      last = static_cast<Stream*>(
          nghttp2_session_get_stream_user_data(codec(user).session_.get(), id));
    }
    return last;
  }
  // Null also when the owner has gone.
  static Stream* listened(void* user, int32_t id) {
    Stream* found = stream(user, id);
    return found != nullptr && found->sink != nullptr ? found : nullptr;
  }

  static int begin_frame(nghttp2_session* session, const nghttp2_frame_hd* head, void* user);
  static int header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                    size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                    void* user);
  static int invalid_header(nghttp2_session* session, const nghttp2_frame* frame,
                            const uint8_t* name, size_t name_size, const uint8_t* value,
                            size_t value_size, uint8_t flags, void* user);
  static int data_chunk(nghttp2_session* session, uint8_t flags, int32_t id, const uint8_t* bytes,
                        size_t size, void* user);
  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user);
  static int invalid_frame(nghttp2_session* session, const nghttp2_frame* frame, int error,
                           void* user);
  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user);
  static int frame_not_sent(nghttp2_session* session, const nghttp2_frame* frame, int error,
                            void* user);
  static int stream_closed(nghttp2_session* session, int32_t id, uint32_t error_code, void* user);
};

// "REFUSED_STREAM (7)": text for codes that nobody has defined is "unknown".
std::string h2_code_text(uint32_t error_code);

}  // namespace locust_like::http
