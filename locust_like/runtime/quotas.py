"""Who may begin how many task executions, so that all workers together begin N and never more.

Executions are lent in portions: a worker whose users wait asks, and gets as much as it needs for
about a second, but no more than a share of what is left. So the portions shrink towards the end,
and no worker sits on many while others are idle. A worker that has users no longer, or has no
master, says how many it gives back, and those are lent again.

What a lost worker has is never lent again, because nobody knows how much of it has been begun: it
comes back and says so, or the run ends without these executions.

A fixed share for each worker was rejected, since the run would last as long as its slowest worker;
so was lending again what a lost worker has not told of, since its report may still come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locust_like.runtime.documents import Quota

if TYPE_CHECKING:
    from collections.abc import Iterable

    from locust_like.runtime.documents import IterationsNow

PATIENCE_S = 12.0
"""How long a run that is done otherwise waits for a lost worker, which by then has no load."""
_FIRST_PORTION = 64
_SOON_S = 1.0
_LATE_S = 4.0


@dataclass
class _Loan:
    """What one worker was lent in all, what of that it has given back, begun and ended.

    Attributes:
        portion: how much it gets at once.
        lent_s: when it got the last.
        forfeited_s: when nobody waits any more for what it has; None while it is here.
        is_forfeited: that time has come.
    """

    lent: int = 0
    given_back: int = 0
    taken: int = 0
    done: int = 0
    is_waiting: bool = False
    portion: int = _FIRST_PORTION
    lent_s: float | None = None
    forfeited_s: float | None = None
    is_forfeited: bool = False

    @property
    def held(self) -> int:
        """How many it has begun, or may still begin."""
        return self.lent - self.given_back

    def fit(self, now_s: float) -> None:
        """Make portions larger for who asks again soon, smaller for who asks late."""
        if self.lent_s is not None:
            if now_s - self.lent_s < _SOON_S:
                self.portion *= 2
            elif now_s - self.lent_s > _LATE_S:
                self.portion = max(1, self.portion // 2)
        self.lent_s = now_s


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
        """Whether all executions have ended, those left out that are waited for no longer."""
        ended = (loan.held if loan.is_forfeited else loan.done for loan in self._loans.values())
        return sum(ended) >= self.limit

    @property
    def left(self) -> int:
        """How many can still be lent."""
        return self.limit - sum(loan.held for loan in self._loans.values())

    def of_worker(self, index: int) -> Quota:
        """Return what a worker may do."""
        return Quota(self._loan(index).lent)

    def report(self, index: int, now: IterationsNow) -> None:
        """Note how far a worker is, what it gives back, and whether its users wait for more.

        Raises: ValueError for figures that cannot be.
        """
        loan = self._loan(index)
        if not 0 <= now.done <= now.taken <= loan.lent - now.given_back <= loan.lent:
            raise ValueError(f"it says {now.taken} executions, and was lent {loan.lent}")
        loan.taken, loan.done, loan.given_back = now.taken, now.done, now.given_back
        loan.is_waiting = now.wanted

    def lend(self, here: Iterable[int], now_s: float) -> list[int]:
        """Lend to those who wait and are here; returns whose quota has grown."""
        grown = []
        here = list(here)
        for index in here:
            loan = self._loan(index)
            left = self.left
            if loan.is_waiting and left > 0:
                loan.fit(now_s)
                loan.lent += max(1, min(loan.portion, left // (2 * len(here))))
                loan.is_waiting = False
                grown.append(index)
        return grown

    def lose(self, index: int, now_s: float, *, at_once: bool) -> None:
        """Wait for a while for a worker that is gone.

        Args:
            index: the worker.
            now_s: on the clock of `forfeit`.
            at_once: it has ended, and does not come back.
        """
        self._loan(index).forfeited_s = now_s + (0.0 if at_once else PATIENCE_S)

    def regain(self, index: int) -> None:
        """Wait for a worker again; it is back."""
        loan = self._loan(index)
        loan.forfeited_s, loan.is_forfeited = None, False

    def forfeit(self, now_s: float) -> dict[int, int]:
        """Wait no longer for who has been gone too long; returns what each of them still had."""
        missing = {}
        for index, loan in self._loans.items():
            is_due = loan.forfeited_s is not None and loan.forfeited_s <= now_s
            if is_due and not loan.is_forfeited:
                loan.is_forfeited = True
                missing[index] = loan.held - loan.done
        return missing

    def _loan(self, index: int) -> _Loan:
        return self._loans.setdefault(index, _Loan())
