// CaptureChoice: which of the failures that are judged away from their table to capture.
//
// A table asks a call for a capture only when it wants one. Where a script judges, the call is gone
// by the time its row arrives, so the choice is made before: as a table would, the first of each
// kind in each second. Thread: not thread-safe.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "stats/errors.h"
#include "stats/sample.h"

namespace locust_like::stats {

class CaptureChoice {
 public:
  // Costs as much as ErrorTable::record().
  bool wants(const Sample& sample, std::string_view failure_text, TimePoint now);

 private:
  ErrorTable seen_{kMaxErrorRows, kMaxCapturesOfInterval};  // in this second
  TimePoint until_;
};

}  // namespace locust_like::stats
