#include "stats/health.h"

#include <algorithm>
#include <cstdio>

namespace locust_like::stats {
namespace {

// A machine that makes us wait this much is too busy, whoever made it so.
constexpr double kLateWaitShare = 0.20;
constexpr double kLateStealShare = 0.10;
constexpr uint64_t kRunShare = 10;  // a run is marked by more than one interval in so many

class Judge {
 public:
  explicit Judge(HealthInterval& interval) : interval_(interval) {}

  void delay(const char* what, double ms) {
    if (ms > kLateDelay_ms)
      mark(Verdict::kLate, "%s %.1f ms (limit %.1f ms)", what, ms, kLateDelay_ms);
  }
  void share(const char* what, double value, double limit, Verdict verdict) {
    mark(verdict, "%s %.0f %% (limit %.0f %%)", what, value * 100, limit * 100);
  }
  void busy(const char* what, double value) {
    if (value > kInvalidBusyShare) {
      share(what, value, kInvalidBusyShare, Verdict::kInvalid);
    } else if (value > kLateBusyShare) {
      share(what, value, kLateBusyShare, Verdict::kLate);
    }
  }
  void add(Verdict verdict, std::string cause) {
    interval_.verdict = std::max(interval_.verdict, verdict);
    interval_.causes.push_back(std::move(cause));
  }

 private:
  void mark(Verdict verdict, const char* format, const char* what, double value, double limit) {
    char text[128];
    std::snprintf(text, sizeof text, format, what, value, limit);
    add(verdict, text);
  }

  HealthInterval& interval_;
};

void judge_rate(Judge& judge, const HealthFigures& figures) {
  if (figures.starts_due == 0 || figures.starts_made >= figures.starts_due) return;
  const auto due = static_cast<double>(figures.starts_due);
  const auto missed = static_cast<double>(figures.starts_due - figures.starts_made);
  if (missed > due * kInvalidRateMiss) {
    judge.add(Verdict::kInvalid, "rate missed: " + std::to_string(figures.starts_made) + " of " +
                                     std::to_string(figures.starts_due) + " starts made");
  }
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  constexpr const char* kNames[] = {"OK", "LATE", "INVALID"};
  return kNames[static_cast<size_t>(verdict)];
}

HealthInterval judge(const HealthFigures& figures) {
  HealthInterval interval;
  interval.figures = figures;
  Judge judge(interval);
  judge.delay("resume delay p99", figures.resume_delay_p99_ms);
  judge.delay("send lateness p99", figures.send_lateness_p99_ms);
  judge.busy("Python thread busy", figures.python_busy);
  judge.busy("I/O thread busy", figures.io_busy);
  judge_rate(judge, figures);
  if (figures.run_queue_wait > kLateWaitShare) {
    judge.share("waiting for a CPU", figures.run_queue_wait, kLateWaitShare, Verdict::kLate);
  }
  if (figures.steal > kLateStealShare) {
    judge.share("CPU stolen by the host", figures.steal, kLateStealShare, Verdict::kLate);
  }
  if (figures.resource_errors > 0) {
    judge.add(Verdict::kInvalid, std::to_string(figures.resource_errors) +
                                     " calls found no port, descriptor or memory");
  }
  return interval;
}

void RunHealth::add(const HealthInterval& interval) {
  ++intervals_;
  if (interval.verdict == Verdict::kLate) ++late_;
  if (interval.verdict == Verdict::kInvalid) ++invalid_;
}

Verdict RunHealth::verdict() const {
  if (invalid_ * kRunShare > intervals_) return Verdict::kInvalid;
  if ((late_ + invalid_) * kRunShare > intervals_) return Verdict::kLate;
  return Verdict::kOk;
}

}  // namespace locust_like::stats
