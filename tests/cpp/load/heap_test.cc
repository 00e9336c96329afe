#include "load/heap.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <random>

namespace locust_like::load {

TEST_CASE("replacing the front keeps the least at the front") {
  std::mt19937 random(3);
  for (size_t size = 1; size < 40; ++size) {
    std::vector<unsigned> heap(size);
    for (unsigned& value : heap) value = random() % 50;
    std::make_heap(heap.begin(), heap.end(), std::greater<>());
    std::vector<unsigned> plain = heap;
    for (int round = 0; round < 100; ++round) {
      const unsigned value = random() % 50;
      *std::min_element(plain.begin(), plain.end()) = value;
      replace_front(heap, value);
      CHECK(heap.front() == *std::min_element(plain.begin(), plain.end()));
      CHECK(std::is_heap(heap.begin(), heap.end(), std::greater<>()));
    }
    std::sort(heap.begin(), heap.end());
    std::sort(plain.begin(), plain.end());
    CHECK(heap == plain);
  }
}

}  // namespace locust_like::load
