#include "http/decoding_layer.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace locust_like::http {
namespace {

constexpr size_t kMostAtOnce = 1U << 30;  // zlib counts in 32 bits

Status decode_error(std::string_view coding, std::string_view why) {
  std::string text("cannot decode ");
  return {Code::kDecode, text.append(coding).append(" body: ").append(why)};
}

// gzip, whose members follow one another (RFC 1952 2.2), and deflate.
class InflateLayer final : public DecodingLayer {
 public:
  explicit InflateLayer(bool gzip) : gzip_(gzip) {}
  ~InflateLayer() override {
    if (state_ != State::kNotBegun) inflateEnd(&stream_);
  }
  InflateLayer(const InflateLayer&) = delete;
  InflateLayer& operator=(const InflateLayer&) = delete;

  Result<size_t> decode(std::string_view& in, char* out, size_t room) override {
    const auto asked = static_cast<uInt>(std::min(room, kMostAtOnce));
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = asked;
    bool goes_on = true;
    while (goes_on && stream_.avail_out > 0) {
      Result<bool> step = inflate_some(in);
      if (!step.ok()) return step.status();
      goes_on = step.value();
    }
    return asked - stream_.avail_out;
  }
  bool may_end() const override {
    if (state_ == State::kNotBegun) return first_.empty();
    return state_ == State::kBetween || state_ == State::kEnded;
  }
  std::string_view name() const override { return gzip_ ? "gzip" : "deflate"; }

 private:
  enum class State { kNotBegun, kInside, kBetween, kEnded };

  // False: nothing goes on without more input.
  Result<bool> inflate_some(std::string_view& in) {
    if (state_ == State::kEnded) in = {};
    if (state_ == State::kBetween && !in.empty()) return next_member(in);
    if (state_ == State::kNotBegun) {
      Result<bool> begun = begin(in);
      if (!begun.ok() || !begun.value()) return begun;
    }
    if (state_ != State::kInside) return false;
    if (!first_.empty()) {
      std::string_view first = first_;
      return feed(first);
    }
    return feed(in);
  }

  // RFC 9110 8.4.1.2 means the zlib format by "deflate"; many servers send raw deflate. The first
  // two bytes tell: method 8 and a multiple of 31 (RFC 1950 2.2). False: they have not come.
  Result<bool> begin(std::string_view& in) {
    constexpr size_t kTelling = 2;
    constexpr int kGzipWrapper = 16;
    while (!gzip_ && first_.size() < kTelling && !in.empty()) {
      first_.push_back(in.front());
      in.remove_prefix(1);
    }
    if (gzip_ ? in.empty() : first_.size() < kTelling) return false;
    int window_bits = MAX_WBITS + kGzipWrapper;
    if (!gzip_) {
      const auto cmf = static_cast<unsigned char>(first_[0]);
      const auto flg = static_cast<unsigned char>(first_[1]);
      window_bits = (cmf & 0x0f) == 8 && (cmf * 256 + flg) % 31 == 0 ? MAX_WBITS : -MAX_WBITS;
    }
    if (inflateInit2(&stream_, window_bits) != Z_OK) {
      return Status(Code::kResources, "no memory for zlib");
    }
    state_ = State::kInside;
    return true;
  }

  // Whatever does not begin like a member is padding, which browsers and requests ignore too.
  Result<bool> next_member(std::string_view& in) {
    constexpr char kGzipMagic = 0x1f;
    if (in.front() != kGzipMagic) {
      state_ = State::kEnded;
      return true;
    }
    if (inflateReset(&stream_) != Z_OK) return decode_error(name(), "it is damaged");
    state_ = State::kInside;
    return true;
  }

  Result<bool> feed(std::string_view& in) {
    const auto given = static_cast<uInt>(std::min(in.size(), kMostAtOnce));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = given;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(given - stream_.avail_in);
    if (!first_.empty()) first_.clear();  // two bytes, always taken whole
    if (result == Z_STREAM_END) {
      state_ = gzip_ ? State::kBetween : State::kEnded;
      return true;
    }
    if (result == Z_BUF_ERROR) return false;
    if (result == Z_OK) return true;
    return decode_error(name(), stream_.msg != nullptr ? stream_.msg : "it is damaged");
  }

  const bool gzip_;
  State state_ = State::kNotBegun;
  std::string first_;  // deflate: what came before its format was known
  z_stream stream_{};
};

struct BrotliEnd {
  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

class BrotliLayer final : public DecodingLayer {
 public:
  BrotliLayer() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}

  Result<size_t> decode(std::string_view& in, char* out, size_t room) override {
    if (state_ == nullptr) return Status(Code::kResources, "no memory for brotli");
    if (ended_) in = {};
    if (ended_ || (in.empty() && !begun_)) return size_t{0};
    begun_ = true;
    size_t in_bytes = in.size();
    size_t out_bytes = room;
    const auto* next_in = reinterpret_cast<const uint8_t*>(in.data());
    auto* next_out = reinterpret_cast<uint8_t*>(out);
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(
        state_.get(), &in_bytes, &next_in, &out_bytes, &next_out, nullptr);
    in.remove_prefix(in.size() - in_bytes);
    if (result == BROTLI_DECODER_RESULT_ERROR) {
      return decode_error(name(),
                          BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_.get())));
    }
    ended_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    if (ended_) in = {};
    return room - out_bytes;
  }
  bool may_end() const override { return ended_ || !begun_; }
  std::string_view name() const override { return "br"; }

 private:
  std::unique_ptr<BrotliDecoderState, BrotliEnd> state_;
  bool begun_ = false;
  bool ended_ = false;
};

struct ZstdEnd {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Frames follow one another, as gzip members do (RFC 8878 3.1).
class ZstdLayer final : public DecodingLayer {
 public:
  ZstdLayer() : context_(ZSTD_createDCtx()) {
    constexpr int kMaxWindowLog = 23;  // RFC 9659: 8 MiB
    if (context_ != nullptr) {
      ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    }
  }

  Result<size_t> decode(std::string_view& in, char* out, size_t room) override {
    if (context_ == nullptr) return Status(Code::kResources, "no memory for zstd");
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out, room, 0};
    while (output.pos < room && (input.pos < input.size || holds_output_)) {
      const size_t rest = ZSTD_decompressStream(context_.get(), &output, &input);
      if (ZSTD_isError(rest) != 0) return decode_error(name(), ZSTD_getErrorName(rest));
      between_frames_ = rest == 0;
      holds_output_ = rest != 0 && output.pos == room;
    }
    in.remove_prefix(input.pos);
    return output.pos;
  }
  bool may_end() const override { return between_frames_; }
  std::string_view name() const override { return "zstd"; }

 private:
  std::unique_ptr<ZSTD_DCtx, ZstdEnd> context_;
  bool between_frames_ = true;
  bool holds_output_ = false;
};

}  // namespace

Result<std::unique_ptr<DecodingLayer>> make_decoding_layer(Coding coding) {
  switch (coding) {
    case Coding::kGzip:
    case Coding::kDeflate:
      return std::unique_ptr<DecodingLayer>(
          std::make_unique<InflateLayer>(coding == Coding::kGzip));
    case Coding::kBrotli:
      return std::unique_ptr<DecodingLayer>(std::make_unique<BrotliLayer>());
    case Coding::kZstd:
      break;
  }
  return std::unique_ptr<DecodingLayer>(std::make_unique<ZstdLayer>());
}

}  // namespace locust_like::http
