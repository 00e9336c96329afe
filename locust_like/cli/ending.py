"""How a run is asked to end: time limit, iterations, signals, or the script itself.

Signals arrive through gevent, so no exception is ever thrown into a task. The first request to end
stops the load in an orderly way; a second signal means that somebody is waiting at a prompt: from
then on nothing of the script's is waited for any more, only results are written.
"""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent.event import Event

from locust_like.errors import StopTest
from locust_like.runtime.endings import BY_SCRIPT, TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_logger = logging.getLogger("locust.main")

_SIGNALS = (
    (signal.SIGINT, "Ctrl-C", "Exiting due to CTRL+C interruption"),
    (signal.SIGTERM, "SIGTERM", "Got SIGTERM signal"),
    (signal.SIGHUP, "SIGHUP", "Got SIGHUP signal"),
)
_HURRIED_GRACE_S = 0.2
"""What the script's own code may still take at each step after a second signal."""


class Cancellable(Protocol):
    """What gevent returns for a signal; it has no public type."""

    def cancel(self) -> None:
        """Stop watching."""


class Ending:
    """Remembers why a run ends, and whether it has to hurry.

    Attributes:
        reason: why, as part of a sentence; empty until somebody asks.
        run_reason: why the last run ended, where the process goes on after a run.
        hurried: is set by a second signal.

    Thread: the hub's thread.
    """

    def __init__(
        self,
        ignored: Collection[signal.Signals] = (signal.SIGHUP,),
        on_stop_test: Callable[[], object] | None = None,
    ) -> None:
        """Nothing has asked for the end yet.

        Args:
            ignored: signals that stay ignored where they are.
            on_stop_test: called in the hub when a greenlet of the script's has raised StopTest;
                None = it asks for the end.
        """
        self._ignored = ignored
        self._on_stop_test = on_stop_test or (lambda: self.ask(BY_SCRIPT))
        self.reason = ""
        self.run_reason = ""
        self.hurried = Event()
        self._asked = Event()
        self._watchers: list[Cancellable] = []
        self._handle_error: Callable[..., None] | None = None

    def listen(self) -> None:
        """Take signals from now on, and StopTest out of any greenlet.

        What the parent has told us to ignore, as `nohup` does with SIGHUP, stays ignored; but a
        shell does so with the SIGINT of what it starts in the background, where we want it.
        """
        for number, name, text in _SIGNALS:
            if number not in self._ignored or signal.getsignal(number) != signal.SIG_IGN:
                self._watchers.append(gevent.signal_handler(number, self._on_signal, name, text))
        hub: Any = gevent.get_hub()
        self._handle_error = hub.handle_error
        hub.handle_error = self._on_error

    def ignore(self) -> None:
        """Give signals and failing greenlets back to Python's and gevent's own handlers."""
        for watcher in self._watchers:
            watcher.cancel()
        self._watchers.clear()
        if self._handle_error is not None:
            hub: Any = gevent.get_hub()
            hub.handle_error = self._handle_error
            self._handle_error = None

    def after(self, run_time_s: float) -> None:
        """Ask for the end when this many seconds have passed."""
        gevent.spawn_later(run_time_s, self._on_time_limit)

    def watch(self, stopped: Callable[[], object], reason: str = BY_SCRIPT) -> None:
        """Ask for the end when `stopped`, which waits, has ended."""
        gevent.spawn(stopped).link(lambda _: self.ask(reason))

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

    def begin(self, work: Callable[[], object]) -> None:
        """Let something start that may wait, until it is done or somebody asks for the end.

        Raises: what `work` raises.
        """
        self._let(work, self._asked, 0.0)

    def let(self, work: Callable[[], object]) -> bool:
        """Let something end that may wait, until it is done or somebody is in a hurry.

        Returns: False if it was not done in time; it then goes on unattended.

        Raises: what `work` raises.
        """
        return self._let(work, self.hurried, _HURRIED_GRACE_S)

    def _let(self, work: Callable[[], object], until: Event, grace_s: float) -> bool:
        failures: list[Exception] = []

        def attempt() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - raised again in the caller
                failures.append(error)

        working = gevent.spawn(attempt)
        gevent.wait([working, until], count=1)
        working.join(timeout=grace_s)
        if failures:
            raise failures[0]
        return bool(working.ready())

    def _on_time_limit(self) -> None:
        if self.ask(TIME_LIMIT):
            _logger.info("--run-time limit reached, shutting down")

    def _on_signal(self, name: str, text: str) -> None:
        if self.ask(f"interrupted by {name}"):
            _logger.info("%s", text)
        else:
            if not self.hurried.is_set():
                _logger.info("Second signal: stopping at once")
            self.hurried.set()

    def _on_error(self, context: object, kind: type, value: object, traceback: object) -> None:
        """Take StopTest out of a greenlet of the script's own; leave the rest to gevent."""
        if isinstance(value, StopTest) or kind is StopTest:
            self._on_stop_test()
        elif self._handle_error is not None:
            self._handle_error(context, kind, value, traceback)
