"""The live region: its lines at all sizes, and what it costs to draw them."""

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len

from locust_like.outputs.base import Moment
from locust_like.outputs.live import LiveRegion, live_lines
from locust_like.outputs.terminal import Size
from locust_like.stats.health import Blocker, Cause, RunHealth
from locust_like.stats.view import FrozenStats

SIZES = [Size(80, 10), Size(80, 24), Size(120, 40), Size(200, 50)]
HINT = "w/W +1/+10 users   s/S -1/-10   p pause   q stop   ? help"
LATE = RunHealth("LATE", 1.0, 1.0, causes=(Cause("CPU taken by others: " + "so " * 30, 1.0),))


def lines_of(moment: Moment, size: Size | None = None, **options: Any) -> list[str]:
    health = options.pop("health", moment.health)
    size = size or Size(80, 24)
    return [line.plain for line in live_lines(moment, health, size, **options)]


def many_names(fake_core: SimpleNamespace, number: int) -> Any:
    """Return a snapshot with endpoints of which the last is busiest, the first slowest."""
    return fake_core.Snapshot(
        entries=[
            fake_core.Entry("GET", f"/{'long' * 20}/{i}", [1.0 + number - i] * (i + 1))
            for i in range(number)
        ],
        total=fake_core.Entry("", "Aggregated", [9_999.0]),
    )


@pytest.fixture
def busy(moment: Moment, fake_core: SimpleNamespace) -> Moment:
    snapshot = many_names(fake_core, 50)
    return replace(
        moment,
        state="spawning",
        elapsed_s=36_000,
        run_time_s=360_000,
        user_count=123_456,
        target_user_count=1_234_567,
        stats=FrozenStats(snapshot, snapshot, lambda _method, _name: []),
    )


def test_the_run_at_a_glance(moment: Moment) -> None:
    state, figures, health, *rest = lines_of(moment, hint=HINT)
    assert state.startswith("running  5 users  0:12 / 0:30  ━━━")
    assert figures == "0.40 req/s  failed 25.00%  p50 20.0  p95 30.0  p99 30.0 ms  4 requests"
    assert health == "generator LATE  Python 98% busy"
    assert rest[0].split() == ["last", "10", "s", "req/s", "failed", "p50", "p95", "p99"]
    assert rest[1].split()[:3] == ["busiest", "GET", "/b"]
    assert [line.split()[:3] for line in rest if "slowest" in line] == [["slowest", "GET", "/b"]]
    assert rest[-1] == HINT


def test_users_on_their_way(moment: Moment) -> None:
    spawning = replace(moment, state="spawning", target_user_count=1500, run_time_s=None)
    assert lines_of(spawning)[0] == "spawning  5 -> 1,500 users  0:12  no time limit"


def test_before_the_first_request(moment: Moment, fake_core: SimpleNamespace) -> None:
    nothing = fake_core.Snapshot()
    stats = FrozenStats(nothing, nothing, lambda _method, _name: [])
    assert lines_of(replace(moment, stats=stats))[-1] == "waiting for the first request"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("health", [RunHealth(), LATE], ids=["OK", "LATE"])
def test_it_fits_every_size(busy: Moment, size: Size, health: RunHealth) -> None:
    lines = lines_of(busy, size, health=health, hint=HINT)
    assert max(cell_len(line) for line in lines) < size.width
    assert len(lines) <= min(20, size.height - 1)
    assert any(line.startswith("busiest") for line in lines)
    assert any(line.startswith("slowest") for line in lines)
    assert lines[-1] == HINT


def test_the_busiest_and_the_slowest_come_first(busy: Moment) -> None:
    lines = lines_of(busy, Size(200, 50))
    (busiest,) = (line for line in lines if line.startswith("busiest"))
    (slowest,) = (line for line in lines if line.startswith("slowest"))
    assert "/49 " in busiest
    assert "/0 " in slowest


def test_wide_characters_take_two_columns(moment: Moment, fake_core: SimpleNamespace) -> None:
    snapshot = fake_core.Snapshot(entries=[fake_core.Entry("GET", "/漢字" * 30, [1.0])])
    stats = FrozenStats(snapshot, snapshot, lambda _method, _name: [])
    lines = lines_of(replace(moment, stats=stats))
    assert max(cell_len(line) for line in lines) <= 79
    named = [line for line in lines if "/漢" in line or line.startswith("last 10 s")]
    assert len(named) == 3
    assert len({cell_len(line) for line in named}) == 1


def test_a_long_cause_gets_a_second_line_where_there_is_room(moment: Moment) -> None:
    tall, short = (
        [line for line in lines_of(moment, Size(80, rows), health=LATE) if "so so" in line]
        for rows in (24, 12)
    )
    assert (len(tall), len(short)) == (2, 1)
    assert short[0].endswith("…")


def test_what_blocks_python_is_named(moment: Moment) -> None:
    causes = (Cause("Python saturated: busy 99 % (limit 97 %)", 1.0),)
    health = replace(LATE, causes=causes, blockers=(Blocker("locustfile.py:12 in parse", 1.25),))
    assert lines_of(moment, health=health)[2] == (
        "generator LATE  Python blocked by locustfile.py:12 in parse (1.2 s)"
    )


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_only_where_they_are_wanted(moment: Moment) -> None:
    texts = []
    for colour in (True, False):
        stream = Terminal()
        live = LiveRegion(stream, colour=colour, size=lambda _: Size(80, 24))
        live.show(moment)
        live.close()
        texts.append(stream.getvalue())
    assert "\x1b[1;32mrunning" in texts[0]
    assert "32m" not in texts[1]


def test_the_verdict_is_that_of_the_last_ten_seconds(moment: Moment) -> None:
    stream = Terminal()
    live = LiveRegion(stream, colour=False, size=lambda _: Size(80, 24))
    verdicts = []
    for second in range(12):
        live.show(replace(moment, health=LATE if second == 0 else RunHealth("OK", 1.0)))
        verdicts.append("LATE" in stream.getvalue())
        stream.truncate(0)
    live.close()
    # One late second of ten is a tenth, which is allowed.
    assert verdicts == [True] * 9 + [False] * 3
