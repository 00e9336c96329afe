#include "cluster/random.h"

#include <random>

namespace locust_like::cluster {

uint64_t random_number() {
  std::random_device device;
  std::uniform_int_distribution<uint64_t> numbers(1);
  return numbers(device);
}

std::string random_bytes(size_t count) {
  std::random_device device;
  std::uniform_int_distribution<int> values(0, UINT8_MAX);
  std::string bytes;
  while (bytes.size() < count) bytes.push_back(static_cast<char>(values(device)));
  return bytes;
}

}  // namespace locust_like::cluster
