"""Who may begin how many task executions, so that all workers together begin exactly N.

Executions are lent in portions: a worker whose users wait asks, and gets a share of what is left.
So the portions shrink towards the end, and no worker sits on many while others are idle. What has
been lent to a worker that is lost is lent again, but only when that worker must have stopped its
load, because until then it may still use it.

A fixed share for each worker was rejected: the run would last as long as its slowest worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locust_like.runtime.documents import Quota

if TYPE_CHECKING:
    from collections.abc import Iterable

RETURN_AFTER_S = 12.0
"""An orphaned worker stops its load after 10 s; a little more for clocks and ways."""


@dataclass
class _Loan:
    """What one worker has: `lent` executions in all, of which it has begun and ended some."""

    lent: int = 0
    taken: int = 0
    done: int = 0
    is_waiting: bool = False
    returns_s: float | None = None


class Quotas:
    """Lends the executions of one run to workers.

    Args:
        limit: how many there are.
    """

    def __init__(self, limit: int) -> None:
        """Lend nothing yet."""
        self.limit = limit
        self._loans: dict[int, _Loan] = {}

    @property
    def is_done(self) -> bool:
        """Whether all executions have ended."""
        return sum(loan.done for loan in self._loans.values()) >= self.limit

    @property
    def left(self) -> int:
        """How many can still be lent."""
        return self.limit - sum(loan.lent for loan in self._loans.values())

    def of_worker(self, index: int) -> Quota:
        """Return what a worker may do."""
        return Quota(self._loan(index).lent, is_last=self.is_done)

    def report(self, index: int, taken: int, done: int, *, wanted: bool) -> None:
        """Note how far a worker is, and whether its users wait for more."""
        loan = self._loan(index)
        loan.taken, loan.done = taken, done
        loan.lent = max(loan.lent, taken)
        loan.is_waiting = wanted

    def lend(self, here: Iterable[int]) -> list[int]:
        """Lend to those who wait and are here; returns whose quota has grown."""
        grown = []
        here = list(here)
        for index in here:
            loan = self._loan(index)
            left = self.left
            if loan.is_waiting and left > 0:
                loan.lent += max(1, left // (2 * len(here)))
                loan.is_waiting = False
                grown.append(index)
        return grown

    def lose(self, index: int, now_s: float, *, at_once: bool) -> None:
        """Take back what a worker has not used, when it can no longer use it.

        Args:
            index: the worker, which is gone.
            now_s: on the clock of `returned`.
            at_once: it has said that it ends.
        """
        self._loan(index).returns_s = now_s + (0.0 if at_once else RETURN_AFTER_S)

    def regain(self, index: int) -> None:
        """Leave to a worker what it has; it is back."""
        self._loan(index).returns_s = None

    def returned(self, now_s: float) -> bool:
        """Take back what is due; returns whether there was any."""
        due = [
            loan
            for loan in self._loans.values()
            if loan.returns_s is not None and loan.returns_s <= now_s
        ]
        for loan in due:
            # What it had begun and not told of is done again: the figures count what was told.
            loan.lent, loan.returns_s = loan.done, None
        return bool(due)

    def _loan(self, index: int) -> _Loan:
        return self._loans.setdefault(index, _Loan())
