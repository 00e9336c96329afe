"""Lends the task executions of a run to workers, and knows when the last one has ended.

A driver around `quotas`: it knows who is here, and tells them.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from locust_like.runtime.quotas import Quotas

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.runtime.crew import Crew, Member
    from locust_like.runtime.documents import IterationsNow, Quota
    from locust_like.runtime.environment import Environment

_logger = logging.getLogger("locust.runners")


class Lending:
    """Does nothing in a run without a limit of executions.

    Args:
        environment: its `iterations` are lent.
        crew: who the workers are.
        assign: tells a worker what it has.
    """

    def __init__(
        self, environment: Environment, crew: Crew, assign: Callable[[Member], None]
    ) -> None:
        """Lend nothing yet."""
        self._environment = environment
        self._crew = crew
        self._assign = assign
        self._quotas: Quotas | None = None
        self._run = 0

    def begin(self, run: int) -> None:
        """Begin a run with what the environment says now."""
        iterations = self._environment.iterations
        self._run = run
        self._quotas = None if iterations is None else Quotas(iterations.limit)

    def of_worker(self, index: int) -> Quota | None:
        """Return what a worker may do; None = there is no limit."""
        return None if self._quotas is None else self._quotas.of_worker(index)

    def report(self, index: int, now: IterationsNow) -> None:
        """Note how far a worker is, and lend more to those who wait.

        Raises: ValueError for figures that cannot be.
        """
        if self._quotas is not None and now.run == self._run:
            self._quotas.report(index, now)
            self._lend(self._quotas)

    def lose(self, index: int, *, at_once: bool) -> None:
        """Wait for a while for a worker that is gone, unless it has ended."""
        if self._quotas is not None:
            self._quotas.lose(index, monotonic(), at_once=at_once)

    def regain(self, index: int) -> None:
        """Wait for a worker again; it is back."""
        if self._quotas is not None:
            self._quotas.regain(index)

    def look_after(self) -> None:
        """End the wait for who has been gone too long; to be called about once a second."""
        if self._quotas is None:
            return
        missing = self._quotas.forfeit(monotonic())
        for index, count in missing.items():
            if count:
                member = self._crew.members.get(index)
                _logger.warning(
                    "worker %s had up to %d of the task executions; what it has not done of them "
                    "is done only if it comes back, because nobody may do it twice",
                    member.client_id if member else index,
                    count,
                )
        if missing:
            self._lend(self._quotas)

    def _lend(self, quotas: Quotas) -> None:
        for index in quotas.lend([member.index for member in self._crew.working], monotonic()):
            self._assign(self._crew[index])
        if quotas.is_done and self._environment.iterations is not None:
            self._environment.iterations.finished.set()
