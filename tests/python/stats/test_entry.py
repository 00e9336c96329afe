"""The figures of one entry, read from a snapshot."""

from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.stats.entry import StatsEntry, bucket_response_time
from locust_like.stats.view import RequestStats


def entry_of(fake_core: SimpleNamespace, row: Any, window: Any = None) -> StatsEntry:
    recorder = fake_core.Recorder(
        now=fake_core.Snapshot(entries=[row]), last_seconds=window or fake_core.Snapshot()
    )
    return RequestStats(recorder=recorder).get(row.name, row.method)


@pytest.mark.parametrize(
    ("time_ms", "bucket"),
    [(0.3, 0), (1.5, 2), (99.4, 99), (147, 150), (155, 160), (3432, 3400), (58_760, 59_000)],
)
def test_locusts_buckets(time_ms: float, bucket: int) -> None:
    assert bucket_response_time(time_ms) == bucket


def test_figures(fake_core: SimpleNamespace) -> None:
    row = fake_core.Entry(
        times_ms=[1.0, 2.0, 6.0], num_failures=1, num_cancelled=2, content_bytes=300
    )
    entry = entry_of(fake_core, row)
    assert (entry.num_requests, entry.num_failures, entry.num_cancelled) == (3, 1, 2)
    assert (entry.min_response_time, entry.max_response_time) == (1.0, 6.0)
    assert (entry.avg_response_time, entry.median_response_time) == (3.0, 2.0)
    assert entry.total_response_time == 9.0
    assert (entry.total_content_length, entry.avg_content_length) == (300, 100)
    assert entry.fail_ratio == pytest.approx(1 / 3)
    assert (entry.total_rps, entry.total_fail_per_sec) == (0.3, 0.1)
    assert entry.get_response_time_percentile(1.0) == 6.0


def test_nothing_counted_yet(fake_core: SimpleNamespace) -> None:
    entry = RequestStats(recorder=fake_core.Recorder()).get("/never", "GET")
    assert entry.num_requests == 0
    assert entry.min_response_time is None
    assert entry.max_response_time == 0
    assert entry.fail_ratio == 0
    assert entry.last_request_timestamp is None
    assert entry.start_time == 1000.0
    assert entry.response_times == {}
    assert entry.get_response_time_percentile(0.5) == 0
    assert entry.get_current_response_time_percentile(0.5) is None
    assert entry.current_rps == 0


def test_response_times_are_merged_into_locusts_buckets(fake_core: SimpleNamespace) -> None:
    entry = entry_of(fake_core, fake_core.Entry(times_ms=[1.1, 0.9, 146.0, 151.0]))
    assert entry.response_times == {1: 2, 150: 2}


def test_current_figures_are_those_of_the_last_ten_seconds(fake_core: SimpleNamespace) -> None:
    window = fake_core.Snapshot(
        entries=[fake_core.Entry(times_ms=[7.0] * 20, num_failures=5)],
        start_wall_s=1090.0,
        wall_s=1100.0,
    )
    entry = entry_of(fake_core, fake_core.Entry(times_ms=[1.0] * 500), window)
    assert entry.current_rps == 2.0
    assert entry.current_fail_per_sec == 0.5
    assert entry.get_current_response_time_percentile(0.5) == 7.0


def test_a_rate_is_over_the_length_of_the_window(fake_core: SimpleNamespace) -> None:
    window = fake_core.Snapshot(
        entries=[fake_core.Entry(times_ms=[7.0] * 20)], start_wall_s=1000.0, wall_s=1004.0
    )
    assert entry_of(fake_core, fake_core.Entry(), window).current_rps == 5.0


def test_a_window_without_length_has_no_rate(fake_core: SimpleNamespace) -> None:
    window = fake_core.Snapshot(entries=[fake_core.Entry(times_ms=[7.0])], wall_s=1000.0)
    assert entry_of(fake_core, fake_core.Entry(), window).current_rps == 0
