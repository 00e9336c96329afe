"""Log lines as Locust writes them, because tools search for them; without secrets.

Source: Locust's format `[time] host/LEVEL/logger: message`, on stderr unless there is a log file.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path

from locust_like.stats.masking import MaskingFormatter


class _LogFile(logging.FileHandler):
    """Says once that the log cannot be written, instead of a traceback for each line."""

    _has_complained = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._has_complained:
            self._has_complained = True
            sys.stderr.write(
                f"locust-like: error: cannot write the log to {self.baseFilename}: "
                f"{error.strerror}; the run goes on.\n"
            )


def _check_reader(path: Path) -> None:
    """Refuse a named pipe that nobody reads, for which opening would wait.

    Raises: OSError that names the path.
    """
    if path.is_fifo():
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def configure(level: str, logfile: str | None) -> None:
    """Send all log records to stderr, or only to a file.

    Raises: OSError when the file cannot be opened.
    """
    handler: logging.Handler = logging.StreamHandler()
    if logfile is not None:
        Path(logfile).parent.mkdir(parents=True, exist_ok=True)
        _check_reader(Path(logfile))
        handler = _LogFile(logfile, encoding="utf-8")
    host = socket.gethostname().replace("%", "%%")
    handler.setFormatter(
        MaskingFormatter(f"[%(asctime)s] {host}/%(levelname)s/%(name)s: %(message)s")
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
