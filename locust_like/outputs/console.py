"""What a run prints while it goes on, and the summary at its end.

On a terminal a region at the bottom shows the run at a glance, see `outputs/live.py`. Elsewhere,
and in CI, there are plain lines: one every two seconds, a table now and then; the same text reads
well in a log file and in a pipe. The stream is stderr, as in Locust, so that stdout stays free for
`--json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from locust_like.outputs.numbers import clock, count, milliseconds, percent, rate
from locust_like.outputs.summary import requests_table, summary
from locust_like.outputs.terminal import (
    can_redraw,
    is_terminal,
    painted,
    wants_colour,
    width_of,
)
from locust_like.outputs.workers import workers_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.outputs.live import LiveRegion

_TABLE_EVERY_TICKS = 15
_LIVE_PERIOD_S = 1.0
_PLAIN_PERIOD_S = 2.0

_HEADER = ("time", "state", "users", "req/s", "failed", "p50", "p95", "p99", "health")
# Together with the gaps 80 columns, also for thousands of users over hours.
_WIDTHS = (13, 8, 13, 7, 7, 5, 5, 5, 8)


def _columns(cells: Sequence[str]) -> str:
    *numbers, health = (cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"{' '.join(numbers)} {health.strip()}"


def live_header() -> str:
    """Return the titles over live lines."""
    return _columns(_HEADER)


def live_line(moment: Moment) -> str:
    """Return the run in one line.

    All figures but the time are those of the last ten seconds: in a long run, what has just gone
    wrong would drown in the sum.
    """
    time = clock(moment.elapsed_s)
    if moment.run_time_s is not None:
        time += f"/{clock(moment.run_time_s)}"
    users = count(moment.user_count)
    if moment.user_count != moment.target_user_count:
        users += f"/{count(moment.target_user_count)}"
    total = moment.stats.total
    rps = total.current_rps
    times = [
        milliseconds(total.get_current_response_time_percentile(share))
        for share in (0.50, 0.95, 0.99)
    ]
    failed = percent(total.current_fail_per_sec / rps if rps else 0.0)
    return _columns([time, moment.state, users, rate(rps), failed, *times, moment.health.verdict])


def make_console(
    stream: TextIO, *, only_summary: bool = False, no_color: bool = False, hint: str = ""
) -> Console:
    """Return the console for a stream: live where lines can be drawn over, otherwise plain.

    Args:
        stream: normally stderr.
        only_summary: print nothing before the end.
        no_color: --no-color was given.
        hint: a line that tells which keys there are; empty = there are none.
    """
    colour = wants_colour(stream, no_color=no_color)
    live = None
    if can_redraw(stream) and not only_summary:
        # Rich is imported only where it is needed.
        from locust_like.outputs.live import LiveRegion

        live = LiveRegion(stream, colour=colour, hint=hint)
    return Console(stream, only_summary=only_summary, colour=colour, live=live)


class Console:
    """Prints live lines, tables and the summary; a closed stream never ends a run.

    Args:
        stream: normally stderr.
        only_summary: print nothing before the end.
        colour: whether the summary has colours.
        live: shows the run instead of lines.

    Attributes:
        period_s: seconds between two ticks.
        live: as given.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        only_summary: bool = False,
        colour: bool = False,
        live: LiveRegion | None = None,
    ) -> None:
        """Print to `stream`."""
        self.live = live
        self.period_s = _LIVE_PERIOD_S if live else _PLAIN_PERIOD_S
        self._stream = stream
        self._only_summary = only_summary
        self._colour = colour
        self._ticks = 0
        self._workers = ""
        self._broken = False

    def start(self) -> None:
        """A stream needs no check."""

    def tick(self, moment: Moment) -> None:
        """Print the live line; each fifteenth time the table of requests and titles before it.

        The workers get a line when there are titles, and whenever it says something new.
        """
        if self._only_summary:
            return
        if self.live is not None:
            self.live.show(moment)
            return
        lines = [live_line(moment)]
        is_titled = self._ticks % _TABLE_EVERY_TICKS == 0
        if is_titled:
            lines = [live_header(), *lines]
            if self._ticks:
                lines = ["", *requests_table(moment.stats, width_of(self._stream)), "", *lines]
        if moment.workers is not None:
            text = workers_text(moment.workers)
            if is_titled or text != self._workers:
                lines.append(text)
            self._workers = text
        self._ticks += 1
        self._print(lines)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Print the summary."""
        self.close()
        # What is no terminal wraps nothing, so nothing has to be cut there.
        lines = summary(
            result, width_of(self._stream), whole_tracebacks=not is_terminal(self._stream)
        )
        self._print(painted(lines) if self._colour else lines)
        return ()

    def close(self) -> None:
        """Leave the terminal as it was found; may be called at any time, and more than once."""
        if self.live is not None:
            self.live.close()

    def _print(self, lines: Iterable[str]) -> None:
        if self._broken:
            return
        try:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()
        # The reader of a pipe has gone, or the stream is closed: results in files matter more.
        except (OSError, ValueError):
            self._broken = True
