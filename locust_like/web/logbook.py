"""The last lines of the log, for the page."""

from __future__ import annotations

import logging
from collections import deque

from locust_like.stats.masking import masked
from locust_like.web.schemas import Level, LogLine, Logs

MOST_LINES = 10_000
_LONGEST_TEXT = 8192
_LEVELS: tuple[tuple[int, Level], ...] = (
    (logging.CRITICAL, "CRITICAL"),
    (logging.ERROR, "ERROR"),
    (logging.WARNING, "WARNING"),
    (logging.INFO, "INFO"),
)


class Logbook(logging.Handler):
    """Keeps the last 10,000 records as lines, with secrets masked.

    Attributes:
        warnings: how many records of level WARNING and above there were.

    Thread: any; the lock is the handler's own.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__()
        self.warnings = 0
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._next = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; one that cannot be formatted is told as such."""
        try:
            text = record.getMessage()
            if record.exc_info:
                text += "\n" + logging.Formatter().formatException(record.exc_info)
        except Exception:  # noqa: BLE001 - a log must not end who writes it
            text = f"(a record of {record.name} that cannot be formatted)"
        self.warnings += record.levelno >= logging.WARNING
        line = LogLine(
            self._next, record.created, level_of(record.levelno), record.name,
            masked(text[:_LONGEST_TEXT]),
        )  # fmt: skip
        self._lines.append(line)
        self._next += 1

    def lines(self, after: int = -1, level: str = "", most: int = 1000) -> Logs:
        """Return lines with greater ids than `after`, oldest first.

        Args:
            after: id of the last line that is known; -1 = none.
            level: leave out what is less severe; "" = nothing.
            most: how many lines at most; without `after` they are the newest ones.
        """
        with self.lock or _NO_LOCK:
            kept = list(self._lines)
            end = self._next
        least = logging.getLevelNamesMapping().get(level, 0)
        first = kept[0].id if kept else end
        known = logging.getLevelNamesMapping()
        fresh = [line for line in kept if line.id > after and known[line.level] >= least]
        chosen = fresh[-most:] if after < 0 else fresh[:most]
        dropped = max(0, first - after - 1) if after >= 0 else 0
        following = chosen[-1].id if chosen and len(chosen) == most and after >= 0 else end - 1
        return Logs(chosen, dropped, following)


class _NoLock:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


_NO_LOCK = _NoLock()


def level_of(number: int) -> Level:
    """Return the word for a level's number, that of the next lower one if it has none."""
    return next((word for least, word in _LEVELS if number >= least), "DEBUG")
