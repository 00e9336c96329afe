"""What a master remembers of its workers."""

import logging

import pytest

from locust_like.runtime.clients import Clients
from locust_like.runtime.crew import MOST_GONE, Crew
from locust_like.runtime.documents import LogLines, WorkerReport
from locust_like.stats.health import Cause, RunHealth

from .cluster import Status


def crew_of(*statuses: Status) -> Crew:
    crew = Crew()
    for status in statuses:
        crew.admit(status).took_part = True
        crew.make_ready(status.index, has_other_locustfile=False)
    return crew


def test_two_workers_of_one_name_can_be_told_apart() -> None:
    crew = crew_of(Status(0, "host_1"), Status(1, "host_1"))
    assert [member.client_id for member in crew.here] == ["host_1", "host_1#1"]


def test_users_are_those_of_workers_that_are_here() -> None:
    crew = crew_of(Status(0, "a"), Status(1, "b"))
    crew.report(0, WorkerReport(counts={"A": 2, "B": 1}))
    crew.report(1, WorkerReport(counts={"A": 5}))
    assert crew.counts(["A", "B", "C"]) == {"A": 7, "B": 1, "C": 0}
    crew.lose(1)
    assert crew.counts([]) == {"A": 2, "B": 1}
    crew.report(1, WorkerReport(counts={"A": 6}))  # what was on its way
    assert crew.counts([]) == {"A": 2, "B": 1}
    crew.admit(Status(1, "b"))
    assert crew.counts([]) == {"A": 8, "B": 1}


def test_a_report_without_counts_changes_none() -> None:
    crew = crew_of(Status(0, "a"))
    crew.report(0, WorkerReport(counts={"A": 2}))
    crew.report(0, WorkerReport(listener_failures=3))
    assert crew.counts([]) == {"A": 2}
    assert crew[0].listener_failures == 3


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status(0, "a", state="running"), "running"),
        (Status(0, "a", state=""), "ready"),
        (Status(0, "a", state="running", python_age_s=2.0), "busy"),
        (Status(0, "a", state="running", python_age_s=31.0), "stuck"),
    ],
)
def test_states(status: Status, state: str) -> None:
    (row,) = crew_of(status).now([status]).rows
    assert (row.state, row.is_here) == (state, True)


def test_who_has_just_come_is_loading_and_not_there_for_users() -> None:
    crew = Crew()
    crew.admit(Status(0, "a", state="ready", python_age_s=9.0))
    now = crew.now([Status(0, "a", state="ready", python_age_s=9.0)])
    assert ([row.state for row in now.rows], now.here, crew.here) == (["loading"], 0, [])
    assert crew.for_placement() == []


def test_who_comes_back_is_ready_as_before_even_if_it_was_forgotten() -> None:
    crew = Crew()
    crew.admit(Status(0, "a"))
    assert crew.make_ready(0, has_other_locustfile=True)
    assert not crew.make_ready(0, has_other_locustfile=True)
    crew.lose(0)
    crew.begin_run()
    assert not crew.members
    member = crew.admit(Status(0, "a"))
    assert (member.is_ready, member.has_other_locustfile) == (True, True)


def test_gone_because_all_was_done_or_lost() -> None:
    statuses = [Status(index, f"w{index}", reason="exited") for index in range(3)]
    crew = crew_of(*statuses)
    crew[0].finished = True
    crew[2].took_part = False
    for index in range(3):
        crew.lose(index)
    done, lost = crew.now(statuses).rows
    assert (done.state, done.reason) == ("stopped", "")
    assert (lost.state, lost.reason) == ("missing", "exited")
    assert [row.name for row in crew.now(statuses).lost] == ["w1"]


def test_a_new_run_forgets_who_has_left_and_what_was() -> None:
    crew = crew_of(Status(0, "a"), Status(1, "b"))
    crew.is_degraded = True
    crew.lose(1)
    crew.report(0, WorkerReport(counts={"A": 1}, listener_failures=2))
    crew.begin_run()
    assert list(crew.members) == [0]
    assert (crew[0].took_part, crew[0].listener_failures, crew.is_degraded) == (False, 0, False)


def test_not_everybody_who_ever_was_here_is_remembered() -> None:
    crew = Crew()
    for index in range(MOST_GONE + 50):
        crew.admit(Status(index, f"w{index}"))
        crew.log(index, LogLines(["line"] * 100))
        crew.lose(index)
    assert len(crew.members) == MOST_GONE
    assert MOST_GONE + 49 in crew.members
    assert max(len(lines) for lines in crew.logs().values()) == 50


def test_health_is_kept_for_each_and_told_once() -> None:
    crew = crew_of(Status(0, "a"), Status(1, "b"))
    late = RunHealth("LATE", 1.0, late_s=1.0, causes=(Cause("slow", 1.0),))
    crew.report(0, WorkerReport(health=RunHealth(seconds=1.0)))
    crew.report(1, WorkerReport(health=late))
    assert crew.take_health().causes == (Cause("slow (b)", 1.0),)
    assert crew.take_health() == RunHealth()
    crew.report(1, WorkerReport(health=late))
    assert (crew.whole_health().seconds, crew.whole_health().late_s) == (2.0, 2.0)


def test_only_the_last_lines_of_a_log_are_kept() -> None:
    crew = crew_of(Status(0, "a"))
    crew.log(0, LogLines([str(number) for number in range(600)], dropped=2))
    crew.log(0, LogLines(["last"]))
    (lines,) = crew.logs().values()
    assert (len(lines), lines[-1]) == (500, "last")


def test_who_is_stuck_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    crew = crew_of(Status(0, "a"), Status(1, "b"))
    statuses = [Status(0, "a"), Status(1, "b", python_age_s=40.0, blocking="f.py:1 in work")]
    with caplog.at_level(logging.ERROR):
        crew.give_up_stuck(statuses, 50.0)
        assert len(crew.working) == 2
        crew.give_up_stuck(statuses, 35.0)
    assert [member.client_id for member in crew.working] == ["a"]
    assert crew.is_degraded
    assert "worker b does not stop: stuck in f.py:1 in work" in caplog.text


def test_scripts_know_them_under_locusts_names() -> None:
    statuses = [
        Status(0, "a", state="running", users=3, cpu_share=0.5, rss_bytes=7),
        Status(1, "b", state="ready"),
        Status(2, "c", reason="exited"),
    ]
    crew = crew_of(*statuses)
    crew.lose(2)
    statuses.append(Status(3, "d"))
    crew.admit(statuses[-1])  # it has not said that it is ready
    clients = Clients(crew.now(statuses))
    assert list(clients) == ["a", "b", "c"]
    assert (clients["a"].cpu_usage, clients["a"].memory_usage) == (50.0, 7)
    assert [node.id for node in clients.running] == ["a"]
    assert [node.id for node in clients.ready] == ["b"]
    assert [node.id for node in clients.missing] == ["c"]
    assert (clients.spawning, len(clients.all), len(clients)) == ([], 3, 3)
