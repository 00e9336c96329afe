"""The verdict over a run from what the generator says each second."""

from types import SimpleNamespace
from typing import Any

from locust_like.stats.health import Cause, HealthLog, RunHealth, combine, judge


def interval(verdict: str = "OK", *causes: str, delay_ms: float = 0.1) -> Any:
    return SimpleNamespace(
        verdict=verdict,
        seconds=1.0,
        causes=list(causes),
        resume_delay_p99_ms=delay_ms,
        python_busy=0.5,
        io_busy=0.25,
    )


def test_no_interval_judges_nothing() -> None:
    assert judge([]) == RunHealth(verdict="OK", seconds=0.0)


def test_the_worst_interval_decides() -> None:
    health = judge([interval(), interval("INVALID"), interval("LATE"), interval("LATE")])
    assert health.verdict == "INVALID"
    assert (health.seconds, health.late_s, health.invalid_s) == (4.0, 2.0, 1.0)


def test_causes_that_differ_in_numbers_are_one_with_the_worst_number() -> None:
    health = judge(
        [
            interval("LATE", "no files left"),
            interval("LATE", "resume delay 5.5 ms"),
            interval("LATE", "resume delay 12 ms"),
        ]
    )
    assert health.causes == (Cause("resume delay 12 ms", 2.0), Cause("no files left", 1.0))


def test_delays_are_maxima() -> None:
    health = judge([interval(delay_ms=3.0), interval(delay_ms=9.0), interval(delay_ms=1.0)])
    assert health.resume_delay_p99_ms == 9.0
    assert (health.python_busy, health.io_busy) == (0.5, 0.25)


def test_stretches_combine_as_if_judged_together() -> None:
    first, second = (
        [interval("LATE", "late by 1 ms")],
        [interval(), interval("LATE", "late by 2 ms")],
    )
    assert combine(judge(first), judge(second)) == judge(first + second)


def test_a_log_judges_the_new_and_the_whole() -> None:
    batches = [[interval("LATE", "slow")], [interval(), interval()], []]
    log = HealthLog(lambda: batches.pop(0))
    assert log.recent().verdict == "LATE"
    assert log.recent().verdict == "OK"
    assert log.recent().seconds == 0
    assert (log.whole().verdict, log.whole().seconds) == ("LATE", 3.0)
