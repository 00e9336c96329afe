"""What a worker's Python tells its master each second, besides the figures that the core sends.

Only what has changed since the last report travels; each report arrives once, in order.
"""

from __future__ import annotations

import logging
from collections import deque
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec

from locust_like.runtime.documents import (
    MOST_LOG_LINES,
    MOST_MESSAGE_BYTES,
    ExceptionDelta,
    LogLines,
    WorkerReport,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locust_like.runtime.environment import Environment
    from locust_like.runtime.exceptions import ExceptionRow
    from locust_like.runtime.links import WorkerLink
    from locust_like.stats.health import RunHealth

_MOST_TEXT = 64 * 1024
_logger = logging.getLogger("locust.runners")


class Deltas:
    """What has been added to rows of exceptions since the last look."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._told: dict[int, int] = {}

    def take(self, rows: Mapping[int, ExceptionRow]) -> list[ExceptionDelta]:
        """Return what is new."""
        new = []
        for key, row in rows.items():
            more = row["count"] - self._told.get(key, 0)
            if more > 0:
                text, trace = row["msg"][:_MOST_TEXT], row["traceback"][-_MOST_TEXT:]
                new.append(ExceptionDelta(text, trace, more))
                self._told[key] = row["count"]
        return new


class WorkerReports:
    """Makes the reports of one run.

    Args:
        environment: what is reported on.
        client_id: the worker's name.
        take_health: returns what the generator has said about itself since the last call.
    """

    def __init__(
        self, environment: Environment, client_id: str, take_health: Callable[[], RunHealth]
    ) -> None:
        """Report everything that is not zero."""
        self._environment = environment
        self._client_id = client_id
        self._take_health = take_health
        self._exceptions = Deltas()
        self._listener_exceptions = Deltas()
        self._last = WorkerReport(counts={})
        self._listener_failures = environment.events.listener_failures
        self._unverified: dict[str, bool] = {}
        self._complained = False

    def take(
        self, counts: dict[str, int], exceptions: Mapping[int, ExceptionRow]
    ) -> WorkerReport | None:
        """Return what there is to tell; None if there is nothing."""
        environment = self._environment
        health = self._take_health()
        unverified = environment.events.request.unverified
        report = WorkerReport(
            counts=None if counts == self._last.counts else counts,
            exceptions=self._exceptions.take(exceptions),
            listener_exceptions=self._listener_exceptions.take(environment.listener_exceptions),
            listener_failures=environment.events.listener_failures - self._listener_failures,
            unverified={} if unverified == self._unverified else dict(unverified),
            health=health if health.seconds else None,
            data=self._data(),
        )
        self._unverified = dict(unverified)
        if report == WorkerReport(listener_failures=self._last.listener_failures):
            return None
        self._last = WorkerReport(counts=counts, listener_failures=report.listener_failures)
        return report

    def repeat_counts(self) -> None:
        """Tell the users again, to a master that has forgotten them."""
        self._last = WorkerReport(listener_failures=self._last.listener_failures)

    def _data(self) -> bytes:
        data: dict[str, Any] = {}
        self._environment.events.report_to_master.fire(client_id=self._client_id, data=data)
        if not data:
            return b""
        try:
            encoded = msgspec.msgpack.encode(data)
        except TypeError as error:
            self._complain(str(error))
            return b""
        if len(encoded) > MOST_MESSAGE_BYTES:
            self._complain(f"it has {len(encoded):,} bytes, {MOST_MESSAGE_BYTES:,} may be sent")
            return b""
        return encoded

    def _complain(self, why: str) -> None:
        if not self._complained:
            self._complained = True
            _logger.error("What report_to_master's listeners have added cannot be sent: %s", why)


class Reporting:
    """Sends reports and log lines when it is told to.

    Args:
        environment: what is reported on.
        client_id: the worker's name.
        link: to the master.
        take_health: returns what the generator has said about itself since the last call.
        log: lines that the master gets; None = it gets none.
    """

    def __init__(
        self,
        environment: Environment,
        client_id: str,
        link: WorkerLink,
        take_health: Callable[[], RunHealth],
        log: LogCollector | None,
    ) -> None:
        """Send nothing yet."""
        self._link = link
        self._log = log
        self._make = partial(WorkerReports, environment, client_id, take_health)
        self._reports = self._make()
        self._sent_s = 0.0

    @property
    def age_s(self) -> float:
        """How long ago something was sent."""
        return monotonic() - self._sent_s

    def restart(self) -> None:
        """Report all from zero: a run begins."""
        self._reports = self._make()

    def repeat_counts(self) -> None:
        """Tell the users again, to a master that has forgotten them."""
        self._reports.repeat_counts()

    def send(self, counts: dict[str, int], exceptions: Mapping[int, ExceptionRow]) -> None:
        """Send what is new."""
        self._sent_s = monotonic()
        report = self._reports.take(counts, exceptions)
        if report is not None:
            self._link.send("report", encode(report))
        lines = None if self._log is None else self._log.take()
        if lines is not None:
            self._link.send("log", encode(lines))


class LogCollector(logging.Handler):
    """Keeps the lines of a worker's log until they are sent; the oldest go when there are many."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__()
        self._lines: deque[str] = deque(maxlen=MOST_LOG_LINES)
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            text = self.format(record)[:_MOST_TEXT]
        except Exception:  # noqa: BLE001 - logging's own way of telling
            self.handleError(record)
            return
        self._dropped += len(self._lines) == MOST_LOG_LINES
        self._lines.append(text)

    def take(self) -> LogLines | None:
        """Return the lines since the last call; None if there are none."""
        if not self._lines:
            return None
        taken = LogLines(list(self._lines), self._dropped)
        self._lines.clear()
        self._dropped = 0
        return taken
