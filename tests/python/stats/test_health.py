"""The verdict over a run from what the generator says each second."""

from types import SimpleNamespace
from typing import Any

from locust_like.stats.health import (
    Blocker,
    Cause,
    HealthLog,
    RunHealth,
    combine,
    explain,
    judge,
)


def interval(
    verdict: str = "OK",
    *causes: str,
    delay_ms: float = 0.1,
    steal: float = 0.0,
    wait: float = 0.0,
    busy: float = 0.5,
) -> Any:
    return SimpleNamespace(
        verdict=verdict,
        seconds=1.0,
        causes=list(causes),
        resume_delay_p99_ms=delay_ms,
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


LATE_SEND = "send lateness p99 4.5 ms (limit 1.0 ms)"
STOLEN = "CPU stolen by the host 34 % (limit 10 %)"
QUEUED = "waiting for a CPU 30 % (limit 20 %)"


def test_delays_are_put_down_to_whoever_took_the_cpu() -> None:
    assert explain(interval("LATE", LATE_SEND, STOLEN, steal=0.34, wait=0.02)) == (
        ["CPU taken by others: steal 34 %, waited 2 % for a CPU; send lateness p99 4.5 ms"]
    )
    assert explain(interval("LATE", LATE_SEND, QUEUED, wait=0.3)) == (
        ["CPU taken by others: steal 0 %, waited 30 % for a CPU; send lateness p99 4.5 ms"]
    )


def test_some_steal_explains_a_delay_though_it_would_not_mark_by_itself() -> None:
    assert explain(interval("LATE", LATE_SEND, steal=0.06))[0].startswith("CPU taken by others: ")


def test_a_delay_without_steal_stays_what_it_is() -> None:
    assert explain(interval("LATE", LATE_SEND, steal=0.01, wait=0.01)) == [LATE_SEND]


def test_a_busy_python_does_not_hide_behind_the_host() -> None:
    busy = "Python thread busy 99 % (limit 97 %)"
    assert explain(interval("INVALID", LATE_SEND, busy, STOLEN, steal=0.3, busy=0.99)) == [
        "CPU taken by others: steal 30 %, waited 0 % for a CPU",
        "Python saturated: busy 99 % (limit 97 %)",
        LATE_SEND,
    ]


def test_other_causes_in_words() -> None:
    assert explain(
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
    health = judge(
        [
            interval("LATE", LATE_SEND, steal=0.2),
            interval("LATE", STOLEN, steal=0.4),
            interval("LATE", LATE_SEND, steal=0.3),
        ]
    )
    assert health.causes == (Cause("CPU taken by others: steal 40 %, waited 0 % for a CPU", 3.0),)
    assert health.steal == 0.4


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
    taken = Cause("CPU taken by others: steal 40 %, waited 0 % for a CPU", 3.0)
    assert RunHealth(blockers=blockers).main_cause == ""
    assert RunHealth("LATE", causes=(taken,), blockers=blockers).main_cause == taken.text
    assert RunHealth("LATE", blockers=blockers).main_cause == (
        "Python blocked by a.py:1 in a (0.5 s)"
    )
    assert RunHealth("LATE", causes=(Cause("late", 1.0),)).main_cause == "late"
