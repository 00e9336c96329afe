"""Live and frozen statistics under Locust's names."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.stats.view import RequestStats


@pytest.fixture
def recorder(fake_core: SimpleNamespace) -> Any:
    return fake_core.Recorder(
        now=fake_core.Snapshot(
            entries=[
                fake_core.Entry("GET", "/a", times_ms=[1.0, 2.0], num_failures=1),
                fake_core.Entry("POST", "/b", times_ms=[5.0]),
            ],
            errors=[fake_core.Error("GET", "/a", text="boom", occurrences=1)],
            total=fake_core.Entry("", "Aggregated", [1.0, 2.0, 5.0], 1, last_request_wall_s=1009.0),
        )
    )


def test_entries_are_keyed_by_name_and_method(recorder: Any) -> None:
    stats = RequestStats(recorder=recorder)
    assert list(stats.entries) == [("/a", "GET"), ("/b", "POST")]
    assert stats.entries[("/b", "POST")].num_requests == 1


def test_a_missing_entry_is_made(recorder: Any) -> None:
    stats = RequestStats(recorder=recorder)
    assert stats.entries[("/new", "GET")].num_requests == 0
    assert stats.get("/new", "GET").avg_response_time == 0


def test_totals(recorder: Any) -> None:
    stats = RequestStats(recorder=recorder)
    assert (stats.num_requests, stats.num_failures, stats.num_none_requests) == (3, 1, 0)
    assert (stats.total.name, stats.total.method) == ("Aggregated", "")
    assert stats.start_time == 1000.0
    assert stats.last_request_timestamp == 1009.0


def test_errors(recorder: Any) -> None:
    (error,) = RequestStats(recorder=recorder).errors.values()
    assert error.to_name() == "GET /a: boom"
    assert (error.occurrences, error.code, error.first_seen, error.last_seen) == (
        1,
        "status",
        0,
        60,
    )


def test_errors_that_differ_in_text_have_different_keys(
    recorder: Any, fake_core: SimpleNamespace
) -> None:
    recorder.now.errors.append(fake_core.Error("GET", "/a", text="bang"))
    assert len(RequestStats(recorder=recorder).errors) == 2


def test_a_live_entry_sees_what_was_counted_since(
    recorder: Any, fake_core: SimpleNamespace
) -> None:
    entry = RequestStats(recorder=recorder).get("/a", "GET")
    assert entry.num_requests == 2
    recorder.now = fake_core.Snapshot(entries=[fake_core.Entry("GET", "/a", times_ms=[1, 1, 1])])
    assert entry.num_requests == 3


def test_frozen_statistics_never_read_again(recorder: Any, fake_core: SimpleNamespace) -> None:
    frozen = RequestStats(recorder=recorder).freeze()
    assert recorder.collects == 1
    recorder.now = fake_core.Snapshot()
    assert frozen.num_requests == 3
    assert frozen.entries[("/a", "GET")].num_failures == 1
    assert recorder.collects == 1


def test_history_of_totals_and_of_one_entry(recorder: Any, fake_core: SimpleNamespace) -> None:
    recorder.points = [fake_core.Point(5.0, 3, 1), fake_core.Point(6.0, 0, 0)]
    stats = RequestStats(recorder=recorder)
    assert stats.timeline() == recorder.points
    assert stats.total.num_reqs_per_sec == {5: 3}
    assert stats.freeze().get("/a", "GET").num_fail_per_sec == {5: 1}


def test_scripts_may_log(recorder: Any) -> None:
    stats = RequestStats(recorder=recorder)
    stats.log_request("GET", "/a", 12.5, 100)
    stats.log_error("GET", "/a", "went wrong")
    assert recorder.fired == [
        {"request_type": "GET", "name": "/a", "response_time": 12.5, "response_length": 100},
        {
            "request_type": "GET",
            "name": "/a",
            "response_time": None,
            "response_length": 0,
            "exception": "went wrong",
        },
    ]


def test_an_error_without_text_is_still_a_failure(recorder: Any) -> None:
    RequestStats(recorder=recorder).log_error("GET", "/a", None)
    assert recorder.fired[0]["exception"] == "error"


def test_reset(recorder: Any) -> None:
    stats = RequestStats(recorder=recorder)
    stats.reset_all()
    stats.clear_all()
    assert recorder.resets == 2


def test_rates_of_a_young_run_are_those_of_its_own_length() -> None:
    """With the real recorder: over the ten seconds of the window, the rate would be too low."""
    began_s = time.monotonic()
    stats = RequestStats()
    for _ in range(50):
        stats.log_request("GET", "/", 1.0, 0)
    assert stats.window().total.num_requests == 50
    rate_per_s = stats.total.current_rps
    assert rate_per_s >= 49.99 / max(time.monotonic() - began_s, 1)
