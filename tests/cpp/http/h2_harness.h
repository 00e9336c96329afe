// H2Harness: an H2Codec and a peer of it, joined in memory.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/h2_codec.h"
#include "http/recording_sink.h"
#include "support/h2_peer.h"

namespace locust_like::http {

inline RequestTemplate h2_request(
    std::string_view method = "GET",
    const std::vector<std::pair<std::string, std::string>>& fields = {}) {
  RequestTemplate request;
  request.method = method;
  request.scheme = "http";
  request.authority = "h";
  request.target = "/p?q";
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

class H2Harness {
 public:
  explicit H2Harness(std::vector<nghttp2_settings_entry> settings = {})
      : peer(std::move(settings)) {}

  RecordingSink& open(RequestTemplate request = h2_request(), std::string extra = "",
                      std::optional<std::string> body = std::nullopt) {
    Opened& opened = opened_.emplace_back();
    opened.request = std::move(request);
    opened.extra = std::move(extra);
    opened.body = std::move(body);
    std::string out;
    const auto sent =
        opened.body ? std::optional(RequestBody{*opened.body}) : std::optional<RequestBody>();
    codec.open_stream(opened.request, opened.extra, sent, opened.sink, out);
    CHECK(out.empty());
    return opened.sink;
  }
  // Carries bytes to and fro until both sides are silent.
  void exchange() {
    for (bool moved = true; moved;) {
      std::string to_peer;
      output_status = codec.take_output(SIZE_MAX, to_peer);
      if (!output_status.ok()) return;
      REQUIRE(peer.receive(to_peer));
      const std::string to_codec = peer.take_output();
      if (!to_codec.empty()) {
        input_status = codec.receive(to_codec);
        if (!input_status.ok()) return;
      }
      moved = !to_peer.empty() || !to_codec.empty();
    }
  }
  // Gives the codec bytes that the peer's library would not send, and lets it answer.
  void feed(std::string_view bytes) {
    input_status = codec.receive(bytes);
    std::string out;
    if (input_status.ok()) output_status = codec.take_output(SIZE_MAX, out);
  }

  H2Codec codec;
  testing::H2Peer peer;
  Status input_status;
  Status output_status;

 private:
  struct Opened {
    RequestTemplate request;
    std::string extra;
    std::optional<std::string> body;
    RecordingSink sink;
  };
  std::deque<Opened> opened_;  // outlive their streams
};

}  // namespace locust_like::http
