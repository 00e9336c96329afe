"""How many task executions a run may have, over all its users together.

An execution is taken before its task begins and counted as done when the task ends, however it
ends. So a limit of N gives exactly N executions: nobody begins one too many, and the run ends when
the last one is done, not when it is taken. Entering a nested task set is no execution; its tasks
are.

Source: k6's `iterations`, and the `-i` of locust-plugins.
"""

import gevent
from gevent.event import Event

_IDLE_S = 3600.0


class Iterations:
    """Counts the task executions of one run down.

    Args:
        limit: executions that the run may have, at least 1.

    Attributes:
        finished: is set when the last execution has ended.

    Thread: the hub's thread.
    """

    def __init__(self, limit: int) -> None:
        """Start with nothing taken."""
        self.limit = limit
        self.finished = Event()
        self._taken = 0
        self._done = 0

    def take(self) -> bool:
        """Take one execution; returns False when none is left."""
        if self._taken >= self.limit:
            return False
        self._taken += 1
        return True

    def wait(self) -> None:
        """Wait for ever: what is taken here does not come back."""
        while True:
            gevent.sleep(_IDLE_S)

    def done(self) -> None:
        """Count an execution that was taken as ended."""
        self._done += 1
        if self._done >= self.limit:
            self.finished.set()
