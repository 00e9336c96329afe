"""Locust's `setup_logging`, for scripts that make their own runner, and what goes with it.

Source: Locust 2.47, log.py.
"""

from __future__ import annotations

import logging
import socket
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.stats.masking import MaskingFormatter

if TYPE_CHECKING:
    from collections.abc import Callable

    import gevent

HOSTNAME = socket.gethostname().partition(".")[0]
unhandled_greenlet_exception = False
"""A greenlet that `greenlet_exception_logger` watches has failed."""

_READER = "log_reader"
_MOST_LINES = 500


class LogReader(logging.Handler):
    """Keeps the last 500 lines of the log in `logs`."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        super().__init__()
        self.logs: deque[str] = deque(maxlen=_MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as a line."""
        self.logs.append(self.format(record))


def setup_logging(loglevel: str, logfile: str | None = None) -> None:
    """Send log records to stderr in Locust's form, and tables without any.

    Args:
        loglevel: least level, any case.
        logfile: records go there instead; its folder is made.

    Raises: OSError when the file cannot be opened.
    """
    handler: logging.Handler = logging.StreamHandler()
    if logfile is not None:
        Path(logfile).parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(logfile, encoding="utf-8")
    reader = LogReader()
    reader.set_name(_READER)
    text = f"[%(asctime)s] {HOSTNAME.replace('%', '%%')}/%(levelname)s/%(name)s: %(message)s"
    for one in (handler, reader):
        one.setFormatter(MaskingFormatter(text))
    root = logging.getLogger()
    root.handlers[:] = [handler, reader]
    root.setLevel(loglevel.upper())
    tables = logging.getLogger("locust.stats_logger")
    tables.handlers[:] = [logging.StreamHandler(), reader]
    tables.setLevel(logging.INFO)
    tables.propagate = False


def get_logs() -> list[str]:
    """Return the last lines of the log since `setup_logging`, oldest first."""
    readers = [one for one in logging.getLogger().handlers if isinstance(one, LogReader)]
    return list(readers[0].logs) if readers else []


def greenlet_exception_logger(
    logger: logging.Logger, level: int = logging.CRITICAL
) -> Callable[[gevent.Greenlet], None]:
    """Return a function for `Greenlet.link_exception` that logs what ended a greenlet.

    Args:
        logger: where it is logged.
        level: with what level; `sys.exit()` is INFO at most.
    """

    def log(greenlet: gevent.Greenlet) -> None:
        global unhandled_greenlet_exception  # noqa: PLW0603 - scripts read it under Locust's name
        info = greenlet.exc_info
        if info is not None and info[0] is SystemExit:
            text = "sys.exit(%s) called (use log level DEBUG for callstack)"
            logger.log(min(logging.INFO, level), text, info[1])
            level_of_all = logging.DEBUG
        else:
            level_of_all = level
        logger.log(level_of_all, "Unhandled exception in greenlet: %s", greenlet, exc_info=info)
        unhandled_greenlet_exception = True

    return log


def greenlet_exception_handler(greenlet: gevent.Greenlet) -> None:
    """Log what ended a greenlet, for `Greenlet.link_exception`."""
    greenlet_exception_logger(logging.getLogger("locust.web"))(greenlet)
