"""Log lines as Locust writes them, because tools search for them.

Source: Locust's format `[time] host/LEVEL/logger: message`, on stderr unless there is a log file.
"""

from __future__ import annotations

import logging
import socket
from pathlib import Path


def configure(level: str, logfile: str | None) -> None:
    """Send all log records to stderr, or only to a file.

    Raises: OSError when the file cannot be opened.
    """
    handler: logging.Handler = logging.StreamHandler()
    if logfile is not None:
        Path(logfile).parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(logfile, encoding="utf-8")
    host = socket.gethostname().replace("%", "%%")
    handler.setFormatter(
        logging.Formatter(f"[%(asctime)s] {host}/%(levelname)s/%(name)s: %(message)s")
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
