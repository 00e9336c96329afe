"""The workers as their master remembers them: what each has told, and what became of it.

The link knows who is here; this adds what their Python reports, run by run. Pure bookkeeping: no
sockets, no greenlets, no clock.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from locust_like.interfaces import WorkerNow, WorkersNow
from locust_like.runtime.documents import MOST_LOG_LINES
from locust_like.runtime.state import LOADING, MISSING, State
from locust_like.stats.health import RunHealth, combine, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locust_like.runtime.documents import LogLines, WorkerReport
    from locust_like.runtime.links import WorkerStatus

_logger = logging.getLogger("locust.runners")

MOST_GONE = 1000
"""How many workers that are gone are remembered in a run, as many as the link remembers."""
_LOST_LOG_LINES = 50

BUSY_AFTER_S = 1.0
STUCK_AFTER_S = 30.0


@dataclass
class Member:
    """One worker.

    Attributes:
        client_id: the name under which scripts know it.
        product_version: of the locust_like that it runs.
        is_here: it is connected.
        is_ready: it has imported its locustfile.
        has_other_locustfile: which is not the same as the master's.
        took_part: it had an assignment in this run.
        is_drained: an operator wants no users on it.
        is_dismissed: it was told to report the rest and end.
        assigned: users by class that it is to run.
        version: of its newest assignment; `applied` is the newest that it has carried out.
        counts: users by class that it has, or had when it was last heard of: who was only silent
            does not tell them again.
        finished: its final report of this run is counted.
        log: the last lines of its log.
    """

    index: int
    client_id: str
    host: str = ""
    weight: float = 1.0
    product_version: str = ""
    is_here: bool = True
    is_ready: bool = False
    has_other_locustfile: bool = False
    took_part: bool = False
    is_drained: bool = False
    is_dismissed: bool = False
    assigned: dict[str, int] = field(default_factory=dict)
    version: int = 0
    applied: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    finished: bool = False
    listener_failures: int = 0
    health: RunHealth = field(default_factory=RunHealth)
    fresh_health: RunHealth = field(default_factory=RunHealth)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LOG_LINES))

    @property
    def is_lost(self) -> bool:
        """Whether it is gone, and not because all was done."""
        return not self.is_here and not self.finished


class Crew:
    """All workers that this master has admitted, by index."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.members: dict[int, Member] = {}
        # Who has said that it is ready, and whether its locustfile is another one. Stays when a
        # worker is forgotten: one that was only silent is back without saying it again.
        self._ready: dict[int, bool] = {}
        self.is_degraded = False

    def __getitem__(self, index: int) -> Member:
        return self.members[index]

    def admit(self, status: WorkerStatus) -> Member:
        """Note that a worker is connected; it is ready if it has ever said so."""
        member = self.members.get(status.index)
        if member is None:
            taken = {other.client_id for other in self.members.values()}
            name = status.name if status.name not in taken else f"{status.name}#{status.index}"
            member = self.members[status.index] = Member(status.index, name)
        member.host, member.weight = status.host, status.weight
        member.product_version = status.product_version
        member.is_here, member.is_ready = True, status.index in self._ready
        member.has_other_locustfile = self._ready.get(status.index, False)
        return member

    def make_ready(self, index: int, *, has_other_locustfile: bool) -> bool:
        """Note that a worker has its locustfile; returns whether that is news."""
        member = self.members[index]
        is_news = not member.is_ready
        self._ready[index] = member.has_other_locustfile = has_other_locustfile
        member.is_ready = True
        return is_news

    def lose(self, index: int) -> Member | None:
        """Note that a worker is gone; None if nobody has known it."""
        member = self.members.get(index)
        if member is not None:
            member.is_here = False
            member.assigned = {}
            member.log = deque(member.log, maxlen=_LOST_LOG_LINES)
            gone = [one for one in self.members.values() if not one.is_here]
            if len(gone) > MOST_GONE:
                del self.members[gone[0].index]
        return member

    def begin_run(self) -> None:
        """Forget what belongs to the run before, and who has left."""
        self.members = {index: one for index, one in self.members.items() if one.is_here}
        self.is_degraded = False
        for member in self.members.values():
            member.took_part = member.finished = False
            member.assigned, member.counts, member.listener_failures = {}, {}, 0
            member.health = member.fresh_health = RunHealth()

    @property
    def here(self) -> list[Member]:
        """Those who are connected and ready, by index."""
        members = sorted(self.members.items())
        return [member for _, member in members if member.is_here and member.is_ready]

    @property
    def working(self) -> list[Member]:
        """Those of them who have not finished this run."""
        return [member for member in self.here if member.took_part and not member.finished]

    def for_placement(self) -> list[tuple[int, str, float]]:
        """Return who can run users, as `Placement.set_workers` takes them."""
        return [(one.index, one.host, one.weight) for one in self.here if not one.is_drained]

    def drain(self, index: int, *, is_drained: bool) -> Member:
        """Note whether a worker is to run users.

        Raises: ValueError if it is not here, or no other one would be left to run any.
        """
        member = self.members.get(index)
        if member is None or not member.is_here:
            msg = f"no worker with index {index} is connected"
            raise ValueError(msg)
        others = [one for one in self.here if one is not member and not one.is_drained]
        if is_drained and not others:
            msg = f"{member.client_id} is the last worker that can run users; stop the run instead"
            raise ValueError(msg)
        member.is_drained = is_drained
        if is_drained:
            member.assigned = {}
        return member

    def counts(self, classes: Iterable[str]) -> dict[str, int]:
        """Return users by class over all workers, classes without users included."""
        total = Counter(dict.fromkeys(classes, 0))
        for member in self.here:
            total.update(member.counts)
        return dict(total)

    def report(self, index: int, report: WorkerReport) -> None:
        """Note what a worker's Python tells."""
        member = self.members[index]
        if report.counts is not None:
            member.counts = report.counts
        member.listener_failures = report.listener_failures
        if report.health is not None:
            member.health = combine(member.health, report.health)
            member.fresh_health = combine(member.fresh_health, report.health)

    def log(self, index: int, log: LogLines) -> None:
        """Keep the lines of a worker's log."""
        member = self.members[index]
        if log.dropped:
            member.log.append(f"({log.dropped} lines left out)")
        member.log.extend(log.lines)

    def give_up_stuck(self, statuses: Sequence[WorkerStatus], patience_s: float) -> None:
        """Wait no longer for the final reports of those whose Python answers nobody."""
        for status in statuses:
            member = self.members.get(status.index)
            if member in self.working and status.python_age_s > patience_s:
                where = f" in {status.blocking}" if status.blocking else ""
                _logger.error("worker %s does not stop: stuck%s", member.client_id, where)
                member.finished = self.is_degraded = True

    def take_health(self) -> RunHealth:
        """Return what the workers said about their generators since the last call."""
        fresh = []
        for member in self.members.values():
            fresh.append((member.client_id, member.fresh_health))
            member.fresh_health = RunHealth()
        return worst(fresh)

    def whole_health(self) -> RunHealth:
        """Return the verdict over the generators of all workers in this run."""
        return worst((one.client_id, one.health) for one in self.members.values())

    def now(self, statuses: Sequence[WorkerStatus]) -> WorkersNow:
        """Return all that matter for this run: who is here, and who was lost in it."""
        known = self.members
        rows = [
            _row(known[status.index], status)
            for status in statuses
            if status.index in known
            and (known[status.index].is_here or known[status.index].took_part)
        ]
        return WorkersNow(tuple(rows), self.is_degraded)

    def logs(self) -> Mapping[str, Sequence[str]]:
        """Return the last lines of each worker's log, by its name."""
        return {member.client_id: list(member.log) for member in self.members.values()}


def _row(member: Member, status: WorkerStatus) -> WorkerNow:
    return WorkerNow(
        index=status.index,
        name=member.client_id,
        host=status.host,
        pid=status.pid,
        version=status.product_version,
        weight=status.weight,
        is_here=member.is_here,
        state=_state(member, status),
        reason=status.reason if member.is_lost else "",
        users=sum(member.counts.values()) if member.is_here else 0,
        target_users=sum(member.assigned.values()),
        is_drained=member.is_drained,
        requests=status.counted_requests if member.took_part else 0,
        unaccounted_requests=status.unaccounted_requests if member.took_part else 0,
        unaccounted_s=status.unaccounted_s if member.took_part else 0.0,
        unaccounted_estimate=status.unaccounted_estimate if member.took_part else 0,
        cpu_share=status.cpu_share,
        memory_bytes=status.rss_bytes,
        python_age_s=status.python_age_s,
        blocking=status.blocking,
        heartbeat_age_s=status.heartbeat_age_s,
        clock_skew_s=status.clock_skew_s,
        round_trip_s=status.round_trip_s,
        verdict=member.health.verdict,
        cause=member.health.main_cause,
        has_other_locustfile=member.has_other_locustfile,
        user_classes_count=dict(member.counts) if member.is_here else {},
        resume_delay_p99_ms=member.health.resume_delay_p99_ms,
    )


def _state(member: Member, status: WorkerStatus) -> str:
    if not member.is_here:
        return MISSING if member.is_lost else State.STOPPED
    if not member.is_ready:
        return LOADING
    if status.python_age_s > STUCK_AFTER_S:
        return "stuck"
    if status.python_age_s > BUSY_AFTER_S:
        return "busy"
    return status.state or "ready"
