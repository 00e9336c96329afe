// Random ids: of masters, workers and runs. Not for keys (keys.h).
// Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace locust_like::cluster {

// Never 0.
uint64_t random_number();
std::string random_bytes(size_t count);

}  // namespace locust_like::cluster
