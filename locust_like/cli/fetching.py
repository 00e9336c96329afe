"""How a worker with `-f -` gets its locustfile from the master.

The link is up already, because the locustfile comes over it; so the master sees the worker as
`loading`, and gives it no users before it says that it is ready. What goes wrong here is told the
master, since nobody looks at the terminals of many workers.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
from time import monotonic
from typing import TYPE_CHECKING

from gevent.socket import wait_read

from locust_like.errors import LocustError, LocustfileError
from locust_like.plan.bundle import unpack
from locust_like.plan.plan import make_plan
from locust_like.runtime.documents import BundlePart, BundleRequest, Failure, decode, encode
from locust_like.runtime.exceptions import traceback_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from locust_like import _core
    from locust_like.plan.bundle import Unpacked
    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings

_LOOK_EVERY_S = 0.5
_LEAST_PATIENCE_S = 60.0
_TELLING_S = 5.0
_MOST_TRACEBACK = 16_000

_logger = logging.getLogger("locust.main")


class Fetching:
    """Fetches the locustfile bundle over a link that nobody else listens to yet, and imports it.

    Args:
        link: to the master.
        settings: what was said.

    Attributes:
        missed: events that were not for us.
    """

    def __init__(self, link: _core.WorkerLink, settings: Settings) -> None:
        """Fetch nothing yet."""
        self.missed: list[_core.LinkEvent] = []
        self._link = link
        self._settings = settings
        self._patience_s = max(settings.number("worker_max_wait"), _LEAST_PATIENCE_S)

    def plan(self, add_arguments: Callable[..., object]) -> RunPlan:
        """Return what the master's locustfile says, imported from a fresh folder.

        Args:
            add_arguments: see `make_plan`.

        Raises: LocustError with one sentence, which the master has been told, too.
        """
        try:
            return make_plan(self._settings, add_arguments, self._locustfiles())
        except LocustError as error:
            self._tell(error)
            raise

    def _tell(self, error: LocustError) -> None:
        """Tell the master why this worker goes; without one, it is in our own log only."""
        traceback = traceback_text(error.__cause__) if error.__cause__ is not None else ""
        with contextlib.suppress(OSError):
            self._link.send("failure", encode(Failure(str(error), traceback[-_MOST_TRACEBACK:])))
            self._link.flush(_TELLING_S)
        self._link.close()

    def _locustfiles(self) -> tuple[Path, ...]:
        data, part, parts, sha256 = b"", 0, 1, ""
        while part < parts:
            self._link.send("bundle", encode(BundleRequest(part)))
            answer = self._next_part()
            if answer.refusal:
                raise LocustfileError(f"the master sends no locustfile: {answer.refusal}.")
            if answer.part != part or sha256 not in ("", answer.sha256):
                raise LocustfileError("the locustfile bundle of the master has changed meanwhile.")
            data, parts, sha256 = data + answer.data, answer.parts, answer.sha256
            part += 1
        bundle = unpack(data, sha256)
        _remove_at_end(bundle)
        names = ", ".join(path.name for path in bundle.locustfiles)
        _logger.info("The master has sent %s", names)
        return bundle.locustfiles

    def _next_part(self) -> BundlePart:
        until_s = monotonic() + self._patience_s
        while monotonic() < until_s:
            self._link.beat("loading", 0, 0)
            with contextlib.suppress(TimeoutError):
                wait_read(self._link.fileno(), timeout=_LOOK_EVERY_S)
            found = None
            for event in self._link.take_events():
                if event.kind == "order" and event.text == "bundle":
                    found = decode(event.document, BundlePart)
                elif event.kind in ("gave-up", "goodbye"):
                    why = event.text or "it has ended"
                    raise LocustfileError(f"no locustfile has come from the master: {why}.")
                elif event.kind == "refused":
                    _logger.warning("%s", event.text)
                else:
                    self.missed.append(event)
            if found is not None:
                return found
        raise LocustfileError("no locustfile has come from the master.")


def _remove_at_end(bundle: Unpacked) -> None:
    """Remove the folder when this process ends, also by a signal before anybody handles them."""
    atexit.register(bundle.remove)

    def end(number: int, _frame: FrameType | None) -> None:
        bundle.remove()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)
