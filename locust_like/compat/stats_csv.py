"""Locust's `StatsCSV` and `StatsCSVFileWriter`, on the writer of the command line.

Source: Locust 2.47, stats.py. Differs as `outputs/csv_files.py` says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

import gevent

from locust_like.compat import stats_settings
from locust_like.outputs.base import Moment, RunResult, ScriptException
from locust_like.outputs.csv_files import EXCEPTIONS_HEADER, FAILURES_HEADER, CsvFiles, Tables
from locust_like.runtime.exceptions import title
from locust_like.stats.health import RunHealth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from locust_like.runtime.environment import Environment


class CsvRows(Protocol):
    """What `csv.writer` returns."""

    def writerow(self, row: Iterable[Any], /) -> Any:
        """Write a row."""


class StatsCSV:
    """Writes the tables of an environment, with their titles, to `csv` writers.

    Args:
        environment: whose figures.
        percentiles_to_report: shares that get a column.

    Attributes:
        requests_csv_columns: titles of the table of requests.
        failures_columns: of the table of failures.
        exceptions_columns: of the table of exceptions.
    """

    def __init__(self, environment: Environment, percentiles_to_report: list[float]) -> None:
        """Write nothing yet."""
        self.environment = environment
        self.percentiles_to_report = percentiles_to_report
        self._tables = Tables(percentiles=percentiles_to_report)
        self.requests_csv_columns = list(self._tables.stats_header())
        self.failures_columns = list(FAILURES_HEADER)
        self.exceptions_columns = list(EXCEPTIONS_HEADER)

    def requests_csv(self, csv_writer: CsvRows) -> None:
        """Write the entries, and Aggregated."""
        rows = self._tables.stats(self.environment.stats.freeze())
        _write(csv_writer, self._tables.stats_header(), rows)

    def failures_csv(self, csv_writer: CsvRows) -> None:
        """Write the failures."""
        rows = self._tables.failures(self.environment.stats.freeze())
        _write(csv_writer, FAILURES_HEADER, rows)

    def exceptions_csv(self, csv_writer: CsvRows) -> None:
        """Write the exceptions of users' code."""
        rows = self._tables.exceptions(_exceptions(self.environment))
        _write(csv_writer, EXCEPTIONS_HEADER, rows)

    def close_files(self) -> None:
        """There are no files."""


class StatsCSVFileWriter(StatsCSV):
    """Writes the four CSV files; call it in a greenlet, it goes on for ever.

    Args:
        environment: whose figures.
        percentiles_to_report: shares that get a column.
        base_filepath: folder and beginning of the file names.
        full_history: the history has a row for each entry, not only for their sum.

    Raises: OSError when a file cannot be written.
    """

    def __init__(
        self,
        environment: Environment,
        percentiles_to_report: list[float],
        base_filepath: str,
        full_history: bool = False,
    ) -> None:
        """Create all four files with their titles."""
        super().__init__(environment, percentiles_to_report)
        self.base_filepath = base_filepath
        self.full_history = full_history
        self._files = CsvFiles(
            base_filepath, full_history=full_history, percentiles=percentiles_to_report
        )
        self._files.start()
        self._start_s = time.monotonic()

    def __call__(self) -> None:
        """Write for ever."""
        self.stats_writer()

    def stats_writer(self) -> None:
        """Write for ever."""
        while True:
            self._files.tick(self._moment())
            gevent.sleep(stats_settings.CSV_STATS_INTERVAL_SEC)

    def close_files(self) -> None:
        """Write the figures of now to all four files."""
        exceptions = tuple(_exceptions(self.environment))
        self._files.finish(RunResult(self._moment(), "", exceptions))

    def stats_history_file_name(self) -> str:
        """Return the name of the history file."""
        return str(self._files.paths["stats_history"])

    def _moment(self) -> Moment:
        runner = self.environment.runner
        return Moment(
            state="ready" if runner is None else runner.state,
            elapsed_s=time.monotonic() - self._start_s,
            run_time_s=None,
            user_count=0 if runner is None else runner.user_count,
            target_user_count=0 if runner is None else runner.target_user_count,
            stats=self.environment.stats.freeze(),
            health=RunHealth(),
        )


def _write(csv_writer: CsvRows, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> None:
    for row in (header, *rows):
        csv_writer.writerow(row)


def _exceptions(environment: Environment) -> list[ScriptException]:
    rows = () if environment.runner is None else environment.runner.exceptions.values()
    return [
        ScriptException(
            row["count"],
            title(row["msg"], row["traceback"]),
            row["msg"],
            row["traceback"],
            tuple(sorted(row["nodes"])),
        )
        for row in rows
    ]
