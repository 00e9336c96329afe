// BodyQueue: pieces of a body that wait for their reader, in order, gathered into blocks.
// Thread: any one.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace locust_like::client {

class BodyQueue {
 public:
  void append(std::string_view piece) {
    if (blocks_.empty() || blocks_.back().size() >= kBlockBytes) blocks_.emplace_back();
    blocks_.back().append(piece);
  }
  // The oldest block. REQUIRES: !empty().
  std::string take() {
    std::string block = std::move(blocks_.front());
    blocks_.pop_front();
    return block;
  }
  bool empty() const { return blocks_.empty(); }
  void clear() { blocks_.clear(); }

 private:
  static constexpr size_t kBlockBytes = 131072;

  std::deque<std::string> blocks_;
};

}  // namespace locust_like::client
