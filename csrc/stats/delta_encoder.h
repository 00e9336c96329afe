// Writing deltas (delta.h has the layout).
//
// A DeltaEncoder numbers the names of one process; a number stands for its name for good. What it
// writes comes in pieces that each fit a message together with the texts of the names they use,
// however much was counted.
// Thread: not thread-safe; pieces are values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "stats/names.h"
#include "stats/snapshot.h"

namespace locust_like::stats {

struct NumberedName {
  uint32_t number = 0;
  std::shared_ptr<const Name> name;  // shared with the encoder and all pieces that use the name
};

struct DeltaPiece {
  std::string bytes;                // empty = nothing was counted
  std::vector<NumberedName> names;  // that it uses, ascending by number

  // What it takes of a message when all its names have to be told.
  size_t message_bytes() const;
};

class DeltaEncoder {
 public:
  // A row that alone takes more than `max_piece_bytes` is a piece of its own.
  explicit DeltaEncoder(size_t max_piece_bytes) : max_piece_bytes_(max_piece_bytes) {}

  // Empty when nothing was counted.
  std::vector<DeltaPiece> encode(const Snapshot& delta);

 private:
  const NumberedName& number(const std::shared_ptr<const Name>& name);

  const size_t max_piece_bytes_;
  // Not Names: the Collector has bounded them already. Keys point into the names.
  std::unordered_map<NameKey, NumberedName, NameKeyHash> numbers_;
};

// The sum of two pieces of one encoder; nothing when it would be too large for a piece or a count.
std::optional<DeltaPiece> merge_pieces(const DeltaPiece& a, const DeltaPiece& b,
                                       size_t max_piece_bytes);

}  // namespace locust_like::stats
