// Services: what all pools and connections of one I/O thread share.
#pragma once

#include <string>

#include "base/clock.h"
#include "loop/loop.h"
#include "loop/resolver.h"

namespace locust_like::client {

// Thread: the loop's. Outlives every pool of the thread.
struct Services {
  Services(loop::Loop& own_loop, loop::Resolver& own_resolver)
      : loop(own_loop), resolver(own_resolver) {}

  loop::Loop& loop;
  loop::Resolver& resolver;
  // Scratch for rendering a request, for HTTP/2 frames and for ciphertext; empty between uses,
  // capacity kept.
  std::string request_bytes;
  std::string frame_bytes;
  std::string cipher_bytes;
};

}  // namespace locust_like::client
