"""The verdict over a run from what the generator says each second."""

from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.stats.health import (
    Blocker,
    Cause,
    Circumstances,
    HealthLog,
    RunHealth,
    WorkersHealthLog,
    combine,
    explain,
    judge,
    worst,
)


def interval(
    verdict: str = "OK",
    *causes: str,
    delay_ms: float = 0.1,
    late_ms: float = 0.0,
    steal: float = 0.0,
    wait: float = 0.0,
    busy: float = 0.5,
) -> Any:
    return SimpleNamespace(
        verdict=verdict,
        seconds=1.0,
        causes=list(causes),
        resume_delay_p99_ms=delay_ms,
        send_lateness_p99_ms=late_ms,
        python_busy=busy,
        io_busy=0.25,
        run_queue_wait=wait,
        steal=steal,
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


def told(one: Any, **circumstances: Any) -> list[str]:
    return explain(one, Circumstances(**{"cpus": 1, **circumstances}))


LATE_RESUME = "resume delay p99 200.0 ms (limit 1.0 ms)"
LATE_SEND = "send lateness p99 4.5 ms (limit 1.0 ms)"
STOLEN = "CPU stolen by the host 34 % (limit 10 %)"
QUEUED = "waiting for a CPU 30 % (limit 20 %)"


def test_delays_are_put_down_to_whoever_took_the_cpu() -> None:
    assert told(interval("LATE", LATE_SEND, STOLEN, steal=0.34, wait=0.02, late_ms=4.5)) == (
        ["CPU taken by others: waited 20 ms for a CPU, steal 34 %; send lateness p99 4.5 ms"]
    )
    assert told(interval("LATE", LATE_SEND, QUEUED, wait=0.3, late_ms=4.5)) == (
        ["CPU taken by others: waited 300 ms for a CPU, steal 0 %; send lateness p99 4.5 ms"]
    )


def test_a_thread_that_waited_as_long_as_something_was_late_explains_it() -> None:
    second = interval("LATE", LATE_SEND, late_ms=4.5)
    assert told(second, waited_s=0.0046) == (
        ["CPU taken by others: waited 5 ms for a CPU, steal 0 %; send lateness p99 4.5 ms"]
    )
    assert told(second, waited_s=0.0044) == [LATE_SEND]


def test_stolen_time_is_that_of_all_cpus() -> None:
    second = interval("LATE", LATE_SEND, late_ms=4.5, steal=0.003)
    assert told(second, cpus=1) == [LATE_SEND]
    assert told(second, cpus=2)[0].startswith("CPU taken by others: ")


def test_threads_of_ours_that_fill_the_cpus_are_no_others() -> None:
    second = interval("LATE", LATE_SEND, late_ms=4.5, busy=0.7)
    assert told(second, waited_s=0.5, cpus=1) == [LATE_SEND]
    assert told(second, waited_s=0.5, cpus=2)[0].startswith("CPU taken by others: ")


def test_a_busy_python_does_not_hide_behind_the_host() -> None:
    busy = "Python thread busy 99 % (limit 97 %)"
    causes = (LATE_SEND, busy, STOLEN)
    assert told(interval("INVALID", *causes, steal=0.3, busy=0.99, late_ms=4.5)) == [
        "CPU taken by others: waited 0 ms for a CPU, steal 30 %",
        "Python saturated: busy 99 % (limit 97 %)",
        LATE_SEND,
    ]


def test_a_late_python_is_put_down_to_what_blocked_it() -> None:
    second = interval("LATE", LATE_RESUME, LATE_SEND, delay_ms=200.0, late_ms=4.5)
    blockers = (Blocker("a.py:1 in a", 0.1),)
    assert told(second, blockers=blockers, waited_s=0.5) == [
        f"Python blocked by the script; {LATE_RESUME}",
        "CPU taken by others: waited 500 ms for a CPU, steal 0 %; send lateness p99 4.5 ms",
    ]
    short = (Blocker("a.py:1 in a", 0.05),)
    assert told(second, blockers=short) == [LATE_RESUME, LATE_SEND]


def test_other_causes_in_words() -> None:
    assert told(
        interval(
            "INVALID",
            "I/O thread busy 98 % (limit 97 %)",
            "12 calls found no port, descriptor or memory",
            "rate missed: 90 of 100 starts made",
        )
    ) == [
        "I/O thread saturated: busy 98 % (limit 97 %)",
        "ports or files exhausted: 12 calls found no port, descriptor or memory "
        "(see ulimit -n and ip_local_port_range)",
        "rate missed: 90 of 100 starts made",
    ]


def test_taken_cpu_is_one_cause_with_its_worst_second() -> None:
    seconds = [
        interval("LATE", LATE_SEND, wait=0.2, late_ms=4.5),
        interval("LATE", STOLEN, wait=0.4, steal=0.4),
        interval("LATE", LATE_SEND, wait=0.3, late_ms=4.5),
    ]
    health = judge(seconds)
    worst = "CPU taken by others: waited 400 ms for a CPU, steal 40 %"
    assert health.causes == (Cause(worst, 3.0),)
    assert (health.steal, health.run_queue_wait) == (0.4, 0.4)


def test_a_log_asks_how_long_threads_waited() -> None:
    log = HealthLog(lambda: [interval("LATE", LATE_SEND, late_ms=4.5)], list, lambda: 0.02)
    assert log.recent().main_cause == (
        "CPU taken by others: waited 20 ms for a CPU, steal 0 %; send lateness p99 4.5 ms"
    )


def test_what_blocks_is_added_up_over_the_run() -> None:
    seen = [[Blocker("a.py:1 in a", 0.5)], [Blocker("b.py:2 in b", 0.7), Blocker("a.py:1 in a", 1)]]
    log = HealthLog(list, lambda: seen.pop(0))
    assert log.recent().blocking == ("a.py:1 in a (0.5 s)",)
    assert log.recent().blocking == ("a.py:1 in a (1.0 s)", "b.py:2 in b (0.7 s)")
    assert log.whole().blocking == ("a.py:1 in a (1.5 s)", "b.py:2 in b (0.7 s)")


def test_only_the_longest_blockers_are_kept() -> None:
    many = [Blocker(f"a.py:{i} in f", float(i)) for i in range(50)]
    log = HealthLog(list, lambda: many)
    assert [one.seconds for one in log.recent().blockers[:2]] == [49.0, 48.0]
    assert len(log.recent().blockers) == 20


def test_the_main_cause() -> None:
    blockers = (Blocker("a.py:1 in a", 0.5),)
    taken = Cause("CPU taken by others: waited 400 ms for a CPU, steal 0 %", 3.0)
    assert RunHealth(blockers=blockers).main_cause == ""
    assert RunHealth("LATE", causes=(taken,), blockers=blockers).main_cause == taken.text
    for text in ("Python blocked by the script; resume", "Python saturated: busy 99 %"):
        health = RunHealth("LATE", causes=(taken, Cause(text, 1.0)), blockers=blockers)
        assert health.main_cause == "Python blocked by a.py:1 in a (0.5 s)"
    assert RunHealth("LATE", causes=(Cause("late", 1.0),)).main_cause == "late"


@pytest.mark.parametrize(
    ("late", "invalid", "good", "verdict"),
    [(1, 0, 9, "OK"), (2, 0, 9, "LATE"), (0, 1, 9, "OK"), (1, 1, 9, "LATE"), (0, 2, 9, "INVALID")],
)
def test_a_tenth_of_a_run_may_be_late(late: int, invalid: int, good: int, verdict: str) -> None:
    seconds = [interval("LATE", LATE_SEND)] * late + [interval("INVALID", STOLEN)] * invalid
    health = judge([*seconds, *[interval()] * good])
    assert health.verdict == verdict
    assert (health.late_s, health.invalid_s) == (late, invalid)
    assert health.causes


def test_several_generators_are_as_good_as_the_worst_of_them() -> None:
    good = RunHealth(seconds=10.0, python_busy=0.9)
    late = RunHealth("LATE", 9.0, late_s=3.0, causes=(Cause("slow 5 ms", 3.0),), io_busy=0.5)
    other = RunHealth("LATE", 9.0, late_s=2.0, causes=(Cause("slow 7 ms", 2.0),))
    whole = worst([("a", good), ("b", late), ("c", other)])
    assert (whole.verdict, whole.seconds, whole.late_s) == ("LATE", 10.0, 3.0)
    assert (whole.python_busy, whole.io_busy) == (0.9, 0.5)
    assert whole.causes == (Cause("slow 5 ms (b)", 3.0),)


def test_no_generator_has_nothing_to_say() -> None:
    assert worst([]) == RunHealth()


def test_a_log_of_workers_does_not_add_up_what_is_the_same_second() -> None:
    fresh = iter([RunHealth(seconds=2.0), RunHealth(seconds=1.0)])
    log = WorkersHealthLog(lambda: next(fresh), lambda: RunHealth(seconds=2.5))
    assert [log.recent().seconds, log.recent().seconds] == [2.0, 1.0]
    assert log.whole().seconds == 2.5
