// Strong integer ids: a NameId cannot be passed where a UserId is meant.
#pragma once

#include <compare>
#include <cstdint>

namespace locust_like {

template <typename Tag>
struct Id {
  uint32_t value = 0;
  friend auto operator<=>(const Id&, const Id&) = default;
};

// One (method, name) pair of an Environment; an index, dense from 0.
using NameId = Id<struct NameTag>;
// One I/O thread of an engine; an index, dense from 0.
using ThreadId = Id<struct ThreadTag>;

}  // namespace locust_like
