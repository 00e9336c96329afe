"""Follows a ramp by saying, look by look, which worker runs how many users of which class.

A driver around two pure parts: `pacing` says how many users may start, stop or move now, the
placement which ones, and where.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import gevent

from locust_like.runtime.pacing import Pacing
from locust_like.runtime.spawner import Ramp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locust_like.runtime.crew import Crew, Member
    from locust_like.runtime.links import Placement
    from locust_like.runtime.runner import Mix

TICK_S = 0.05


class Balance:
    """Keeps users where they should be while targets change and workers come and go.

    Args:
        crew: who the workers are; `assigned` of its members is kept here.
        assign: tells a worker what it is to run.
        make_placement: makes a placement for classes.
    """

    def __init__(
        self,
        crew: Crew,
        assign: Callable[[Member], None],
        make_placement: Callable[[Mix], Placement],
    ) -> None:
        """Begin with no users."""
        self._crew = crew
        self._assign = assign
        self._make_placement = make_placement
        self._placement = make_placement([])
        self._pacing = Pacing(Ramp(0, 0, 1.0, monotonic()))

    @property
    def placed(self) -> int:
        """How many users have a place."""
        return self._placement.placed

    def counts(self) -> dict[str, int]:
        """Return how many users of each class have a place."""
        return dict(self._placement.counts())

    def begin(self, mix: Mix) -> None:
        """Begin a run."""
        self._placement = self._make_placement(mix)
        self._placement.set_workers(self._crew.for_placement())

    def change_mix(self, mix: Mix) -> None:
        """Choose from other classes; users are exchanged at the rate of the next ramp."""
        self._placement.set_classes(mix)

    def follow(self, ramp: Ramp) -> None:
        """Go where this ramp goes from now on."""
        self._pacing = Pacing(ramp)

    def restaff(self) -> None:
        """Use the workers that are here now."""
        self._placement.set_workers(self._crew.for_placement())
        self._pacing.restore(self._placement.placed, monotonic())

    @property
    def is_settled(self) -> bool:
        """Whether all users are where they should be."""
        target = self._pacing.ramp.target_count
        return self._pacing.is_over(monotonic()) and self._placement.is_settled(target)

    def settle(self) -> None:
        """Place, move and remove users until all are where they should be."""
        while True:
            self._step(monotonic())
            if self.is_settled:
                return
            gevent.sleep(TICK_S)

    def _step(self, now_s: float) -> None:
        placed = self.placed
        target, most = self._pacing.next(now_s, placed)
        steps = 0
        for index, changes in self._placement.step(target, most).items():
            member = self._crew[index]
            for name, change in changes.items():
                member.assigned[name] = member.assigned.get(name, 0) + change
            steps += _steps(changes)
            self._assign(member)
        # A user that moves is a change on two workers, one that starts or stops on one.
        self._pacing.used(max(0, steps - abs(self.placed - placed)) // 2)


def _steps(changes: Mapping[str, int]) -> int:
    """Return how many users come or go; one for another in the same place counts once."""
    come = sum(change for change in changes.values() if change > 0)
    return max(come, come - sum(changes.values()))
