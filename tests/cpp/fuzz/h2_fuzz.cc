// Any bytes as an HTTP/2 server's, behind its SETTINGS, whole and cut in two: no crash, one end for
// each stream, bounded output. The first byte chooses the cut, and whether the rest is taken as it
// is or as descriptions of frames: type, flags, stream, size of payload, payload.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "http/h2_codec.h"
#include "http/recording_sink.h"

namespace {

namespace http = locust_like::http;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr int kStreams = 3;
constexpr size_t kRoomBytes = 65536;

std::string frames_from(std::string_view described) {
  constexpr size_t kDescriptionBytes = 4;
  constexpr int kTypes = 11;
  std::string bytes;
  while (described.size() >= kDescriptionBytes) {
    const auto size = static_cast<unsigned char>(described[3]);
    const std::string_view payload = described.substr(kDescriptionBytes, size);
    const auto type = static_cast<unsigned char>(described[0]);
    bytes.append(2, '\0').append(1, static_cast<char>(payload.size()));
    bytes.append(1, static_cast<char>(type % kTypes)).append(1, described[1]);
    bytes.append(3, '\0').append(1, static_cast<char>(described[2] & 7)).append(payload);
    described.remove_prefix(kDescriptionBytes + payload.size());
  }
  return bytes;
}

// False when the connection has ended.
bool feed(http::H2Codec& codec, std::string_view bytes) {
  std::string out;
  return codec.receive(bytes).ok() && codec.take_output(kRoomBytes, out).ok();
}

void play(std::string_view first, std::string_view second) {
  http::RequestTemplate request;
  request.method = "POST";
  request.scheme = "http";
  request.authority = "h";
  request.target = "/";
  const std::string body(100'000, 'x');
  std::deque<http::RecordingSink> sinks(kStreams);
  http::H2Codec codec;
  std::string out;
  require(codec.take_output(kRoomBytes, out).ok());
  require(feed(codec, std::string_view("\0\0\0\4\0\0\0\0\0", 9)));
  for (http::RecordingSink& sink : sinks) {
    codec.open_stream(request, "A: b\r\n", http::RequestBody{body}, sink, out);
  }
  out.clear();
  require(codec.take_output(kRoomBytes, out).ok());
  require(out.size() <= 2 * kRoomBytes);
  if (feed(codec, first)) (void)feed(codec, second);
  codec.abandon_stream(sinks.back());
  codec.receive_end(true);
  int ends = 0;
  for (const http::RecordingSink& sink : sinks) {
    require(sink.ends() <= 1);
    require(sink.heads <= 1);
    ends += sink.ends();
  }
  require(ends >= kStreams - 1);
  require(!codec.has_open_streams() && codec.free_streams() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view given(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string made = (data[0] & 1) != 0 ? frames_from(given) : std::string(given);
  const std::string_view bytes = made;
  const size_t cut = (data[0] >> 1) % (bytes.size() + 1);
  play(bytes, "");
  play(bytes.substr(0, cut), bytes.substr(cut));
  return 0;
}
