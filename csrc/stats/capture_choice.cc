#include "stats/capture_choice.h"

#include <chrono>

#include "stats/entry.h"

namespace locust_like::stats {

bool CaptureChoice::wants(const Sample& sample, std::string_view failure_text, TimePoint now) {
  if (!is_failure(sample.outcome)) return false;
  if (now >= until_) {
    seen_.clear();
    until_ = now + std::chrono::seconds(1);
  }
  ErrorRow& row = seen_.record(sample.name, failure_class(sample), sample.status, failure_text);
  if (!seen_.wants_capture(row)) return false;
  seen_.add_capture(row, nullptr);
  return true;
}

}  // namespace locust_like::stats
