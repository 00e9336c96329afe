#include "http/h2_memory.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

namespace locust_like::http {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeepsBlocks = false;
#else
constexpr bool kKeepsBlocks = true;
#endif

constexpr size_t kStepBytes = 64;
constexpr size_t kMostBytes = std::numeric_limits<size_t>::max() / 4;  // no sum overflows
constexpr size_t kSizes = 16;  // of 64, 128 ... 1024 bytes; what is larger is not kept

// Stands before each block.
struct alignas(std::max_align_t) Head {
  size_t bytes;  // of the block
  Head* next;    // while it is free
};

size_t rounded(size_t bytes) {
  return bytes == 0 ? kStepBytes : (bytes + kStepBytes - 1) / kStepBytes * kStepBytes;
}

class FreeBlocks {
 public:
  FreeBlocks() = default;
  FreeBlocks(const FreeBlocks&) = delete;
  FreeBlocks& operator=(const FreeBlocks&) = delete;
  ~FreeBlocks() {
    for (Head* head : lists_) {
      while (head != nullptr) std::free(std::exchange(head, head->next));
    }
  }

  // Null when there is no memory.
  void* take(size_t bytes) {
    if (bytes > kMostBytes) return nullptr;
    const size_t size = rounded(bytes);
    Head* head = nullptr;
    if (Head** list = list_of(size); list != nullptr && *list != nullptr) {
      head = std::exchange(*list, (*list)->next);
      kept_bytes_ -= size;
    } else {
      head = static_cast<Head*>(std::malloc(sizeof(Head) + size));
      if (head == nullptr) return nullptr;
      head->bytes = size;
    }
    return head + 1;
  }

  void give_back(void* block) {
    Head* head = static_cast<Head*>(block) - 1;
    Head** list = list_of(head->bytes);
    if (list == nullptr || kept_bytes_ + head->bytes > kMostKeptBytes) return std::free(head);
    head->next = std::exchange(*list, head);
    kept_bytes_ += head->bytes;
  }

 private:
  Head** list_of(size_t size) {
    const size_t index = size / kStepBytes - 1;
    return index < kSizes ? &lists_.at(index) : nullptr;
  }

  std::array<Head*, kSizes> lists_ = {};
  size_t kept_bytes_ = 0;
};

thread_local FreeBlocks free_blocks;

void* make(size_t bytes, void* /*user*/) { return free_blocks.take(bytes); }

void give_back(void* block, void* /*user*/) {
  if (block != nullptr) free_blocks.give_back(block);
}

void* make_zeroed(size_t count, size_t bytes, void* /*user*/) {
  size_t whole = 0;
  if (__builtin_mul_overflow(count, bytes, &whole)) return nullptr;
  void* block = free_blocks.take(whole);
  return block == nullptr ? nullptr : std::memset(block, 0, whole);
}

void* resize(void* block, size_t bytes, void* /*user*/) {
  if (block == nullptr) return free_blocks.take(bytes);
  const size_t old_bytes = (static_cast<Head*>(block) - 1)->bytes;
  if (bytes <= old_bytes) return block;
  void* larger = free_blocks.take(bytes);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, old_bytes);
  free_blocks.give_back(block);
  return larger;
}

}  // namespace

nghttp2_mem* h2_memory() {
  static nghttp2_mem calls = {nullptr, make, give_back, make_zeroed, resize};
  return kKeepsBlocks ? &calls : nullptr;
}

}  // namespace locust_like::http
