"""Locust's tables as text, and the settings that scripts assign."""

from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.errors import CatchResponseError
from locust_like.stats import settings
from locust_like.stats.entry import StatsEntry, StatsError
from locust_like.stats.texts import (
    get_error_report_summary,
    get_percentile_stats_summary,
    get_stats_summary,
)
from locust_like.stats.view import RequestStats


@pytest.fixture
def stats(fake_core: SimpleNamespace) -> RequestStats:
    row = fake_core.Entry("GET", "/a", times_ms=[10.0] * 4, num_failures=1)
    total = fake_core.Entry("", "Aggregated", times_ms=[10.0] * 4, num_failures=1)
    errors = [fake_core.Error("GET", "/a", text="boom", occurrences=1)]
    snapshot = fake_core.Snapshot(entries=[row], errors=errors, total=total)
    return RequestStats(recorder=fake_core.Recorder(now=snapshot))


def words(line: str) -> str:
    return " ".join(line.split())


def test_the_table_of_requests(stats: RequestStats) -> None:
    titles, separator, row, second_separator, total = get_stats_summary(stats, current=False)
    assert words(titles) == "Type Name # reqs # fails | Avg Min Max Med | req/s failures/s"
    assert separator == second_separator
    assert words(row) == "GET /a 4 1(25.00%) | 10 10 10 10 | 0.40 0.10"
    assert total.split()[0] == "Aggregated"
    assert {len(line) for line in (titles, row, total)} == {len(titles)}
    assert str(stats.get("/a", "GET")).split()[-2:] == ["0.00", "0.00"]


def test_the_table_of_percentiles(stats: RequestStats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PERCENTILES_TO_REPORT", [0.5, 0.999])
    title, titles, _, row, _, total = get_percentile_stats_summary(stats)
    assert title == "Response time percentiles (approximated)"
    assert titles.split() == ["Type", "Name", "50%", "99.9%", "#", "reqs"]
    assert row.split() == ["GET", "/a", "10", "10", "4"]
    assert total.split() == ["Aggregated", "10", "10", "4"]


def test_the_table_of_failures(stats: RequestStats) -> None:
    assert get_error_report_summary(stats)[3].split() == ["1", "GET", "/a:", "boom"]


def test_an_entry_without_requests_has_no_percentiles(stats: RequestStats) -> None:
    with pytest.raises(ValueError, match="no successful requests"):
        StatsEntry(stats, "/none", "GET").percentile()


def test_titles_of_shares() -> None:
    shares = settings.get_readable_percentiles([0.5, 0.95, 0.999, 0.9999, 1.0])
    assert shares == ["50%", "95%", "99.9%", "99.99%", "100%"]


def test_rows_follow_the_settings(stats: RequestStats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PERCENTILES_TO_STATISTICS", [0.75])
    row: dict[str, Any] = stats.total.to_dict()
    assert [key for key in row if "percentile" in key] == ["response_time_percentile_0.75"]
    assert row["num_failures"] == 1
    assert stats.serialize_stats()[0]["response_times"] == {10: 4}
    (error,) = stats.serialize_errors().values()
    assert error["occurrences"] == 1


def test_an_entry_counts_in_its_statistics() -> None:
    stats = RequestStats()
    entry = StatsEntry(stats, "/a", "GET")
    entry.log(12.0, 5)
    entry.log_error(ValueError("boom"))
    assert (entry.num_requests, entry.num_failures, entry.total_content_length) == (2, 1, 5)
    assert stats.freeze().num_requests == 2


def test_frozen_statistics_cannot_count(stats: RequestStats) -> None:
    frozen = stats.freeze()
    with pytest.raises(Exception, match="one moment"):
        frozen.total.log(1, 1)
    with pytest.raises(Exception, match="one moment"):
        frozen.total.log_error("x")


def test_addresses_in_errors_are_masked() -> None:
    text = "<Thing object at 0x7f00aa>"
    assert StatsError.parse_error(text) == "<Thing object at 0x....>"
    assert StatsError.create_key("GET", "/", text) == StatsError.create_key(
        "GET", "/", "<Thing object at 0x1>"
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("CatchResponseError('too slow')", "too slow"),
        (CatchResponseError("too slow"), "too slow"),
        ("CatchResponseError(ValueError('x'))", "ValueError('x')"),
        ("ConnectionError('x')", "ConnectionError('x')"),
    ],
)
def test_what_a_script_said_is_shown_bare(error: str | Exception, text: str) -> None:
    assert StatsError("GET", "/", error).to_name() == f"GET /: {text}"


def test_errors_of_scripts() -> None:
    error = StatsError("GET", "/a", ValueError("boom"))
    error.occurred()
    error.occurred()
    assert error.occurrences == 2
    assert error.first_seen is not None
    assert error.first_seen <= (error.last_seen or 0)
    assert error.to_name() == "GET /a: ValueError('boom')"
