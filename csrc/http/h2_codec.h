// H2Codec: the client side of one HTTP/2 connection.
//
// Design: nghttp2 keeps the protocol's states, this class what is ours: which sink a stream belongs
// to, limits, and what a user is told. A reply goes straight into its sink; bodies to send stay
// where the caller has them until the peer's windows let them go. Before the peer's SETTINGS have
// come one stream is open at most, so no limit of a peer is ever exceeded.
// What nghttp2 would forgive is an error here: a field with an invalid name or value makes a reply
// malformed (RFC 9113 8.2.1). Server push is refused.
// Windows: what comes is confirmed to the connection at once, so that a slow reader of one stream
// does not hold up the others, and to its stream when the sink has taken it.
// Floods: nghttp2 bounds CONTINUATION, SETTINGS entries and unsent acknowledgements; frames that
// move no request on (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA, frames of closed
// streams) are bounded here, by kMaxIdleFrames between two that do. Frames of unknown types cost
// nothing but their bytes and are skipped.
// Thread: the loop's. Errors: kH2Connection ends the connection; of single streams kH2Stream,
// kH2Goaway, kProtocol (malformed), kTooLarge, kClosedEarly. A sink may call open_stream or
// abandon_stream inside any callback.
// Source: RFC 9113; limits of a head as in head_parser.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/codec.h"

struct nghttp2_session;

namespace locust_like::http {

// Bytes that a server may have on the way to us before we confirm any of them; it must not be what
// limits a download over a long path. Nothing is buffered for it, but by sinks that keep pieces.
inline constexpr int32_t kH2StreamWindowBytes = 16 << 20;
inline constexpr int32_t kH2ConnectionWindowBytes = 64 << 20;
inline constexpr uint32_t kMaxIdleFrames = 10000;

class H2Codec final : public MultiplexingCodec {
 public:
  // `first_stream_id` is odd; tests begin where the ids run out.
  explicit H2Codec(int32_t first_stream_id = 1);
  ~H2Codec() override;
  H2Codec(const H2Codec&) = delete;
  H2Codec& operator=(const H2Codec&) = delete;

  void open_stream(const RequestTemplate& request, std::string_view extra_head,
                   const std::optional<RequestBody>& body, StreamSink& sink,
                   std::string& out) override;
  void add_body(StreamSink& sink, std::string_view piece, bool last, std::string& out) override;
  void abandon_stream(StreamSink& sink) override;
  Status receive(std::string_view bytes) override;
  void receive_end(bool clean) override;
  void break_off(const Status& status) override;
  int free_streams() const override;
  bool has_open_streams() const override { return listened_ > 0; }
  Status take_output(size_t room_bytes, std::string& out) override;
  void end(std::string& out) override;
  void consume(StreamSink& sink, size_t bytes) override;
  bool exhausted() const override { return exhausted_; }

 private:
  struct Stream;
  struct Callbacks;
  struct Freed {
    void operator()(nghttp2_session* session) const noexcept;
  };

  Stream& add_stream(StreamSink& sink, const std::optional<RequestBody>& body);
  void remove_stream(Stream& stream);
  Stream* find_stream(const StreamSink& sink);  // null: it has ended
  // Takes the sink from the stream: whoever does tells it how the stream ended.
  StreamSink& release_sink(Stream& stream);
  void complete(Stream& stream);
  void fail(Stream& stream, const Status& status);
  void reset(Stream& stream, uint32_t error_code);
  void end_head(Stream& stream);
  bool add_field(Stream& stream, std::string_view name, std::string_view value);
  void on_closed(Stream& stream, uint32_t error_code);
  void note_frame(bool moves_a_request);
  // Ends all streams; the connection is finished.
  Status fail_connection(Status status);
  Status end_reason(const Stream& stream) const;

  std::unique_ptr<nghttp2_session, Freed> session_;
  std::vector<std::unique_ptr<Stream>> streams_;  // not yet closed on both sides
  std::vector<std::unique_ptr<Stream>> spare_;
  Stream* last_found_ = nullptr;  // by id: frames and fields of one stream come together
  Status problem_;                // why the connection ends; found inside a callback
  size_t listened_ = 0;           // streams with a sink
  uint32_t idle_frames_ = 0;      // since one moved a request on
  uint32_t goaway_code_ = 0;
  bool goaway_came_ = false;
  bool settings_came_ = false;
  bool exhausted_ = false;
  bool inside_ = false;  // nghttp2 is running: it must not be called for input or output
  const std::string* out_ = nullptr;  // inside take_output
  size_t room_bytes_ = 0;             // likewise
};

}  // namespace locust_like::http
