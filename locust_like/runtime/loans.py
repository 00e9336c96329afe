"""The task executions that a worker has from its master: how it uses them up and asks for more.

The other side is `runtime/quotas.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gevent.event import Event

from locust_like.runtime.documents import IterationsNow
from locust_like.runtime.iterations import Iterations

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.runtime.documents import Quota


class LentIterations(Iterations):
    """Counts the executions that this worker was lent and has not given back.

    Args:
        run: the run they belong to.
        tell: sends to the master how far we are.

    Thread: the hub's thread.
    """

    def __init__(self, run: int, tell: Callable[[IterationsNow], object]) -> None:
        """Start with nothing lent."""
        super().__init__(0)
        self._run = run
        self._tell = tell
        self._lent = 0
        self._given_back = 0
        self._ask_at = 0
        self._told: IterationsNow | None = None
        self._has_asked = False
        self._more = Event()

    def grow(self, quota: Quota) -> None:
        """Take what the master lends; who waits goes on."""
        more = quota.limit - self._lent
        if more <= 0:
            return
        self._lent += more
        self.limit += more
        # So early that the answer is here before the last one is used.
        self._ask_at = self.limit - more // 2
        self._has_asked = False
        self._more.set()
        self._more.clear()

    def give_back(self) -> None:
        """Give back what is not begun, because there are no users here now who would do it."""
        self._given_back += self.limit - self._taken
        self.limit = self._ask_at = self._taken
        self._has_asked = False
        self.tell()

    def take(self) -> bool:
        """Take one execution; returns False when none is here now."""
        has_one = super().take()
        if self._taken >= self._ask_at and not self._has_asked:
            self._has_asked = True
            self.tell()
        return has_one

    def wait(self) -> None:
        """Wait until there may be one again."""
        self._more.wait()

    def done(self) -> None:
        """Count an execution that was taken as ended."""
        self._done += 1
        if self._done == self._taken >= self.limit:
            self.tell()

    def tell(self) -> None:
        """Tell the master how far we are, unless it knows."""
        now = IterationsNow(self._run, self._taken, self._done, self._has_asked, self._given_back)
        if now != self._told:
            self._told = now
            self._tell(now)
