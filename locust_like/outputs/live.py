"""The live region of a terminal: the run at a glance, redrawn once a second.

All figures are those of the last ten seconds: in a long run, what has just gone wrong would drown
in the sum. The lines are made for 80 columns and fit any height from ten rows on.
"""

from __future__ import annotations

import heapq
import io
import textwrap
from collections import deque
from functools import reduce
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.cells import cell_len
from rich.console import Console as RichConsole
from rich.text import Text

from locust_like.outputs.numbers import (
    clock,
    count,
    milliseconds,
    one_line,
    padded,
    percent,
    rate,
    shorten,
)
from locust_like.outputs.region import Line, Redirection, Region
from locust_like.outputs.terminal import Size, size_of
from locust_like.outputs.workers import workers_text
from locust_like.stats.health import RunHealth, combine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from locust_like.outputs.base import Moment
    from locust_like.stats.entry import StatsEntry

_STATE_STYLES = {"running": "bold green", "paused": "bold yellow", "stopping": "bold magenta"}
_VERDICT_STYLES = {"OK": "green", "LATE": "yellow", "INVALID": "bold red"}
_MOST_LINES = 20
_LEAST_HEIGHT_FOR_LONG_CAUSES = 14
_MOST_SLOWEST = 4
# Percentiles are looked up in histograms, so not for each of a thousand names.
_CANDIDATES = 12
_HEALTH_TICKS = 10
_MOST_BAR = 40
_LEAST_BAR = 8
_LABEL_WIDTH = 8
_FIGURES = (("req/s", 8), ("failed", 7), ("p50", 6), ("p95", 6), ("p99", 6))
_SHARES = (0.50, 0.95, 0.99)


class _Row(Protocol):
    """What the ranking reads of a row of the window's snapshot; cheaper than a StatsEntry."""

    method: str
    name: str
    num_requests: int
    avg_response_time_ms: float

    def percentile(self, share: float) -> float | None: ...


def live_lines(moment: Moment, health: RunHealth, size: Size, hint: str = "") -> list[Text]:
    """Return the region's lines, fewer than the terminal's rows and none wider than it.

    Args:
        moment: the run as it is now.
        health: the generator's over the last seconds; a single second would flicker.
        size: the terminal's.
        hint: which keys there are; empty = no such line.
    """
    width = size.width - 1
    lines = [_state_line(moment, width), _figures_line(moment)]
    if moment.workers is not None:
        is_bad = moment.workers.is_degraded
        lines.append(Text(workers_text(moment.workers), style="bold red" if is_bad else ""))
    lines += _health_lines(health, width, long=size.height >= _LEAST_HEIGHT_FOR_LONG_CAUSES)
    room = min(_MOST_LINES, size.height - 1) - len(lines) - bool(hint)
    lines += _endpoint_lines(moment, width, room)
    if hint:
        lines.append(Text(hint, style="dim"))
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines


def _state_line(moment: Moment, width: int) -> Text:
    users = count(moment.user_count)
    if moment.user_count != moment.target_user_count:
        users += f" -> {count(moment.target_user_count)}"
    style = _STATE_STYLES.get(moment.state, "bold cyan")
    line = Text.assemble((moment.state, style), f"  {users} users  {clock(moment.elapsed_s)}")
    if moment.run_time_s is None:
        return line.append("  no time limit", style="dim")
    line.append(f" / {clock(moment.run_time_s)}  ")
    length = min(width - len(line.plain), _MOST_BAR)
    if length >= _LEAST_BAR:
        done = round(length * min(moment.elapsed_s / moment.run_time_s, 1.0))
        line.append("━" * done, style="green").append("─" * (length - done), style="dim")
    return line


def _figures_line(moment: Moment) -> Text:
    total = moment.stats.total
    rps = total.current_rps
    share = total.current_fail_per_sec / rps if rps else 0.0
    times = "  ".join(
        f"p{part * 100:g} {milliseconds(total.get_current_response_time_percentile(part))}"
        for part in _SHARES
    )
    return Text.assemble(
        (f"{rate(rps)} req/s", "bold"),
        "  ",
        (f"failed {percent(share)}", "bold red" if share else ""),
        f"  {times} ms  {count(total.num_requests)} requests",
    )


def _health_lines(health: RunHealth, width: int, *, long: bool) -> list[Text]:
    head = f"generator {health.verdict}"
    text = f"{head}  {health.main_cause}".rstrip()
    # What is too long for one line is cut at its end: a cause begins with what matters.
    first, *rest = textwrap.wrap(text, width, subsequent_indent="  ")[:2] if long else [text]
    return [
        Text.assemble(
            "generator ", (health.verdict, _VERDICT_STYLES[health.verdict]), first[len(head) :]
        ),
        *map(Text, rest),
    ]


def _endpoint_lines(moment: Moment, width: int, room: int) -> list[Text]:
    """Return titles and the busiest and slowest endpoints, as many as there is room for."""
    rows = [row for row in moment.stats.window().entries if row.num_requests]
    if not rows:
        return [Text("waiting for the first request", style="dim")][:room]
    names = width - _LABEL_WIDTH - 1 - sum(columns + 1 for _, columns in _FIGURES)
    titles = "".join(f" {title:>{columns}}" for title, columns in _FIGURES)
    lines = [Text(f"{'last 10 s':<{_LABEL_WIDTH + 1 + names}}{titles}", style="dim")]
    slow = min(_MOST_SLOWEST, (room - 1) // 2)
    for label, chosen in (
        ("busiest", _busiest(rows, room - 1 - slow)),
        ("slowest", _slowest(rows, slow)),
    ):
        for index, row in enumerate(chosen):
            entry = moment.stats.get(row.name, row.method)
            name = shorten(one_line(f"{row.method} {row.name}"), names)
            lines.append(
                Text.assemble(
                    (f"{label if not index else '':<{_LABEL_WIDTH}} ", "dim"),
                    padded(name, names, left=True),
                    *_figures(entry),
                )
            )
    return lines[:room]


def _figures(entry: StatsEntry) -> Iterator[tuple[str, str]]:
    """Yield the cells of `_FIGURES` with their styles, in as few pieces as there are styles."""
    rps = entry.current_rps
    share = entry.current_fail_per_sec / rps if rps else 0.0
    cells = [
        rate(rps),
        percent(share),
        *(milliseconds(entry.get_current_response_time_percentile(part)) for part in _SHARES),
    ]
    asked, failed, *times = (
        f" {cell:>{columns}}" for (_, columns), cell in zip(_FIGURES, cells, strict=True)
    )
    yield asked, ""
    yield failed, "red" if share else ""
    yield "".join(times), ""


def _busiest(rows: Sequence[_Row], number: int) -> list[_Row]:
    return heapq.nlargest(number, rows, key=lambda row: row.num_requests)


def _slowest(rows: Sequence[_Row], number: int) -> list[_Row]:
    """Return the rows with the highest p95 among those with the highest averages."""
    candidates = heapq.nlargest(_CANDIDATES, rows, key=lambda row: row.avg_response_time_ms)
    return heapq.nlargest(number, candidates, key=lambda row: row.percentile(0.95) or 0.0)


class LiveRegion:
    """Keeps the region up to date, from the first `show` until `close`.

    Args:
        stream: the terminal.
        colour: whether to colour.
        hint: the line about keys.
        size: returns the size of the terminal; looked up at each drawing.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        colour: bool,
        hint: str = "",
        size: Callable[[TextIO], Size] = size_of,
    ) -> None:
        """Draw nothing yet."""
        self._stream = stream
        self._size = size
        self._hint = hint
        self._colour = colour
        self._healths: deque[RunHealth] = deque(maxlen=_HEALTH_TICKS)
        self._region = Region(stream, lambda: size(stream).width)
        self._redirection = Redirection(self._region)
        self._is_open = False

    def show(self, moment: Moment) -> None:
        """Draw this moment."""
        self._healths.append(moment.health)
        lines = live_lines(
            moment, reduce(combine, self._healths), self._size(self._stream), self._hint
        )
        if not self._is_open:
            self._is_open = True
            self._redirection.begin()
        self._region.draw(self._rendered(lines))

    def wipe(self) -> None:
        """Take the region off the screen until the next `show`, for example before a Ctrl-Z."""
        self._region.draw(())

    def close(self) -> None:
        """Take the region away and give the streams back."""
        self._region.close()
        if self._is_open:
            self._is_open = False
            self._redirection.end()

    def _rendered(self, lines: Sequence[Text]) -> list[Line]:
        target = io.StringIO()
        console = RichConsole(
            file=target,
            force_terminal=True,
            no_color=not self._colour,
            width=self._size(self._stream).width,
            highlight=False,
            legacy_windows=False,
        )
        console.print(Text("\n").join(lines), no_wrap=True, overflow="crop", end="")
        texts = target.getvalue().split("\n")
        return [Line(text, cell_len(line.plain)) for text, line in zip(texts, lines, strict=True)]
