"""The equation that ties rows to what a server has seen.

One call is one row; a server counts exchanges. Redirect hops, authentication rounds and retries are
exchanges more, calls that ended before a byte was written are exchanges less. Rows that scripts
report themselves have no exchange and are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locust_like._core import EntryStats
    from locust_like.stats.view import StatsView


@dataclass(frozen=True)
class Accounting:
    """exchanges = calls + hops + challenges + retries - never_sent.

    Attributes:
        calls: rows that our clients made, cancelled ones included.
        by_scripts: rows that scripts reported, for example through `events.request.fire`.
    """

    exchanges: int
    calls: int
    hops: int
    challenges: int
    retries: int
    never_sent: int
    by_scripts: int

    @property
    def difference(self) -> int:
        """What the equation leaves over; anything but 0 is a defect of ours."""
        expected = self.calls + self.hops + self.challenges + self.retries - self.never_sent
        return self.exchanges - expected


def account(stats: StatsView) -> Accounting:
    """Return the terms for everything counted so far."""
    snapshot = stats.snapshot()
    total = snapshot.total
    by_scripts = sum(_by_scripts(row) for row in snapshot.entries)
    return Accounting(
        exchanges=total.exchanges,
        calls=total.num_requests + total.num_cancelled - by_scripts,
        hops=total.hops,
        challenges=total.challenges,
        retries=total.retries,
        never_sent=total.never_sent,
        by_scripts=by_scripts,
    )


def _by_scripts(row: EntryStats) -> int:
    """Return the rows of a name under which nothing was sent and nothing failed to be sent."""
    on_the_wire = row.exchanges + row.hops + row.challenges + row.retries + row.never_sent
    return 0 if on_the_wire else row.num_requests + row.num_cancelled
