"""Only what has changed is reported, and each of it once."""

import logging
from typing import Any

import pytest

from locust_like.runtime.environment import Environment
from locust_like.runtime.exceptions import ExceptionRow, count_exception
from locust_like.runtime.worker_reports import Deltas, LogCollector, WorkerReports
from locust_like.stats.health import RunHealth

from .conftest import Waiter


@pytest.fixture
def environment() -> Environment:
    return Environment(user_classes=[Waiter])


def reports_of(environment: Environment, *healths: RunHealth) -> WorkerReports:
    left = iter(healths)
    return WorkerReports(environment, "me", lambda: next(left, RunHealth()))


def test_exceptions_are_told_by_how_many_more_there_are() -> None:
    rows: dict[int, ExceptionRow] = {}
    deltas = Deltas()
    count_exception(rows, "me", "a", "", times=3)
    assert [(one.message, one.count) for one in deltas.take(rows)] == [("a", 3)]
    assert deltas.take(rows) == []
    count_exception(rows, "me", "a", "")
    count_exception(rows, "me", "b", "")
    assert [(one.message, one.count) for one in deltas.take(rows)] == [("a", 1), ("b", 1)]


def test_nothing_new_is_no_report(environment: Environment) -> None:
    reports = reports_of(environment)
    first = reports.take({"Waiter": 2}, {})
    assert first is not None
    assert first.counts == {"Waiter": 2}
    assert reports.take({"Waiter": 2}, {}) is None
    again = reports.take({"Waiter": 3}, {})
    assert again is not None
    assert again.counts == {"Waiter": 3}


def test_counts_are_repeated_for_a_master_that_has_forgotten_them(
    environment: Environment,
) -> None:
    reports = reports_of(environment)
    reports.take({"Waiter": 2}, {})
    reports.repeat_counts()
    again = reports.take({"Waiter": 2}, {})
    assert again is not None
    assert again.counts == {"Waiter": 2}


def test_failures_of_listeners_are_those_of_this_run(environment: Environment) -> None:
    environment.events.test_start.add_listener(lambda **_: 1 / 0)
    environment.events.test_start.fire(environment=environment)
    reports = reports_of(environment)
    reports.take({}, {})
    environment.events.test_start.fire(environment=environment)
    report = reports.take({}, {})
    assert report is not None
    assert report.listener_failures == 1
    assert [one.count for one in report.listener_exceptions] == [1]
    assert reports.take({}, {}) is None


def test_health_is_told_when_there_is_some(environment: Environment) -> None:
    reports = reports_of(environment, RunHealth(), RunHealth("LATE", 1.0))
    assert reports.take({}, {}) is None
    report = reports.take({}, {})
    assert report is not None
    assert report.health == RunHealth("LATE", 1.0)


@pytest.mark.parametrize(
    ("value", "words"), [(object(), "cannot be sent"), ("x" * 2_000_000, "bytes")]
)
def test_data_that_cannot_be_sent_is_told_once(
    environment: Environment, caplog: pytest.LogCaptureFixture, value: Any, words: str
) -> None:
    environment.events.report_to_master.add_listener(lambda data, **_: data.update(mine=value))
    reports = reports_of(environment)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert reports.take({}, {}) is None
    assert len(caplog.records) == 1
    assert words in caplog.text


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "f", 1, text, None, None)


def test_the_newest_lines_of_a_log_are_kept() -> None:
    log = LogCollector()
    assert log.take() is None
    for number in range(510):
        log.handle(record(f"line {number}"))
    taken = log.take()
    assert taken is not None
    assert (len(taken.lines), taken.dropped, taken.lines[-1]) == (500, 10, "line 509")
    assert log.take() is None
