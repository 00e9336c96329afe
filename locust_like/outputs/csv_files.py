"""Locust's four CSV files: statistics, history, failures, exceptions.

Names, headers, column order and number formats are Locust's. Ours: three of the files are replaced
whole each five seconds (a reader never sees half a table), only the history grows in place, by
whole rows; a text that a spreadsheet would run as a formula gets a leading apostrophe, unless raw
texts are asked for; and the history ends with a column of our own, so Locust's keep their places.
"""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.outputs.files import append_whole, check_writable, write_whole
from locust_like.outputs.numbers import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult, ScriptException
    from locust_like.stats.entry import StatsEntry
    from locust_like.stats.health import RunHealth
    from locust_like.stats.view import StatsView

Cell = str | int | float

PERCENTILES = (0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0)
_PERCENTILE_TITLES = tuple(f"{share * 100:.6g}%" for share in PERCENTILES)
STATS_HEADER = (
    "Type", "Name", "Request Count", "Failure Count", "Median Response Time",
    "Average Response Time", "Min Response Time", "Max Response Time", "Average Content Size",
    "Requests/s", "Failures/s", *_PERCENTILE_TITLES,
)  # fmt: skip
HISTORY_HEADER = (
    "Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s", *_PERCENTILE_TITLES,
    "Total Request Count", "Total Failure Count", "Total Median Response Time",
    "Total Average Response Time", "Total Min Response Time", "Total Max Response Time",
    "Total Average Content Size", "Generator Health",
)  # fmt: skip
FAILURES_HEADER = ("Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen")
EXCEPTIONS_HEADER = ("Count", "Message", "Traceback", "Nodes")

_REWRITE_EVERY_TICKS = 5
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Source: OWASP, CSV injection: cells that start with = + - @ tab or CR.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _as_is(text: str) -> str:
    return text


class Tables:
    """Turns figures into rows.

    Args:
        raw: leave texts as they are, also those that a spreadsheet takes for formulas.
    """

    def __init__(self, *, raw: bool = False) -> None:
        """Escape texts, or not."""
        self._text = _as_is if raw else safe

    def stats(self, stats: StatsView) -> list[list[Cell]]:
        """Return the rows of PREFIX_stats.csv: the entries by name, then Aggregated."""
        return [
            [
                self._text(entry.method),
                self._text(entry.name),
                entry.num_requests,
                entry.num_failures,
                *_times(entry),
                entry.total_rps,
                entry.total_fail_per_sec,
                *_percentiles(entry),
            ]
            for entry in (*_by_name(stats), stats.total)
        ]

    def history(
        self, moment: Moment, health: RunHealth, wall_s: float, *, full: bool
    ) -> list[list[Cell]]:
        """Return the rows of one beat: Aggregated, in a full history every entry before it.

        The percentiles are those of the run so far, in a full history those of the last ten
        seconds, as in Locust.
        """
        total = moment.stats.total
        entries = (*_by_name(moment.stats), total) if full else (total,)
        percentiles = _current_percentiles if full else _percentiles
        return [
            [
                int(wall_s),
                moment.user_count,
                self._text(entry.method),
                self._text(entry.name),
                f"{entry.current_rps:.6f}",
                f"{entry.current_fail_per_sec:.6f}",
                *percentiles(entry),
                entry.num_requests,
                entry.num_failures,
                *_times(entry),
                health.verdict,
            ]
            for entry in entries
        ]

    def failures(self, stats: StatsView) -> list[list[Cell]]:
        """Return the rows of PREFIX_failures.csv, in order of first appearance."""
        return [
            [
                self._text(error.method),
                self._text(error.name),
                self._text(error.error),
                error.occurrences,
                utc(error.first_seen),
                utc(error.last_seen),
            ]
            for error in stats.errors.values()
        ]

    def exceptions(self, exceptions: Iterable[ScriptException]) -> list[list[Cell]]:
        """Return the rows of PREFIX_exceptions.csv."""
        return [
            [
                one.count,
                self._text(one.message),
                self._text(one.traceback),
                self._text(", ".join(one.nodes)),
            ]
            for one in exceptions
        ]


def _by_name(stats: StatsView) -> list[StatsEntry]:
    return [entry for _, entry in sorted(stats.entries.items())]


def _percentiles(entry: StatsEntry) -> list[Cell]:
    if not entry.num_requests:
        return ["N/A"] * len(PERCENTILES)
    return [round(entry.get_response_time_percentile(share)) for share in PERCENTILES]


def _current_percentiles(entry: StatsEntry) -> list[Cell]:
    if not entry.num_requests:
        return ["N/A"] * len(PERCENTILES)
    return [round(entry.get_current_response_time_percentile(share) or 0) for share in PERCENTILES]


def _times(entry: StatsEntry) -> list[Cell]:
    return [
        round(entry.median_response_time),
        entry.avg_response_time,
        entry.min_response_time or 0,
        entry.max_response_time,
        entry.avg_content_length,
    ]


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


class CsvFiles:
    """Writes the history each second, the other three files each five seconds and at the end."""

    period_s = 1.0

    def __init__(
        self,
        prefix: str,
        *,
        full_history: bool = False,
        raw: bool = False,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Write to PREFIX_stats.csv and its three siblings.

        Args:
            prefix: folder and beginning of the file names.
            full_history: the history has a row for each entry, not only for their sum.
            raw: texts are not escaped, see `Tables`.
            wall_clock: seconds since the epoch.
        """
        kinds = ("stats", "stats_history", "failures", "exceptions")
        self.paths = {kind: Path(f"{prefix}_{kind}.csv") for kind in kinds}
        self._tables = Tables(raw=raw)
        self._full_history = full_history
        self._wall_clock = wall_clock
        self._ticks = 0

    def start(self) -> None:
        """Create all four files with their headers, so that a watcher finds them at once."""
        for path in self.paths.values():
            check_writable(path)
        self._replace("stats", STATS_HEADER, ())
        self._replace("failures", FAILURES_HEADER, ())
        self._replace("exceptions", EXCEPTIONS_HEADER, ())
        self._replace("stats_history", HISTORY_HEADER, ())

    def tick(self, moment: Moment) -> None:
        """Append to the history; each fifth time replace the tables too."""
        self._append(moment, moment.health)
        self._ticks += 1
        if self._ticks % _REWRITE_EVERY_TICKS == 0:
            self._rewrite(moment.stats)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Write the final state of all four files."""
        self._rewrite(result.moment.stats)
        rows = self._tables.exceptions(result.exceptions)
        self._replace("exceptions", EXCEPTIONS_HEADER, rows)
        self._append(result.moment, result.unseen_health)
        return tuple(str(path) for path in self.paths.values())

    def _append(self, moment: Moment, health: RunHealth) -> None:
        rows = self._tables.history(moment, health, self._wall_clock(), full=self._full_history)
        append_whole(self.paths["stats_history"], _lines(rows))

    def _rewrite(self, stats: StatsView) -> None:
        self._replace("stats", STATS_HEADER, self._tables.stats(stats))
        self._replace("failures", FAILURES_HEADER, self._tables.failures(stats))

    def _replace(self, kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        write_whole(self.paths[kind], _lines((header, *rows)))
