// The memory of nghttp2's sessions: lists of free blocks in front of malloc.
//
// Design: one request makes and frees about twenty small objects inside nghttp2. A hundred users'
// requests are opened in bursts and end in bursts, which is more of one size than malloc's own
// cache of a thread holds (7). Here each thread keeps the small blocks that were freed on it, up to
// kMostKeptBytes, and hands them out again, the newest first. Large blocks come from malloc.
// Under AddressSanitizer all of them do, so that it sees each block's life.
// Thread: any one; a block may be freed on another thread than it was made on.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>

namespace locust_like::http {

inline constexpr size_t kMostKeptBytes = 4 << 20;

// To be given to a new session, which copies it; null: use malloc.
nghttp2_mem* h2_memory();

}  // namespace locust_like::http
