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
from locust_like.stats import settings
from locust_like.stats.texts import by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult, ScriptException
    from locust_like.stats.entry import StatsEntry, StatsError
    from locust_like.stats.health import RunHealth
    from locust_like.stats.view import StatsView

Cell = str | int | float

_STATS_TITLES = (
    "Type", "Name", "Request Count", "Failure Count", "Median Response Time",
    "Average Response Time", "Min Response Time", "Max Response Time", "Average Content Size",
    "Requests/s", "Failures/s",
)  # fmt: skip
_HISTORY_TITLES = ("Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s")
_TOTAL_TITLES = (
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
        percentiles: shares that get a column; None = those of `stats/settings.py`.
    """

    def __init__(self, *, raw: bool = False, percentiles: Sequence[float] | None = None) -> None:
        """Escape texts, or not."""
        self._text = _as_is if raw else safe
        self._percentiles_given = percentiles

    @property
    def _shares(self) -> list[float]:
        given = self._percentiles_given
        return list(settings.PERCENTILES_TO_REPORT if given is None else given)

    def stats_header(self) -> tuple[str, ...]:
        """Return the titles of PREFIX_stats.csv."""
        return (*_STATS_TITLES, *settings.get_readable_percentiles(self._shares))

    def history_header(self) -> tuple[str, ...]:
        """Return the titles of PREFIX_stats_history.csv."""
        shares = settings.get_readable_percentiles(self._shares)
        return (*_HISTORY_TITLES, *shares, *_TOTAL_TITLES)

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
                *self._percentiles(entry),
            ]
            for entry in (*by_name(stats), stats.total)
        ]

    def history(
        self, moment: Moment, health: RunHealth, wall_s: float, *, full: bool
    ) -> list[list[Cell]]:
        """Return the rows of one beat: Aggregated, in a full history every entry before it.

        The percentiles are those of the run so far, in a full history those of the last ten
        seconds, as in Locust.
        """
        total = moment.stats.total
        entries = (*by_name(moment.stats), total) if full else (total,)
        percentiles = self._current_percentiles if full else self._percentiles
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
                self._text(error.parse_error(error.error)),
                error.occurrences,
                *("" if wall_s is None else utc(wall_s) for wall_s in _seen(error)),
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

    def _percentiles(self, entry: StatsEntry) -> list[Cell]:
        if not entry.num_requests:
            return ["N/A"] * len(self._shares)
        return [round(entry.get_response_time_percentile(share)) for share in self._shares]

    def _current_percentiles(self, entry: StatsEntry) -> list[Cell]:
        if not entry.num_requests:
            return ["N/A"] * len(self._shares)
        return [
            round(entry.get_current_response_time_percentile(share) or 0) for share in self._shares
        ]


def _seen(error: StatsError) -> tuple[float | None, float | None]:
    return error.first_seen, error.last_seen


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
        percentiles: Sequence[float] | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Write to PREFIX_stats.csv and its three siblings.

        Args:
            prefix: folder and beginning of the file names.
            full_history: the history has a row for each entry, not only for their sum.
            raw: texts are not escaped, see `Tables`.
            percentiles: see `Tables`.
            wall_clock: seconds since the epoch.
        """
        kinds = ("stats", "stats_history", "failures", "exceptions")
        self.paths = {kind: Path(f"{prefix}_{kind}.csv") for kind in kinds}
        self._tables = Tables(raw=raw, percentiles=percentiles)
        self._full_history = full_history
        self._wall_clock = wall_clock
        self._ticks = 0

    def start(self) -> None:
        """Create all four files with their headers, so that a watcher finds them at once."""
        for path in self.paths.values():
            check_writable(path)
        self._replace("stats", self._tables.stats_header(), ())
        self._replace("failures", FAILURES_HEADER, ())
        self._replace("exceptions", EXCEPTIONS_HEADER, ())
        self._replace("stats_history", self._tables.history_header(), ())

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
        self._replace("stats", self._tables.stats_header(), self._tables.stats(stats))
        self._replace("failures", FAILURES_HEADER, self._tables.failures(stats))

    def _replace(self, kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        write_whole(self.paths[kind], _lines((header, *rows)))
