"""What is said of workers."""

from dataclasses import replace

import pytest

from locust_like.interfaces import WorkerNow, WorkersNow
from locust_like.outputs.workers import workers_summary, workers_text

ONE = WorkerNow(
    index=0, name="host_1", host="host", pid=1, version="1", weight=1.0, is_here=True,
    state="running", reason="", users=5, target_users=5, is_drained=False, requests=100,
    unaccounted_requests=0, unaccounted_s=0.0, unaccounted_estimate=0, cpu_share=0.1,
    memory_bytes=1, python_age_s=0.0, blocking="", heartbeat_age_s=0.1, clock_skew_s=0.0,
    round_trip_s=0.001, verdict="OK", cause="", resume_delay_p99_ms=0.1,
)  # fmt: skip
BUSY = replace(ONE, name="host_2", state="busy", blocking="locustfile.py:12 in parse")
LOST = replace(
    ONE, name="host_3", is_here=False, state="missing", reason="no heartbeat for 3.0 s",
    unaccounted_requests=1234, unaccounted_s=0.9, unaccounted_estimate=1500,
)  # fmt: skip


@pytest.mark.parametrize(
    ("workers", "text"),
    [
        (WorkersNow(), "workers 0"),
        (WorkersNow((ONE, ONE)), "workers 2"),
        (WorkersNow((ONE, LOST), is_degraded=True), "workers 1, 1 lost, degraded"),
        (WorkersNow((ONE,), is_degraded=True), "workers 1, degraded"),
        (WorkersNow((ONE, BUSY)), "workers 2, busy: host_2 (locustfile.py:12 in parse)"),
        (
            WorkersNow((replace(ONE, state="stuck"), *[replace(BUSY, blocking="")] * 4)),
            "workers 5, stuck: host_1, busy: host_2, host_2 and 2 more",
        ),
        (
            WorkersNow((ONE, replace(ONE, name="host_2", state="loading"))),
            "workers 1, loading: host_2",
        ),
        (
            WorkersNow((replace(ONE, has_other_locustfile=True),)),
            "workers 1, other locustfile: host_1",
        ),
    ],
)
def test_one_line(workers: WorkersNow, text: str) -> None:
    assert workers_text(workers) == text


def test_the_summary_names_who_was_lost_and_what_is_missing() -> None:
    assert workers_summary(WorkersNow((ONE, LOST), is_degraded=True)) == [
        "Workers: 2, 1 lost; the run is degraded",
        "  host_3 lost: no heartbeat for 3.0 s",
        "Unaccounted: what host_3 finished in its last 0.9 s, between 1,234 and about 1,500 "
        "requests",
    ]


def test_of_who_was_lost_before_its_first_report_only_the_least_is_known() -> None:
    lost = replace(LOST, unaccounted_estimate=LOST.unaccounted_requests)
    assert workers_summary(WorkersNow((lost,), is_degraded=True))[-1] == (
        "Unaccounted: what host_3 finished in its last 0.9 s, at least 1,234 requests"
    )


def test_the_summary_of_a_good_run_is_short() -> None:
    exited = replace(ONE, is_here=False, state="stopped")
    assert workers_summary(WorkersNow((ONE, exited))) == ["Workers: 2"]


def test_who_came_back_leaves_the_run_degraded() -> None:
    assert workers_summary(WorkersNow((ONE,), is_degraded=True)) == [
        "Workers: 1; the run is degraded",
    ]


def test_the_summary_names_who_ran_something_else() -> None:
    assert workers_summary(WorkersNow((ONE, replace(ONE, has_other_locustfile=True)))) == [
        "Workers: 2",
        "  host_1 had another locustfile than the master",
    ]
