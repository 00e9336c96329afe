// Heaps (as std::make_heap with std::greater makes them: the least is at the front) whose front
// changes: half the work of std::pop_heap and std::push_heap, which go down and up again.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace locust_like::load {

// Replaces the front. REQUIRES: !heap.empty(). O(log size).
template <typename T>
void replace_front(std::vector<T>& heap, const T value) {
  const size_t size = heap.size();
  size_t hole = 0;
  size_t child = 1;
  while (child + 1 < size) {
    // An addition, because nobody can predict which child it is.
    child += static_cast<size_t>(heap[child + 1] < heap[child]);
    if (!(heap[child] < value)) break;
    heap[hole] = heap[child];
    hole = child;
    child = 2 * hole + 1;
  }
  if (child + 1 == size && heap[child] < value) {
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = value;
}

}  // namespace locust_like::load
