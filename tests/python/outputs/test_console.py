"""Lines on a terminal."""

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from locust_like.outputs.base import Moment, RunResult
from locust_like.outputs.console import Console, live_header, live_line, width_of
from locust_like.stats.view import FrozenStats


def test_live_line(moment: Moment) -> None:
    assert live_header().split() == (
        ["time", "state", "users", "req/s", "failed", "p50", "p95", "p99", "health"]
    )
    assert live_line(moment).split() == (
        ["0:12/0:30", "running", "5", "0.40", "25.00%", "20.0", "30.0", "30.0", "LATE"]
    )


def test_live_line_while_spawning_without_limit(moment: Moment) -> None:
    spawning = replace(moment, state="spawning", target_user_count=1500, run_time_s=None)
    assert live_line(spawning).split()[:3] == ["0:12", "spawning", "5/1,500"]


def test_live_line_before_the_first_request(moment: Moment, fake_core: SimpleNamespace) -> None:
    nothing = fake_core.Snapshot()
    stats = FrozenStats(nothing, nothing, lambda _method, _name: [])
    assert live_line(replace(moment, stats=stats)).split()[3:8] == ["0.00", "0.00%", "-", "-", "-"]


def test_live_lines_of_a_large_run_fit_eighty_columns_and_align(moment: Moment) -> None:
    large = replace(moment, elapsed_s=7200, user_count=9120, target_user_count=10_000)
    lines = [live_header(), live_line(moment), live_line(large)]
    assert max(len(line) for line in lines) <= 80
    assert len({line.rindex(" ") for line in lines}) == 1


def test_a_line_each_tick_titles_and_tables_now_and_then(moment: Moment) -> None:
    stream = io.StringIO()
    console = Console(stream)
    for _ in range(15):
        console.tick(moment)
    first = stream.getvalue()
    assert (first.count("LATE"), first.count("health"), first.count("Aggregated")) == (15, 1, 0)
    console.tick(moment)
    text = stream.getvalue()
    assert (text.count("LATE"), text.count("health"), text.count("Aggregated")) == (16, 2, 1)


def test_only_summary(moment: Moment, result: RunResult) -> None:
    stream = io.StringIO()
    console = Console(stream, only_summary=True)
    console.tick(moment)
    assert stream.getvalue() == ""
    console.finish(result)
    assert "Run ended after 0:12: time limit reached" in stream.getvalue()


class GonePipe(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("stream", [GonePipe(), io.StringIO()])
def test_a_stream_that_is_gone_ends_nothing(
    stream: io.StringIO, moment: Moment, result: RunResult
) -> None:
    if not isinstance(stream, GonePipe):
        stream.close()
    console = Console(stream)
    console.tick(moment)
    assert console.finish(result) == ()


def test_width(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert width_of(io.StringIO()) == 120
    monkeypatch.setenv("COLUMNS", "5000")
    assert width_of(io.StringIO()) == 200
    monkeypatch.setenv("COLUMNS", "wide")
    assert width_of(io.StringIO()) == 80
    monkeypatch.delenv("COLUMNS")
    with (tmp_path / "log").open("w") as file:
        assert width_of(file) == 80
