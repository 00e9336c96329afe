#include "http/body_reader.h"

#include <algorithm>

#include "http/headers.h"

namespace locust_like::http {
namespace {

int hex_value(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What may stand in a chunk extension or a trailer's value.
bool is_text_char(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

}  // namespace

void BodyReader::start_length(uint64_t length_bytes) {
  *this = BodyReader();
  left_ = length_bytes;
}

void BodyReader::start_chunked() {
  *this = BodyReader();
  state_ = State::kSizeFirst;
}

void BodyReader::start_until_close() {
  *this = BodyReader();
  state_ = State::kUntilClose;
}

BodyReader::Step BodyReader::next(std::string_view& bytes, std::string_view& piece) {
  if (state_ == State::kLength && left_ == 0) return Step::kComplete;
  while (!bytes.empty()) {
    if (state_ == State::kLength || state_ == State::kUntilClose || state_ == State::kData) {
      return take_data(bytes, piece);
    }
    const Step step = step_byte(static_cast<unsigned char>(bytes.front()));
    bytes.remove_prefix(1);
    if (step != Step::kNeedMore) return step;
  }
  return Step::kNeedMore;
}

BodyReader::Step BodyReader::take_data(std::string_view& bytes, std::string_view& piece) {
  size_t size = bytes.size();
  if (state_ != State::kUntilClose) {
    size = static_cast<size_t>(std::min<uint64_t>(size, left_));
    left_ -= size;
    if (state_ == State::kData && left_ == 0) state_ = State::kDataCr;
  }
  piece = bytes.substr(0, size);
  bytes.remove_prefix(size);
  received_ += size;
  return Step::kPiece;
}

BodyReader::Step BodyReader::step_byte(unsigned char c) {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
    case State::kSizeLf:
      return step_size(c);
    case State::kExtension:
    case State::kQuoted:
    case State::kQuotedEscape:
      return step_extension(c);
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r' ? Step::kNeedMore : refuse(Step::kBad, "a chunk does not end in CR LF");
    case State::kDataLf:
      state_ = State::kSizeFirst;
      return c == '\n' ? Step::kNeedMore : refuse(Step::kBad, "a chunk does not end in CR LF");
    default:
      return step_trailer(c);
  }
}

BodyReader::Step BodyReader::step_size(unsigned char c) {
  if (state_ == State::kSizeLf) {
    line_bytes_ = 0;
    state_ = left_ == 0 ? State::kTrailerStart : State::kData;
    return c == '\n' ? Step::kNeedMore : refuse(Step::kBad, "a chunk size ends in CR without LF");
  }
  if (++line_bytes_ > kMaxChunkLineBytes)
    return refuse(Step::kTooLarge, "a chunk size over 16 KiB");
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (left_ > (UINT64_MAX >> 4)) return refuse(Step::kBad, "a chunk size over 64 bits");
    left_ = left_ << 4 | static_cast<uint64_t>(digit);
    state_ = State::kSize;
    return Step::kNeedMore;
  }
  if (state_ == State::kSizeFirst) return refuse(Step::kBad, "a chunk size that is no number");
  if (c == '\r') {
    state_ = State::kSizeLf;
  } else if (c == ';') {
    state_ = State::kExtension;
  } else {
    return refuse(Step::kBad, "a bad character behind a chunk size");
  }
  return Step::kNeedMore;
}

BodyReader::Step BodyReader::step_extension(unsigned char c) {
  if (++line_bytes_ > kMaxChunkLineBytes) {
    return refuse(Step::kTooLarge, "chunk extensions over 16 KiB");
  }
  if (state_ == State::kExtension && c == '\r') {
    state_ = State::kSizeLf;
    return Step::kNeedMore;
  }
  if (!is_text_char(c)) return refuse(Step::kBad, "a control character in a chunk extension");
  if (state_ == State::kQuotedEscape) {
    state_ = State::kQuoted;
  } else if (c == '"') {
    state_ = state_ == State::kQuoted ? State::kExtension : State::kQuoted;
  } else if (c == '\\' && state_ == State::kQuoted) {
    state_ = State::kQuotedEscape;
  }
  return Step::kNeedMore;
}

BodyReader::Step BodyReader::step_trailer(unsigned char c) {
  if (++line_bytes_ > kMaxTrailerBytes) return refuse(Step::kTooLarge, "trailers over 64 KiB");
  const bool is_name_char = is_token_char(static_cast<char>(c));
  switch (state_) {
    case State::kTrailerStart:
      state_ = c == '\r' ? State::kEndLf : State::kTrailerName;
      if (c != '\r' && !is_name_char) return refuse(Step::kBad, "a bad trailer name");
      return Step::kNeedMore;
    case State::kTrailerName:
      if (c == ':') {
        state_ = State::kTrailerValue;
      } else if (!is_name_char) {
        return refuse(Step::kBad, "a bad trailer name");
      }
      return Step::kNeedMore;
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLf;
      } else if (!is_text_char(c)) {
        return refuse(Step::kBad, "a control character in a trailer");
      }
      return Step::kNeedMore;
    default:
      break;
  }
  if (c != '\n') return refuse(Step::kBad, "a trailer ends in CR without LF");
  if (state_ == State::kTrailerLf) {
    state_ = State::kTrailerStart;
    return Step::kNeedMore;
  }
  left_ = 0;
  state_ = State::kLength;
  return Step::kComplete;
}

BodyReader::Step BodyReader::refuse(Step step, const char* problem) {
  problem_ = problem;
  return step;
}

}  // namespace locust_like::http
