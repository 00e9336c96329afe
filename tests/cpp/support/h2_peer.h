// H2Peer: the server side of one HTTP/2 connection on nghttp2, and frames made by hand.
//
// In memory: bytes in, bytes out. The test says with which frames a request is answered; what
// nghttp2 would not send comes from frame().
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locust_like::testing {

using H2Fields = std::vector<std::pair<std::string, std::string>>;

// One frame as on the wire, whatever it holds.
inline std::string frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload) {
  std::string bytes;
  for (const int shift : {16, 8, 0}) bytes += static_cast<char>(payload.size() >> shift);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(stream >> shift);
  return bytes.append(payload);
}

inline std::string big_endian(uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift);
  return bytes;
}

inline std::string setting(uint16_t id, uint32_t value) {
  return std::string{static_cast<char>(id >> 8), static_cast<char>(id)} + big_endian(value);
}

// A header field as an HPACK literal without indexing (RFC 7541 6.2.2), any bytes.
inline std::string literal_field(std::string_view name, std::string_view value) {
  const auto text = [](std::string_view bytes) {
    std::string coded;
    size_t size = bytes.size();
    if (size < 127) {
      coded += static_cast<char>(size);
    } else {
      coded += '\x7f';
      for (size -= 127; size >= 128; size >>= 7) coded += static_cast<char>(0x80 | (size & 0x7f));
      coded += static_cast<char>(size);
    }
    return coded.append(bytes);
  };
  return std::string(1, '\0') + text(name) + text(value);
}

class H2Peer {
 public:
  struct Request {
    H2Fields fields;
    std::string body;
    bool ended = false;
    std::string field(std::string_view name) const {
      for (const auto& [key, value] : fields) {
        if (key == name) return value;
      }
      return "";
    }
  };

  explicit H2Peer(std::vector<nghttp2_settings_entry> settings = {}) {
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_no_auto_window_update(options, 1);  // consumed in on_data, unless held
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_session_callbacks_new(&calls);
    nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
    nghttp2_session_server_new2(&session_, calls, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(calls);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  }
  ~H2Peer() { nghttp2_session_del(session_); }
  H2Peer(const H2Peer&) = delete;
  H2Peer& operator=(const H2Peer&) = delete;

  // The connection's window is no limit; those of streams are as the settings say.
  void widen_window() {
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 1 << 30);
  }
  // From now on no window is opened again.
  void hold_windows() { holds_windows_ = true; }

  // Called once a request is complete, and may answer it.
  std::function<void(int32_t id)> when_request;

  // False: the client broke the protocol.
  bool receive(std::string_view bytes) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    return nghttp2_session_mem_recv(session_, data, bytes.size()) ==
           static_cast<ssize_t>(bytes.size());
  }
  std::string take_output() {
    std::string out;
    const uint8_t* bytes = nullptr;
    ssize_t size = 0;
    while ((size = nghttp2_session_mem_send(session_, &bytes)) > 0) {
      out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    }
    return out;
  }

  // A whole reply; an empty body ends with the head.
  void answer(int32_t id, std::string body, H2Fields fields = {{":status", "200"}}) {
    Body& kept = bodies_[id] = {std::move(body), 0};
    nghttp2_data_provider provider = {};
    provider.source.ptr = &kept;
    provider.read_callback = read_body;
    const std::vector<nghttp2_nv> list = to_nv(fields);
    nghttp2_submit_response(session_, id, list.data(), list.size(),
                            kept.text.empty() ? nullptr : &provider);
  }
  // A head without an end: interim replies, or a body that the test sends by hand.
  void answer_head(int32_t id, const H2Fields& fields) {
    const std::vector<nghttp2_nv> list = to_nv(fields);
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, list.data(), list.size(),
                           nullptr);
  }
  void reset(int32_t id, uint32_t error_code) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, error_code);
  }
  void go_away(int32_t last_id, uint32_t error_code = NGHTTP2_NO_ERROR) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_id, error_code, nullptr, 0);
  }

  std::map<int32_t, Request> requests;
  std::vector<uint32_t> goaways;                     // codes of GOAWAY frames that came
  std::vector<std::pair<int32_t, uint32_t>> resets;  // RST_STREAM frames that came: id, code

 private:
  struct Body {
    std::string text;
    size_t sent;
  };

  static H2Peer& peer(void* user) { return *static_cast<H2Peer*>(user); }

  static std::vector<nghttp2_nv> to_nv(const H2Fields& fields) {
    std::vector<nghttp2_nv> list;
    for (const auto& [name, value] : fields) {
      const auto bytes = [](const std::string& text) {
        return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
      };
      list.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return list;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* head, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                       void* user) {
    peer(user).requests[head->hd.stream_id].fields.emplace_back(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }
  static int on_data(nghttp2_session*, uint8_t, int32_t id, const uint8_t* bytes, size_t size,
                     void* user) {
    H2Peer& self = peer(user);
    self.requests[id].body.append(reinterpret_cast<const char*>(bytes), size);
    if (!self.holds_windows_) nghttp2_session_consume(self.session_, id, size);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* came, void* user) {
    H2Peer& self = peer(user);
    const uint8_t type = came->hd.type;
    if (type == NGHTTP2_RST_STREAM) {
      self.resets.emplace_back(came->hd.stream_id, came->rst_stream.error_code);
    }
    if (type == NGHTTP2_GOAWAY) self.goaways.push_back(came->goaway.error_code);
    if (type != NGHTTP2_HEADERS && type != NGHTTP2_DATA) return 0;
    if ((came->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    self.requests[came->hd.stream_id].ended = true;
    if (self.when_request) self.when_request(came->hd.stream_id);
    return 0;
  }
  static ssize_t read_body(nghttp2_session*, int32_t, uint8_t* into, size_t room, uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    Body& body = *static_cast<Body*>(source->ptr);
    const size_t count = body.text.copy(reinterpret_cast<char*>(into), room, body.sent);
    body.sent += count;
    if (body.sent == body.text.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  nghttp2_session* session_ = nullptr;
  bool holds_windows_ = false;
  std::map<int32_t, Body> bodies_;
};

}  // namespace locust_like::testing
