"""Plain lines on a terminal or in a CI log: one every two seconds, a table now and then, a summary.

The stream is stderr, as in Locust, so that stdout stays free for `--json`. Nothing is redrawn: the
same text reads well in a terminal, in a log file and in a pipe.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from locust_like.outputs.numbers import clock, count, milliseconds, percent, rate
from locust_like.outputs.summary import requests_table, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult

_TABLE_EVERY_TICKS = 15
_DEFAULT_WIDTH = 80
_MOST_WIDTH = 200


def width_of(stream: TextIO) -> int:
    """Return the width to write for: COLUMNS, else the terminal's, else 80; at most 200."""
    try:
        width = int(os.environ.get("COLUMNS", "")) or _DEFAULT_WIDTH
    except ValueError:
        try:
            width = os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
        # Not a terminal, closed, or (in tests) without a descriptor.
        except (OSError, ValueError):
            width = _DEFAULT_WIDTH
    return min(width, _MOST_WIDTH)


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


class Console:
    """Prints live lines, tables and the summary; a closed stream never ends a run.

    Args:
        stream: normally stderr.
        only_summary: print nothing before the end.
    """

    period_s = 2.0

    def __init__(self, stream: TextIO, *, only_summary: bool = False) -> None:
        """Print to `stream`."""
        self._stream = stream
        self._only_summary = only_summary
        self._ticks = 0
        self._broken = False

    def start(self) -> None:
        """A stream needs no check."""

    def tick(self, moment: Moment) -> None:
        """Print the live line; each fifteenth time the table of requests and titles before it."""
        if self._only_summary:
            return
        lines = [live_line(moment)]
        if self._ticks % _TABLE_EVERY_TICKS == 0:
            lines = [live_header(), *lines]
            if self._ticks:
                lines = ["", *requests_table(moment.stats, width_of(self._stream)), "", *lines]
        self._ticks += 1
        self._print(lines)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Print the summary."""
        self._print(summary(result, width_of(self._stream)))
        return ()

    def _print(self, lines: Iterable[str]) -> None:
        if self._broken:
            return
        try:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()
        # The reader of a pipe has gone, or the stream is closed: results in files matter more.
        except (OSError, ValueError):
            self._broken = True
