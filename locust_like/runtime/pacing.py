"""How fast a master changes who runs what: pure functions of target, rate and clock.

Three things move at once. The ramp, which says how many users there should be. Users of a lost
worker, which come back as fast as the spawn rate says, and at least within half a second. And
exchanges that change no number (a worker that joins gets users of others, a weight was changed),
which go at the spawn rate.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locust_like.runtime.spawner import Ramp

RESTORE_WITHIN_S = 0.5
_MOST_SAVED_S = 0.1
"""What an idle moment saves for later; more would make bursts."""
_ROUNDING = 1e-6


class Pacing:
    """Says at each look at the clock which target to go to, and by how many steps.

    Args:
        ramp: from the users that are placed to those that are wanted.
    """

    def __init__(self, ramp: Ramp) -> None:
        """Begin with nothing lost."""
        self.ramp = ramp
        self._seen_s = ramp.started_s
        self._exchanges = 0.0
        # Users that are missing because of their worker, and since when they may come back.
        self._lost = 0
        self._lost_s = 0.0

    def restore(self, placed: int, now_s: float) -> None:
        """Begin to bring back what is missing: a worker has gone, or somebody is there again."""
        self._lost, self._lost_s = max(0, self.ramp.count_at(now_s) - placed), now_s

    def next(self, now_s: float, placed: int) -> tuple[int, int]:
        """Return the target, and how many users may be placed, removed or moved towards it."""
        rate_per_s = self.ramp.rate_per_s
        saved = rate_per_s * (now_s - self._seen_s)
        most = max(1.0, rate_per_s * _MOST_SAVED_S)
        self._exchanges = min(self._exchanges + saved, most)
        self._seen_s = now_s
        target = self.ramp.count_at(now_s)
        due = abs(target - placed)
        if target > placed:
            due = max(0, due - self._missing(now_s))
        return target, due + int(self._exchanges + _ROUNDING)

    def used(self, exchanges: int) -> None:
        """Note how many users were exchanged, which changes no number."""
        self._exchanges = max(0.0, self._exchanges - exchanges)

    def is_over(self, now_s: float) -> bool:
        """Tell whether the target will not change any more."""
        return self.ramp.next_due_s(now_s) is None and not self._missing(now_s)

    def _missing(self, now_s: float) -> int:
        """Return how many of the lost users are not due yet."""
        if not self._lost:
            return 0
        rate_per_s = max(self.ramp.rate_per_s, self._lost / RESTORE_WITHIN_S)
        back = math.floor((now_s - self._lost_s) * rate_per_s) + 1
        return max(0, self._lost - back)
