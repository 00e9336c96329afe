// Cell: a uv handle on the heap with a way back to its owner, and requests that own themselves.
// For .cc files of this folder only: it includes uv.h.
#pragma once

#include <uv.h>

#include <cassert>
#include <memory>
#include <utility>

#include "loop/handle.h"
#include "loop/loop.h"

namespace locust_like::loop {

template <typename Uv>
struct Cell {
  Uv uv;  // first, so that a uv handle can be turned back into its cell
  Loop* loop;

  uv_handle_t* base() { return reinterpret_cast<uv_handle_t*>(&uv); }
};

template <typename Uv>
void CellCloser<Uv>::operator()(Cell<Uv>* cell) const noexcept {
  cell->loop->assert_on_thread();
  cell->uv.data = nullptr;
  uv_close(cell->base(), [](uv_handle_t* handle) {
    const std::unique_ptr<Cell<Uv>> freed(reinterpret_cast<Cell<Uv>*>(handle));
    freed->loop->count_cell(-1);
  });
}

// Makes a handle with `init(uv_loop_t*, Uv*)`, one of uv's init functions; null when that fails
// (with its error in `error`, if wanted). `owner` is what owner_of() gives in callbacks.
template <typename Uv, typename Init>
Handle<Uv> make_handle(Loop& loop, void* owner, Init init, int* error = nullptr) {
  auto cell = std::make_unique<Cell<Uv>>();
  cell->loop = &loop;
  const int result = init(loop.uv(), &cell->uv);
  if (error != nullptr) *error = result;
  if (result != 0) return nullptr;
  cell->uv.data = owner;
  loop.count_cell(+1);
  return Handle<Uv>(cell.release());
}

// For trampolines: the owner, or null when it is gone.
template <typename Owner, typename Uv>
Owner* owner_of(const Uv* handle) {
  return static_cast<Owner*>(handle->data);
}

// A uv request with what it must keep alive. Ownership: libuv's from hand_over() until its
// callback, which takes it back with reclaim(), also when the request was cancelled.
template <typename Uv, typename Payload>
struct Request {
  Uv uv = {};
  Payload payload = {};

  static void hand_over(std::unique_ptr<Request> request) { static_cast<void>(request.release()); }
  static std::unique_ptr<Request> reclaim(Uv* request) {
    return std::unique_ptr<Request>(reinterpret_cast<Request*>(request));
  }
};

}  // namespace locust_like::loop
