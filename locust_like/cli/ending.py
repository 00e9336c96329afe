"""How a run is asked to end: time limit, signals, or the script itself.

Signals arrive through gevent, so no exception is ever thrown into a task. The first request to end
stops the load in an orderly way; a second signal means that somebody is waiting at a prompt.
"""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, Protocol

import gevent
from gevent.event import Event

if TYPE_CHECKING:
    from collections.abc import Callable

_logger = logging.getLogger("locust.main")

TIME_LIMIT = "time limit reached"
BY_SCRIPT = "ended by the script"


class Cancellable(Protocol):
    """What gevent returns for a signal; it has no public type."""

    def cancel(self) -> None:
        """Stop watching."""


class Ending:
    """Remembers why a run ends, and whether it has to hurry.

    Thread: the hub's thread.
    """

    def __init__(self) -> None:
        """Nothing has asked for the end yet."""
        self.reason = ""
        self.hurried = Event()
        self._asked = Event()
        self._watchers: list[Cancellable] = []

    def listen(self) -> None:
        """Take SIGINT and SIGTERM from now on."""
        self._watchers += [
            gevent.signal_handler(signal.SIGINT, self._on_signal, "Ctrl-C"),
            gevent.signal_handler(signal.SIGTERM, self._on_signal, "SIGTERM"),
        ]

    def ignore(self) -> None:
        """Give the signals back to Python's own handlers."""
        for watcher in self._watchers:
            watcher.cancel()
        self._watchers.clear()

    def after(self, run_time_s: float) -> None:
        """Ask for the end when this many seconds have passed."""
        gevent.spawn_later(run_time_s, self._on_time_limit)

    def watch(self, stopped: Callable[[], object]) -> None:
        """Ask for the end when `stopped`, which waits, returns: the script has ended the run."""
        gevent.spawn(stopped).link(lambda _: self.ask(BY_SCRIPT))

    def ask(self, reason: str) -> bool:
        """Ask for the end; returns False when somebody has asked already, whose reason stands."""
        if self._asked.is_set():
            return False
        self.reason = reason
        self._asked.set()
        return True

    def wait(self) -> None:
        """Wait until somebody asks for the end."""
        self._asked.wait()

    def _on_time_limit(self) -> None:
        if self.ask(TIME_LIMIT):
            _logger.info("--run-time limit reached, shutting down")

    def _on_signal(self, name: str) -> None:
        if self.ask(f"interrupted by {name}"):
            text = (
                "Exiting due to CTRL+C interruption" if name == "Ctrl-C" else "Got SIGTERM signal"
            )
            _logger.info(text)
        else:
            self.hurried.set()
