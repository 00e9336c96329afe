"""Locust's four CSV files: statistics, history, failures, exceptions.

Names, headers, column order and number formats are Locust's. Ours: three of the files are replaced
whole each five seconds (a reader never sees half a table), only the history grows in place; and a
text that a spreadsheet would run as a formula gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.outputs.files import check_writable, write_whole
from locust_like.outputs.numbers import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult, ScriptException
    from locust_like.stats.entry import StatsEntry
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
    "Total Average Content Size",
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


def _percentiles(entry: StatsEntry) -> list[Cell]:
    if not entry.num_requests:
        return ["N/A"] * len(PERCENTILES)
    return [round(entry.get_response_time_percentile(share)) for share in PERCENTILES]


def _times(entry: StatsEntry) -> list[Cell]:
    return [
        round(entry.median_response_time),
        entry.avg_response_time,
        entry.min_response_time or 0,
        entry.max_response_time,
        entry.avg_content_length,
    ]


def stats_rows(stats: StatsView) -> list[list[Cell]]:
    """Return the rows of PREFIX_stats.csv: the entries by name, then Aggregated."""
    entries = [entry for _, entry in sorted(stats.entries.items())]
    return [
        [
            safe(entry.method),
            safe(entry.name),
            entry.num_requests,
            entry.num_failures,
            *_times(entry),
            entry.total_rps,
            entry.total_fail_per_sec,
            *_percentiles(entry),
        ]
        for entry in (*entries, stats.total)
    ]


def history_row(moment: Moment, wall_s: float) -> list[Cell]:
    """Return the row of the totals; the percentiles are those of the run so far, as in Locust."""
    total = moment.stats.total
    return [
        int(wall_s),
        moment.user_count,
        total.method,
        total.name,
        f"{total.current_rps:.6f}",
        f"{total.current_fail_per_sec:.6f}",
        *_percentiles(total),
        total.num_requests,
        total.num_failures,
        *_times(total),
    ]


def failure_rows(stats: StatsView) -> list[list[Cell]]:
    """Return the rows of PREFIX_failures.csv, in order of first appearance."""
    return [
        [
            safe(error.method),
            safe(error.name),
            safe(error.error),
            error.occurrences,
            utc(error.first_seen),
            utc(error.last_seen),
        ]
        for error in stats.errors.values()
    ]


def exception_rows(exceptions: Iterable[ScriptException]) -> list[list[Cell]]:
    """Return the rows of PREFIX_exceptions.csv."""
    return [
        [one.count, safe(one.message), safe(one.traceback), safe(", ".join(one.nodes))]
        for one in exceptions
    ]


def _document(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


class CsvFiles:
    """Writes the history each second, the other three files each five seconds and at the end."""

    period_s = 1.0

    def __init__(self, prefix: str, wall_clock: Callable[[], float] = time.time) -> None:
        """Write to PREFIX_stats.csv and its three siblings."""
        kinds = ("stats", "stats_history", "failures", "exceptions")
        self.paths = {kind: Path(f"{prefix}_{kind}.csv") for kind in kinds}
        self._wall_clock = wall_clock
        self._ticks = 0

    def start(self) -> None:
        """Create all four files with their headers, so that a watcher finds them at once."""
        for path in self.paths.values():
            check_writable(path)
        write_whole(self.paths["stats"], _document(STATS_HEADER, ()))
        write_whole(self.paths["failures"], _document(FAILURES_HEADER, ()))
        write_whole(self.paths["exceptions"], _document(EXCEPTIONS_HEADER, ()))
        write_whole(self.paths["stats_history"], _document(HISTORY_HEADER, ()))

    def tick(self, moment: Moment) -> None:
        """Append to the history; each fifth time replace the tables too."""
        self._append(moment)
        self._ticks += 1
        if self._ticks % _REWRITE_EVERY_TICKS == 0:
            self._rewrite(moment.stats)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Write the final state of all four files."""
        self._rewrite(result.moment.stats)
        write_whole(
            self.paths["exceptions"],
            _document(EXCEPTIONS_HEADER, exception_rows(result.exceptions)),
        )
        self._append(result.moment)
        return tuple(str(path) for path in self.paths.values())

    def _append(self, moment: Moment) -> None:
        with self.paths["stats_history"].open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(history_row(moment, self._wall_clock()))

    def _rewrite(self, stats: StatsView) -> None:
        write_whole(self.paths["stats"], _document(STATS_HEADER, stats_rows(stats)))
        write_whole(self.paths["failures"], _document(FAILURES_HEADER, failure_rows(stats)))
