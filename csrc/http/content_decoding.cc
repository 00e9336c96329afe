#include "http/content_decoding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/headers.h"

namespace locust_like::http {
namespace {

enum class Coding { kGzip, kDeflate, kBrotli, kZstd };

constexpr size_t kFirstOutputBytes = 16384;

Status decode_error(std::string_view coding, std::string_view why) {
  std::string text("cannot decode ");
  return {Code::kDecode, text.append(coding).append(" body: ").append(why)};
}

Status too_large(size_t max_bytes) {
  return {Code::kTooLarge, "decoded body is larger than " + std::to_string(max_bytes) + " bytes"};
}

// Output of one layer: grows by doubling and never beyond the limit.
class Output {
 public:
  explicit Output(size_t max_bytes) : max_bytes_(std::min(max_bytes, SIZE_MAX / 4)) {}

  // Makes room; false at the limit. One byte beyond it is allowed, so that a body of exactly
  // max_bytes can be told from a larger one.
  bool grow() {
    if (bytes_.size() > max_bytes_) return false;
    const size_t doubled = std::max(kFirstOutputBytes, bytes_.size() * 2);
    bytes_.resize(std::min(doubled, max_bytes_ + 1));
    return true;
  }
  char* free_begin() { return bytes_.data() + used_; }
  size_t free_bytes() const { return bytes_.size() - used_; }
  void advance(size_t count) { used_ += count; }
  bool is_over_limit() const { return used_ > max_bytes_; }
  std::string take() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  size_t used_ = 0;
  size_t max_bytes_;
};

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// zlib counts input in 32 bits; larger bodies go in by slices.
void refill(z_stream& stream, std::string_view& rest) {
  if (stream.avail_in > 0) return;
  const size_t size = std::min<size_t>(rest.size(), 1U << 30);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
  stream.avail_in = static_cast<uInt>(size);
  rest.remove_prefix(size);
}

// What an inflate() result means for the loop below.
enum class Progress { kGoOn, kEnd, kFailed };

Progress judge(z_stream& stream, int result, bool many_members, std::string_view& rest) {
  if (result == Z_OK) return Progress::kGoOn;
  if (result == Z_BUF_ERROR) {
    return stream.avail_out == 0 ? Progress::kGoOn : Progress::kFailed;
  }
  if (result != Z_STREAM_END) return Progress::kFailed;
  refill(stream, rest);
  // RFC 1952 2.2: members follow one another. Whatever does not begin like one is padding, which
  // browsers and requests ignore too.
  constexpr Bytef kGzipMagic = 0x1f;
  const bool another = many_members && stream.avail_in > 0 && *stream.next_in == kGzipMagic;
  if (!another) return Progress::kEnd;
  return inflateReset(&stream) == Z_OK ? Progress::kGoOn : Progress::kFailed;
}

Result<std::string> inflate_all(std::string_view name, int window_bits, std::string_view body,
                                size_t max_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) {
    return Status(Code::kResources, "no memory for zlib");
  }
  const std::unique_ptr<z_stream, InflateEnd> end_guard(&stream);
  const bool many_members = window_bits > MAX_WBITS;
  Output output(max_bytes);
  std::string_view rest = body;
  while (true) {
    if (output.free_bytes() == 0 && !output.grow()) return too_large(max_bytes);
    refill(stream, rest);
    const auto room = static_cast<uInt>(std::min<size_t>(output.free_bytes(), 1U << 30));
    stream.next_out = reinterpret_cast<Bytef*>(output.free_begin());
    stream.avail_out = room;
    const int result = inflate(&stream, Z_NO_FLUSH);
    output.advance(room - stream.avail_out);
    if (output.is_over_limit()) return too_large(max_bytes);
    switch (judge(stream, result, many_members, rest)) {
      case Progress::kGoOn:
        break;
      case Progress::kEnd:
        return output.take();
      case Progress::kFailed:
        return decode_error(name, result == Z_BUF_ERROR   ? "it is truncated"
                                  : stream.msg != nullptr ? stream.msg
                                                          : "it is damaged");
    }
  }
}

// RFC 9110 8.4.1.2 means the zlib format; many servers send raw deflate. The first two bytes tell:
// method 8 and a multiple of 31 (RFC 1950 2.2).
bool has_zlib_header(std::string_view body) {
  if (body.size() < 2) return false;
  const auto cmf = static_cast<unsigned char>(body[0]);
  const auto flg = static_cast<unsigned char>(body[1]);
  return (cmf & 0x0f) == 8 && (cmf * 256 + flg) % 31 == 0;
}

struct BrotliEnd {
  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

Result<std::string> unbrotli(std::string_view body, size_t max_bytes) {
  const std::unique_ptr<BrotliDecoderState, BrotliEnd> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
  if (state == nullptr) return Status(Code::kResources, "no memory for brotli");
  Output output(max_bytes);
  size_t in_bytes = body.size();
  const auto* in = reinterpret_cast<const uint8_t*>(body.data());
  while (true) {
    if (output.free_bytes() == 0 && !output.grow()) return too_large(max_bytes);
    const size_t room = output.free_bytes();
    size_t out_bytes = room;
    auto* out = reinterpret_cast<uint8_t*>(output.free_begin());
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state.get(), &in_bytes, &in, &out_bytes, &out, nullptr);
    output.advance(room - out_bytes);
    if (output.is_over_limit()) return too_large(max_bytes);
    switch (result) {
      case BROTLI_DECODER_RESULT_SUCCESS:
        return output.take();
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        break;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return decode_error("br", "it is truncated");
      case BROTLI_DECODER_RESULT_ERROR:
        return decode_error("br", BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state.get())));
    }
  }
}

struct ZstdEnd {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Frames follow one another, as gzip members do (RFC 8878 3.1).
Result<std::string> unzstd(std::string_view body, size_t max_bytes) {
  const std::unique_ptr<ZSTD_DCtx, ZstdEnd> context(ZSTD_createDCtx());
  if (context == nullptr) return Status(Code::kResources, "no memory for zstd");
  constexpr int kMaxWindowLog = 23;  // RFC 9659: 8 MiB
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  Output output(max_bytes);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  while (true) {
    if (output.free_bytes() == 0 && !output.grow()) return too_large(max_bytes);
    ZSTD_outBuffer out{output.free_begin(), output.free_bytes(), 0};
    const size_t rest = ZSTD_decompressStream(context.get(), &out, &in);
    output.advance(out.pos);
    if (output.is_over_limit()) return too_large(max_bytes);
    if (ZSTD_isError(rest) != 0) return decode_error("zstd", ZSTD_getErrorName(rest));
    if (rest == 0 && in.pos == in.size) return output.take();
    if (in.pos == in.size && out.pos < out.size) return decode_error("zstd", "it is truncated");
  }
}

Result<std::string> decode_one(Coding coding, std::string_view body, size_t max_bytes) {
  if (body.empty()) return std::string();
  constexpr int kGzipWrapper = 16;
  switch (coding) {
    case Coding::kGzip:
      return inflate_all("gzip", MAX_WBITS + kGzipWrapper, body, max_bytes);
    case Coding::kDeflate:
      return inflate_all("deflate", has_zlib_header(body) ? MAX_WBITS : -MAX_WBITS, body,
                         max_bytes);
    case Coding::kBrotli:
      return unbrotli(body, max_bytes);
    case Coding::kZstd:
      break;
  }
  return unzstd(body, max_bytes);
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

Result<std::string> decode_content(std::string_view content_encoding, std::string_view body,
                                   size_t max_bytes) {
  Result<std::vector<Coding>> codings = parse_codings(content_encoding);
  if (!codings.ok()) return codings.status();
  if (codings.value().empty()) {
    if (body.size() > max_bytes) return too_large(max_bytes);
    return std::string(body);
  }
  // Codings are listed in the order in which they were applied.
  std::reverse(codings.value().begin(), codings.value().end());
  std::string layer;
  std::string_view current = body;
  for (const Coding coding : codings.value()) {
    Result<std::string> decoded = decode_one(coding, current, max_bytes);
    if (!decoded.ok()) return decoded;
    layer = std::move(decoded).value();
    current = layer;
  }
  return layer;
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
