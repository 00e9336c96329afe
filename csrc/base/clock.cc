#include "base/clock.h"

namespace locust_like {

double wall_now_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace locust_like
