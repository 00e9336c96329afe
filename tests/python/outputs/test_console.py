"""Lines on a terminal."""

import io
from dataclasses import replace
from types import SimpleNamespace

import pytest

from locust_like.outputs.base import Moment, RunResult
from locust_like.outputs.console import Console, live_header, live_line, make_console
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


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_terminal_gets_the_region_and_then_the_summary(
    terminal: Terminal, moment: Moment, result: RunResult
) -> None:
    console = make_console(terminal, hint="keys: q")
    assert console.period_s == 1.0
    console.tick(moment)
    assert "keys: q" in terminal.getvalue()
    assert "busiest" in terminal.getvalue()
    terminal.truncate(0)
    console.finish(result)
    console.close()
    assert terminal.getvalue().endswith("Written: run_stats.csv\n")
    assert "busiest" not in terminal.getvalue()


def test_a_pipe_and_ci_get_plain_lines(
    terminal: Terminal, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    for stream in (terminal, io.StringIO()):
        console = make_console(stream, hint="keys: q")
        assert (console.period_s, console.live) == (2.0, None)
        console.tick(moment)
        assert "\x1b" not in stream.getvalue()
        assert "keys: q" not in stream.getvalue()


def test_only_the_summary_needs_no_region(terminal: Terminal) -> None:
    assert make_console(terminal, only_summary=True).live is None


@pytest.mark.parametrize("no_color", [False, True])
def test_the_summary_has_colours_on_a_terminal(
    terminal: Terminal, result: RunResult, no_color: bool
) -> None:
    make_console(terminal, no_color=no_color).finish(result)
    assert ("\x1b[33mGenerator: LATE" in terminal.getvalue()) is not no_color


def test_tracebacks_are_cut_only_where_they_would_wrap(
    terminal: Terminal, result: RunResult
) -> None:
    (one,) = result.exceptions
    long = replace(result, exceptions=(replace(one, traceback="x" * 300),))
    pipe = io.StringIO()
    for stream in (terminal, pipe):
        make_console(stream, no_color=True).finish(long)
    assert max(len(line) for line in terminal.getvalue().splitlines()) <= 80
    assert "x" * 300 in pipe.getvalue()
