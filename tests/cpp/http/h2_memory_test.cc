// What nghttp2's sessions allocate from.
#include "http/h2_memory.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

namespace locust_like::http {
namespace {

// Null under AddressSanitizer: nghttp2 uses malloc then.
const nghttp2_mem* memory() { return h2_memory(); }

TEST_CASE("memory for HTTP/2: what was freed is handed out again, zeroed when asked") {
  if (memory() == nullptr) return;
  void* first = memory()->malloc(100, nullptr);
  REQUIRE(first != nullptr);
  std::memset(first, 0xff, 100);
  memory()->free(first, nullptr);
  auto* again = static_cast<unsigned char*>(memory()->calloc(25, 4, nullptr));
  CHECK(again == first);
  CHECK(std::all_of(again, again + 100, [](unsigned char byte) { return byte == 0; }));
  memory()->free(again, nullptr);
  memory()->free(nullptr, nullptr);
}

TEST_CASE("memory for HTTP/2: a block that grows keeps its bytes, at every size") {
  if (memory() == nullptr) return;
  std::vector<unsigned char> expected;
  void* block = nullptr;
  for (size_t bytes = 0; bytes < 5000; bytes += 37) {
    block = memory()->realloc(block, bytes, nullptr);
    REQUIRE(block != nullptr);
    CHECK(std::equal(expected.begin(), expected.end(), static_cast<unsigned char*>(block)));
    expected.resize(bytes, static_cast<unsigned char>(bytes));
    std::copy(expected.begin(), expected.end(), static_cast<unsigned char*>(block));
  }
  memory()->free(block, nullptr);
}

TEST_CASE("memory for HTTP/2: sizes that cannot be had are refused") {
  if (memory() == nullptr) return;
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  CHECK(memory()->malloc(kMost, nullptr) == nullptr);
  CHECK(memory()->malloc(kMost - 100, nullptr) == nullptr);
  CHECK(memory()->calloc(kMost / 2, 3, nullptr) == nullptr);
  void* block = memory()->malloc(1, nullptr);
  CHECK(memory()->realloc(block, kMost, nullptr) == nullptr);
  memory()->free(block, nullptr);  // it was left alone
}

TEST_CASE("memory for HTTP/2: blocks may be freed on another thread, and more than are kept") {
  if (memory() == nullptr) return;
  constexpr size_t kBytes = 1000;
  std::vector<void*> blocks(2 * kMostKeptBytes / kBytes);
  for (void*& block : blocks) block = memory()->malloc(kBytes, nullptr);
  CHECK(std::count(blocks.begin(), blocks.end(), nullptr) == 0);
  std::thread([&] {
    for (void* block : blocks) memory()->free(block, nullptr);
  }).join();
}

}  // namespace
}  // namespace locust_like::http
