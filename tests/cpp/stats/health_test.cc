#include "stats/health.h"

#include <catch2/catch.hpp>

namespace locust_like::stats {
namespace {

HealthInterval judged(double HealthFigures::*figure, double value) {
  HealthFigures figures;
  figures.*figure = value;
  return judge(figures);
}

}  // namespace

TEST_CASE("an idle interval is OK and names no cause") {
  const HealthInterval interval = judge(HealthFigures{});
  CHECK(interval.verdict == Verdict::kOk);
  CHECK(interval.causes.empty());
}

TEST_CASE("each figure above its limit marks the interval and says why") {
  struct Case {
    double HealthFigures::*figure;
    double at_limit, above;
    Verdict verdict;
    const char* cause;
  };
  const Case cases[] = {
      {&HealthFigures::resume_delay_p99_ms, 1.0, 1.5, Verdict::kLate,
       "resume delay p99 1.5 ms (limit 1.0 ms)"},
      {&HealthFigures::send_lateness_p99_ms, 1.0, 12, Verdict::kLate,
       "send lateness p99 12.0 ms (limit 1.0 ms)"},
      {&HealthFigures::python_busy, 0.80, 0.9, Verdict::kLate,
       "Python thread busy 90 % (limit 80 %)"},
      {&HealthFigures::io_busy, 0.80, 0.99, Verdict::kInvalid, "I/O thread busy 99 % (limit 97 %)"},
      {&HealthFigures::run_queue_wait, 0.20, 0.5, Verdict::kLate,
       "waiting for a CPU 50 % (limit 20 %)"},
      {&HealthFigures::steal, 0.10, 0.3, Verdict::kLate,
       "CPU stolen by the host 30 % (limit 10 %)"},
  };
  for (const Case& c : cases) {
    CHECK(judged(c.figure, c.at_limit).verdict == Verdict::kOk);
    const HealthInterval interval = judged(c.figure, c.above);
    CHECK(interval.verdict == c.verdict);
    REQUIRE(interval.causes.size() == 1);
    CHECK(interval.causes[0] == c.cause);
  }
}

TEST_CASE("a rate missed by more than one per cent is INVALID") {
  HealthFigures figures;
  figures.starts_due = 1000;
  figures.starts_made = 990;
  CHECK(judge(figures).verdict == Verdict::kOk);
  figures.starts_made = 989;
  CHECK(judge(figures).verdict == Verdict::kInvalid);
  CHECK(judge(figures).causes.at(0) == "rate missed: 989 of 1000 starts made");
  figures.starts_made = 1001;
  CHECK(judge(figures).verdict == Verdict::kOk);
}

TEST_CASE("want of ports or descriptors is INVALID") {
  HealthFigures figures;
  figures.resource_errors = 3;
  CHECK(judge(figures).verdict == Verdict::kInvalid);
}

TEST_CASE("the worst cause decides and all are named") {
  HealthFigures figures;
  figures.python_busy = 0.98;
  figures.resume_delay_p99_ms = 4;
  const HealthInterval interval = judge(figures);
  CHECK(interval.verdict == Verdict::kInvalid);
  CHECK(interval.causes.size() == 2);
}

TEST_CASE("a run is marked by more than a tenth of its intervals") {
  HealthInterval late, invalid, ok;
  late.verdict = Verdict::kLate;
  invalid.verdict = Verdict::kInvalid;
  RunHealth run;
  CHECK(run.verdict() == Verdict::kOk);
  for (int i = 0; i < 9; ++i) run.add(ok);
  run.add(late);
  CHECK(run.verdict() == Verdict::kOk);
  run.add(invalid);
  CHECK(run.verdict() == Verdict::kLate);
  run.add(invalid);
  CHECK(run.verdict() == Verdict::kInvalid);
  CHECK(run.intervals() == 12);
  CHECK(run.late() == 1);
  CHECK(run.invalid() == 2);
}

TEST_CASE("verdicts have the words that users see") {
  CHECK(std::string(verdict_name(Verdict::kOk)) == "OK");
  CHECK(std::string(verdict_name(Verdict::kLate)) == "LATE");
  CHECK(std::string(verdict_name(Verdict::kInvalid)) == "INVALID");
}

}  // namespace locust_like::stats
