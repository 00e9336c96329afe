// DecodingLayer: undoes one content coding, piece by piece.
//
// For content_decoding.cc only. A layer owns its library's state and no buffer of ours. What
// follows a complete body is ignored where browsers do so (gzip, deflate, br).
// Thread: any one. Errors: kDecode with the coding's name, kResources.
// Source: RFC 1950-1952, RFC 7932, RFC 8878, RFC 9659 (zstd windows of 8 MiB at most).
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace locust_like::http {

enum class Coding { kGzip, kDeflate, kBrotli, kZstd };

class DecodingLayer {
 public:
  virtual ~DecodingLayer() = default;
  // Takes from the front of `in` and writes to `out` until `room` is used up or more input is
  // needed; returns the number of bytes written. Less than `room` means that `in` is empty.
  virtual Result<size_t> decode(std::string_view& in, char* out, size_t room) = 0;
  // No input is missing: the data are complete, or have not begun.
  virtual bool may_end() const = 0;
  virtual std::string_view name() const = 0;
};

Result<std::unique_ptr<DecodingLayer>> make_decoding_layer(Coding coding);

}  // namespace locust_like::http
