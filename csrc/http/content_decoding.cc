#include "http/content_decoding.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "http/decoding_layer.h"
#include "http/headers.h"

namespace locust_like::http {
namespace {

constexpr size_t kFirstOutputBytes = 16384;
constexpr size_t kBetweenLayersBytes = 65536;
constexpr size_t kUnmeasuredBytes = size_t{16} << 20;
static_assert(kUnmeasuredBytes % kFirstOutputBytes == 0, "buffers that double meet it");

Status too_large(size_t max_bytes) {
  return {Code::kTooLarge, "decoded body is larger than " + std::to_string(max_bytes) + " bytes"};
}

Result<std::vector<Coding>> parse_codings(std::string_view list) {
  std::vector<Coding> codings;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = trim_blanks(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (name.empty() || equals_ignoring_case(name, "identity")) continue;
    if (codings.size() == kMaxContentCodings) {
      return Status(Code::kDecode, "more than five content codings");
    }
    if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) {
      codings.push_back(Coding::kGzip);
    } else if (equals_ignoring_case(name, "deflate")) {
      codings.push_back(Coding::kDeflate);
    } else if (equals_ignoring_case(name, "br")) {
      codings.push_back(Coding::kBrotli);
    } else if (equals_ignoring_case(name, "zstd")) {
      codings.push_back(Coding::kZstd);
    } else {
      return Status(Code::kDecode, "unknown content coding \"" + std::string(name) + "\"");
    }
  }
  return codings;
}

}  // namespace

struct ContentDecoder::Stage {
  std::unique_ptr<DecodingLayer> layer;
  // What the stage before has decoded; the first one reads what decode() is given.
  std::string input;
  size_t taken_bytes = 0;  // of it
};

ContentDecoder::ContentDecoder() = default;
ContentDecoder::~ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&& other) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&& other) noexcept = default;

Result<ContentDecoder> ContentDecoder::make(std::string_view content_encoding) {
  Result<std::vector<Coding>> codings = parse_codings(content_encoding);
  if (!codings.ok()) return codings.status();
  // Codings are listed in the order in which they were applied.
  std::reverse(codings.value().begin(), codings.value().end());
  ContentDecoder decoder;
  for (const Coding coding : codings.value()) {
    Result<std::unique_ptr<DecodingLayer>> layer = make_decoding_layer(coding);
    if (!layer.ok()) return layer.status();
    decoder.stages_.push_back(std::make_unique<Stage>());
    decoder.stages_.back()->layer = std::move(layer).value();
  }
  return decoder;
}

Result<size_t> ContentDecoder::decode(std::string_view& in, char* out, size_t room) {
  if (!stages_.empty()) return decode_stage(stages_.size() - 1, in, out, room);
  const size_t size = in.copy(out, room);
  in.remove_prefix(size);
  return size;
}

Result<size_t> ContentDecoder::decode_stage(size_t index, std::string_view& in, char* out,
                                            size_t room) {
  Stage& stage = *stages_[index];
  size_t written = 0;
  while (written < room) {
    std::string_view input =
        index == 0 ? in : std::string_view(stage.input).substr(stage.taken_bytes);
    const size_t before = input.size();
    const Result<size_t> decoded = stage.layer->decode(input, out + written, room - written);
    if (!decoded.ok()) return decoded.status();
    written += decoded.value();
    if (index == 0) {
      in = input;
      if (decoded.value() == 0 && in.empty()) break;
      continue;
    }
    stage.taken_bytes += before - input.size();
    if (written == room) break;
    stage.input.resize(kBetweenLayersBytes);
    stage.taken_bytes = 0;
    const Result<size_t> more = decode_stage(index - 1, in, stage.input.data(), stage.input.size());
    if (!more.ok()) return more.status();
    stage.input.resize(more.value());
    if (more.value() == 0) break;
  }
  return written;
}

Status ContentDecoder::finish() const {
  for (const auto& stage : stages_) {
    if (stage->layer->may_end()) continue;
    std::string text("cannot decode ");
    return {Code::kDecode, text.append(stage->layer->name()).append(" body: it is truncated")};
  }
  return {};
}

namespace {

// How much `body` decodes to, without keeping it; more than `max_bytes` when it is too much.
Result<size_t> decoded_bytes(std::string_view content_encoding, std::string_view body,
                             size_t max_bytes) {
  Result<ContentDecoder> decoder = ContentDecoder::make(content_encoding);
  if (!decoder.ok()) return decoder.status();
  std::string scratch(kBetweenLayersBytes, '\0');
  size_t total = 0;
  while (total <= max_bytes) {
    const Result<size_t> size = decoder.value().decode(body, scratch.data(), scratch.size());
    if (!size.ok()) return size.status();
    total += size.value();
    if (size.value() < scratch.size()) break;
  }
  return total;
}

}  // namespace

// A body that is larger than most is measured before more of it is kept: a bomb then costs the time
// up to the limit and little memory, an honest one a second decoding.
Result<std::string> decode_content(std::string_view content_encoding, std::string_view body,
                                   size_t max_bytes) {
  Result<ContentDecoder> made = ContentDecoder::make(content_encoding);
  if (!made.ok()) return made.status();
  ContentDecoder& decoder = made.value();
  if (decoder.changes_nothing()) {
    if (body.size() > max_bytes) return too_large(max_bytes);
    return std::string(body);
  }
  // One byte beyond the limit tells a body of exactly max_bytes from a larger one.
  const size_t most = std::min(max_bytes, SIZE_MAX / 4) + 1;
  std::string decoded;
  std::string_view rest = body;
  size_t used = 0;
  while (used <= max_bytes) {
    size_t wanted = std::max(kFirstOutputBytes, used * 2);
    if (used == kUnmeasuredBytes) {
      const Result<size_t> whole = decoded_bytes(content_encoding, body, max_bytes);
      if (!whole.ok()) return whole.status();
      if (whole.value() > max_bytes) break;
      wanted = whole.value() + 1;
    }
    decoded.resize(std::min(wanted, most));
    const size_t room = decoded.size() - used;
    const Result<size_t> size = decoder.decode(rest, decoded.data() + used, room);
    if (!size.ok()) return size.status();
    used += size.value();
    if (used > max_bytes) break;
    if (size.value() == room) continue;
    decoded.resize(used);
    Status status = decoder.finish();
    if (!status.ok()) return status;
    return decoded;
  }
  return too_large(max_bytes);
}

std::string encode_gzip(std::string_view body) {
  constexpr int kGzipWrapper = 16;
  constexpr int kDefaultMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzipWrapper,
                   kDefaultMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(body.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace locust_like::http
