// Handle: the owning pointer to a libuv handle; safe to hold in headers, since it names no uv type.
//
// A uv handle may not move and may not be freed before its close callback ran, so it lives in a
// heap cell of its own (loop/cell.h, for .cc files). Dropping the Handle clears the owner, calls
// uv_close, and the cell frees itself in the close callback: whatever libuv still calls in between
// finds no owner and does nothing.
// Thread: the loop's, asserted.
#pragma once

#include <memory>

namespace locust_like::loop {

template <typename Uv>
struct Cell;

template <typename Uv>
struct CellCloser {
  void operator()(Cell<Uv>* cell) const noexcept;
};

template <typename Uv>
using Handle = std::unique_ptr<Cell<Uv>, CellCloser<Uv>>;

}  // namespace locust_like::loop
