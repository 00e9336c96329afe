"""A CSV file with one row for each request.

Every row costs Python time, unlike the statistics; so it is for runs of a few thousand requests a
second at most, and for looking closely.

Source: Locust 2.47, contrib/csv_request_logger.py, with its columns. Differs: texts that a
spreadsheet would run as formulas get a leading apostrophe, as in our other CSV files.
"""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from locust_like.interfaces import HookLike
from locust_like.outputs.csv_files import safe

CSV_COLUMNS = (
    "timestamp",
    "request_type",
    "name",
    "response_time_ms",
    "response_length",
    "status_code",
    "exception",
)


class _Events(Protocol):
    @property
    def request(self) -> HookLike: ...
    @property
    def quitting(self) -> HookLike: ...


class _Environment(Protocol):
    @property
    def events(self) -> _Events: ...


class CsvRequestLogger:
    """Writes each request that an environment reports.

    Args:
        filepath: the file, which is replaced; its folder has to exist.
        flush_interval: rows between two writes to the disk; more = cheaper, and more is lost when
            the process is killed.
    """

    def __init__(self, filepath: str, *, flush_interval: int = 1) -> None:
        """Open nothing yet."""
        self.filepath = filepath
        self.flush_interval = max(1, flush_interval)
        self._write: Callable[[tuple[object, ...]], object] | None = None
        self._pending = 0

    def register(self, environment: _Environment) -> None:
        """Write the header, and each request from now on until the environment quits.

        Call it once, for example in a listener of `events.init`.

        Raises:
            OSError: the file cannot be written.
        """
        self._file = Path(self.filepath).open("w", newline="", encoding="utf-8")  # noqa: SIM115
        self._write = csv.writer(self._file).writerow
        self._write(CSV_COLUMNS)
        self._file.flush()
        environment.events.request.add_listener(self._on_request)
        environment.events.quitting.add_listener(self._on_quitting)

    def close(self) -> None:
        """Close the file; a second call, and later requests, do nothing."""
        if self._write is not None:
            self._write = None
            self._file.close()

    def _on_request(
        self,
        *,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int,
        exception: object = None,
        response: object = None,
        start_time: float | None = None,
        **_more: object,
    ) -> None:
        if self._write is None:
            return
        self._write((
            round(time.time() if start_time is None else start_time, 6),
            safe(request_type),
            safe(name),
            "" if response_time is None else round(response_time, 2),
            response_length,
            _status_of(response),
            "" if exception is None else safe(str(exception)),
        ))  # fmt: skip
        self._pending += 1
        if self._pending >= self.flush_interval:
            self._file.flush()
            self._pending = 0

    def _on_quitting(self, **_payload: Any) -> None:
        self.close()


def _status_of(response: object) -> int:
    """Return the HTTP status; 0 where there is none, as for other protocols."""
    status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else 0
