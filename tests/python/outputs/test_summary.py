"""The end summary as text."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.outputs.base import Moment, RunResult
from locust_like.outputs.summary import (
    accounting_text,
    closing_block,
    errors_table,
    exceptions_text,
    health_lines,
    percentiles_table,
    requests_table,
    summary,
)
from locust_like.stats.accounting import Accounting
from locust_like.stats.health import Blocker, RunHealth


def test_requests(moment: Moment) -> None:
    lines = requests_table(moment.stats, 80)
    assert lines[0].split() == (
        ["Type", "Name", "#", "reqs", "#", "fails", "|", "Avg", "Max", "Med", "|", "req/s"]
    )
    assert lines[2].split()[:5] == ["GET", "/b", "3", "1", "(33.33%)"]
    assert lines[-1].split()[:4] == ["Aggregated", "4", "1", "(25.00%)"]


def test_a_wide_terminal_shows_more(moment: Moment) -> None:
    header = requests_table(moment.stats, 120)[0]
    assert "Min" in header
    assert "failures/s" in header


def test_percentiles(moment: Moment) -> None:
    lines = percentiles_table(moment.stats, 80)
    assert lines[1].split() == (
        ["Name", "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "100%"]
    )
    assert lines[3].startswith("GET /b")
    assert lines[3].endswith("30.0")


def test_a_name_without_times_has_none(
    moment: Moment, snapshot: Any, fake_core: SimpleNamespace
) -> None:
    snapshot.entries = [fake_core.Entry("GET", "/none", num_none_requests=2)]
    assert percentiles_table(moment.stats, 80)[3].split() == ["GET", "/none", *["-"] * 10]
    row = requests_table(moment.stats, 80)[2]
    assert row.split("|")[1].split() == ["-", "-", "-"]


def test_many_names_are_cut_to_the_busiest(
    moment: Moment, snapshot: Any, fake_core: SimpleNamespace
) -> None:
    snapshot.entries = [
        fake_core.Entry("GET", f"/{i:03}", [1.0] * (2 if i == 109 else 1)) for i in range(110)
    ]
    lines = requests_table(moment.stats, 80)
    assert lines[-1] == "and 10 more names with fewer requests"
    assert any("/109" in line for line in lines)


def test_errors(moment: Moment) -> None:
    lines = errors_table(moment.stats, 80)
    assert lines[0] == "Error report"
    assert lines[-1].split(maxsplit=1) == ["1", "GET /b: =cmd() second line"]


def test_long_errors_are_broken_not_cut(
    moment: Moment, snapshot: Any, fake_core: SimpleNamespace
) -> None:
    snapshot.errors = [fake_core.Error("GET", "/x" * 40, text="word " * 14 + "end")]
    lines = errors_table(moment.stats, 80)
    assert lines[-1].endswith(" end")
    assert "".join(line.strip() for line in lines).count("word") == 14
    assert max(len(line) for line in lines) <= 80


def test_endless_errors_are_cut(moment: Moment, snapshot: Any, fake_core: SimpleNamespace) -> None:
    snapshot.errors = [fake_core.Error(text="word " * 1000)]
    lines = errors_table(moment.stats, 80)
    assert len(lines) == 7
    assert lines[-1].endswith("…")


def test_many_kinds_of_error_are_cut(
    moment: Moment, snapshot: Any, fake_core: SimpleNamespace
) -> None:
    snapshot.errors = [fake_core.Error(text=f"kind {i}") for i in range(25)]
    assert errors_table(moment.stats, 80)[-1] == "and 5 more kinds of error"


def test_without_errors_there_is_no_report(moment: Moment, snapshot: Any) -> None:
    snapshot.errors = []
    assert errors_table(moment.stats, 80) == []


def test_exceptions_with_count_and_traceback(result: RunResult) -> None:
    assert exceptions_text(result.exceptions, 80) == [
        "Exception raised 3 times: KeyError: 'x'",
        "    Traceback",
        "      line 1",
    ]


def test_accounting_names_every_term_that_is_not_zero() -> None:
    assert accounting_text(Accounting(5, 5, 0, 0, 0, 0, 0)) == "5 exchanges = 5 calls"
    assert accounting_text(Accounting(1007, 1003, 3, 1, 2, 2, 4)) == (
        "1,007 exchanges = 1,003 calls + 3 hops + 1 challenges + 2 retries - 2 never sent; "
        "4 reported by scripts"
    )


def test_a_difference_in_the_accounting_is_not_hidden() -> None:
    assert accounting_text(Accounting(3, 4, 0, 0, 0, 0, 0)).endswith("; DIFFERENCE -1")


@pytest.mark.parametrize(
    ("health", "first"),
    [
        (RunHealth("OK", 30.0), "Generator: OK"),
        (
            RunHealth("LATE", 30.0, late_s=2.0),
            "Generator: LATE (2 s late of 30 s); times may be too high",
        ),
        (
            RunHealth("INVALID", 30.0, 2.0, 1.0),
            "Generator: INVALID (1 s invalid, 2 s late of 30 s); do not trust these figures",
        ),
        (
            RunHealth(),
            "Generator: no health interval was finished; the run was too short to judge",
        ),
    ],
)
def test_health(health: RunHealth, first: str) -> None:
    assert health_lines(health)[0] == first


def test_what_blocked_python_is_told_unless_all_was_well() -> None:
    blockers = tuple(Blocker(f"locustfile.py:{i} in parse", 2.5) for i in range(5))
    lines = health_lines(RunHealth("LATE", 30.0, late_s=2.0, blockers=blockers))
    assert lines[-3:] == [
        f"  Python blocked by locustfile.py:{i} in parse (2.5 s)" for i in range(3)
    ]
    assert len(health_lines(RunHealth("OK", 30.0, blockers=blockers))) == 2


def test_closing_block(result: RunResult) -> None:
    lines = closing_block(result, 120)
    assert lines[0] == "Run ended after 0:12: time limit reached"
    assert lines[1] == "Requests: 4 (0.40/s), failed: 1 (25.00%)"
    assert lines[2:4] == ["Cancelled: 1", "Exceptions: 3"]
    assert "  2 s: Python 98% busy" in lines
    assert lines[-1] == "Written: run_stats.csv"


def test_what_could_not_be_written_stands_last(result: RunResult) -> None:
    lost = replace(result, unwritten=("out/x.json: No space left on device",))
    assert closing_block(lost, 120)[-2:] == [
        "Written: run_stats.csv",
        "NOT WRITTEN: out/x.json: No space left on device",
    ]


def test_who_does_not_verify_is_told(result: RunResult) -> None:
    words = "TLS certificates were not verified by: "
    assert not any(line.startswith(words) for line in closing_block(result, 80))
    open_run = replace(result, unverified=("Buyer", "Visitor"))
    assert f"{words}Buyer, Visitor" in closing_block(open_run, 80)


def test_nothing_cancelled_is_not_mentioned(result: RunResult, snapshot: Any) -> None:
    snapshot.total.num_cancelled = 0
    assert not any(line.startswith("Cancelled") for line in closing_block(result, 80))


def test_requests_under_other_are_told(result: RunResult, snapshot: Any) -> None:
    snapshot.dropped_names = 7
    assert any("7 requests are counted under (other)" in x for x in closing_block(result, 80))


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_tables_never_wrap(
    result: RunResult, snapshot: Any, fake_core: SimpleNamespace, width: int
) -> None:
    times = [123_456.0] * 3
    snapshot.entries.append(fake_core.Entry("OPTIONS", "/x" * 150, times, num_failures=3))
    snapshot.errors.append(fake_core.Error("GET", "/y" * 80, text="z" * 300))
    lines = summary(replace(result, exceptions=()), width)
    assert [line for line in lines if len(line) > width] == []


def test_a_run_without_requests(result: RunResult, fake_core: SimpleNamespace) -> None:
    empty = fake_core.Snapshot()
    stats = type(result.moment.stats)(empty, empty, lambda _method, _name: [])
    lines = summary(replace(result, moment=replace(result.moment, stats=stats)), 80)
    assert "Requests: 0 (0.00/s), failed: 0 (0.00%)" in lines
    assert not any(line.startswith("Response time") for line in lines)
