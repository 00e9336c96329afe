#include "stats/capture.h"

#include "stats/wire.h"

namespace locust_like::stats {
namespace {

void encode(const CapturedMessage& message, ByteWriter& to) {
  to.text(message.fields);
  to.text(message.body);
  to.varint(message.body_bytes);
  to.varint(message.is_whole ? 1 : 0);
}

CapturedMessage read_message(ByteReader& from) {
  CapturedMessage message;
  message.fields = from.text(kMaxCapturedFieldsBytes);
  message.body = from.text(kMaxCapturedBodyBytes);
  message.body_bytes = from.varint(kMaxCount);
  message.is_whole = from.varint(1) == 1;
  return message;
}

int64_t read_ns(ByteReader& from) {
  return static_cast<int64_t>(from.varint(static_cast<uint64_t>(INT64_MAX)));
}

}  // namespace

void encode(const Capture& capture, ByteWriter& to) {
  to.real(capture.wall_s);
  to.text(capture.method);
  to.text(capture.url);
  to.varint(static_cast<uint64_t>(capture.protocol));
  to.text(capture.remote_address);
  to.varint(capture.status);
  to.text(capture.reason);
  to.varint(capture.hops);
  to.varint(static_cast<uint64_t>(capture.response_time_ns));
  for (const int64_t ns : capture.phases_ns) to.varint(static_cast<uint64_t>(ns));
  encode(capture.request, to);
  encode(capture.reply, to);
}

std::shared_ptr<const Capture> decode_capture(std::string_view bytes) {
  ByteReader from(bytes);
  auto capture = std::make_shared<Capture>();
  capture->wall_s = from.real();
  capture->method = from.text(kMaxCapturedTextBytes);
  capture->url = from.text(kMaxCapturedTextBytes);
  capture->protocol = static_cast<Protocol>(from.varint(static_cast<uint64_t>(Protocol::kHttp2)));
  capture->remote_address = from.text(kMaxCapturedTextBytes);
  capture->status = static_cast<uint16_t>(from.varint(UINT16_MAX));
  capture->reason = from.text(kMaxCapturedTextBytes);
  capture->hops = static_cast<uint32_t>(from.varint(UINT32_MAX));
  capture->response_time_ns = read_ns(from);
  for (int64_t& ns : capture->phases_ns) ns = read_ns(from);
  capture->request = read_message(from);
  capture->reply = read_message(from);
  if (!from.ok() || !from.at_end()) return nullptr;
  return capture;
}

}  // namespace locust_like::stats
