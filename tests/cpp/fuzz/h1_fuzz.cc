// Any bytes as replies and as requests, whole and cut in two: no crash, one end at most for each
// stream, and the same events however the bytes are cut. The first byte chooses cut and method.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/content_decoding.h"
#include "http/h1_codec.h"
#include "http/h1_server_codec.h"
#include "http/recording_sink.h"

namespace {

using locust_like::Status;
namespace http = locust_like::http;

void require(bool holds) {
  if (!holds) std::abort();
}

class RequestLog final : public http::RequestSink {
 public:
  void on_head(const http::RequestHead& head, bool expects_continue) override {
    text.append(head.method).append(head.target).append(expects_continue ? " expects " : " ");
  }
  void on_body(std::string_view piece) override { text.append(piece); }
  void on_complete() override { text.append("|"); }
  void on_failed(Status why) override {
    require(!failed);
    failed = true;
    text.append(code_name(why.code()));
  }

  std::string text;
  bool failed = false;
};

std::string play_reply(std::string_view first, std::string_view second, bool is_head) {
  http::RequestTemplate request;
  request.method = is_head ? "HEAD" : "GET";
  http::RecordingSink sink;
  http::H1Codec codec;
  std::string out;
  codec.open_stream(request, "", std::nullopt, sink, out);
  if (codec.receive(first).ok()) (void)codec.receive(second);
  codec.receive_end(true);
  require(sink.completed + sink.failed == 1);
  require(codec.free_streams() == 0 && !codec.has_open_streams());
  return sink.summary();
}

std::string play_requests(std::string_view first, std::string_view second) {
  RequestLog log;
  http::H1ServerCodec codec(log);
  if (codec.receive(first).ok()) (void)codec.receive(second);
  codec.receive_end();
  return log.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t cut = bytes.empty() ? 0 : (data[0] >> 1) % (bytes.size() + 1);
  const bool is_head = (data[0] & 1) != 0;
  require(play_reply(bytes, "", is_head) ==
          play_reply(bytes.substr(0, cut), bytes.substr(cut), is_head));
  require(play_requests(bytes, "") == play_requests(bytes.substr(0, cut), bytes.substr(cut)));
  constexpr size_t kMaxDecodedBytes = 1 << 16;
  for (const char* coding : {"gzip", "deflate", "br"}) {
    (void)http::decode_content(coding, bytes, kMaxDecodedBytes);
  }
  return 0;
}
