// Services: what all pools and connections of one I/O thread share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "loop/loop.h"
#include "loop/resolver.h"

namespace locust_like::client {

// Thread: the loop's. Outlives every pool of the thread.
struct Services {
  Services(loop::Loop& own_loop, loop::Resolver& own_resolver)
      : loop(own_loop), resolver(own_resolver) {}

  // Who knows names for a profile; null: the thread's own resolver.
  loop::Resolver& resolver_of(const std::shared_ptr<const loop::Resolver::Options>& names) {
    if (!names) return resolver;
    for (const Told& one : told) {
      if (one.names == names) return *one.resolver;
    }
    std::erase_if(told, [](const Told& one) { return one.names.use_count() == 1; });
    told.push_back({names, std::make_unique<loop::Resolver>(loop, *names)});
    return *told.back().resolver;
  }

  struct Told {
    std::shared_ptr<const loop::Resolver::Options> names;
    std::unique_ptr<loop::Resolver> resolver;
  };

  loop::Loop& loop;
  loop::Resolver& resolver;
  std::vector<Told> told;  // resolvers that ask as an operator said
  // Scratch for rendering a request, for HTTP/2 frames and for ciphertext; empty between uses,
  // capacity kept.
  std::string request_bytes;
  std::string frame_bytes;
  std::string cipher_bytes;
};

}  // namespace locust_like::client
