"""What page and report tell of a run's past, besides what the core counts.

The one keeper of it in a process: users, the generator's verdict and failures by kind of each
second, and the verdict over the run so far. It goes on without anybody looking, because somebody
may look later.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from locust_like.stats.health import RunHealth, combine
from locust_like.stats.history import RunHistory, Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.runtime.environment import Environment
    from locust_like.stats.core_types import TimelinePoint
    from locust_like.stats.history import Interval


class Past:
    """Notes each second of the run; an output, called before those that read from it.

    Args:
        environment: a run that starts in it begins a new past.

    Thread: the hub's thread.
    """

    period_s = 1.0

    def __init__(self, environment: Environment) -> None:
        """Know nothing yet."""
        self._history = RunHistory()
        self._health = RunHealth()
        environment.events.test_start.add_listener(self._forget)

    @property
    def health(self) -> RunHealth:
        """What the generator has said about itself in this run."""
        return self._health

    def start(self) -> None:
        """There is nothing to check."""

    def tick(self, moment: Moment) -> None:
        """Note the second."""
        self._note(moment, moment.health)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Note what came after the last tick."""
        if result.unseen_health.seconds:
            self._note(result.moment, result.unseen_health)
        return ()

    def intervals(
        self, timeline: Iterable[TimelinePoint], since_s: float, until_s: float
    ) -> list[Interval]:
        """Return the intervals that begin at `since_s` or later and have ended by `until_s`.

        Args:
            timeline: the core's, of the whole run or of one endpoint; asked for after `until_s`.
            since_s: monotonic seconds.
            until_s: monotonic seconds.
        """
        return list(self._history.intervals(timeline, since_s, until_s))

    def _note(self, moment: Moment, health: RunHealth) -> None:
        self._health = combine(self._health, health)
        sample = Sample(moment.user_count, moment.target_user_count, health.verdict)
        failures = moment.stats.snapshot().total.failure_codes()
        self._history.record(time.monotonic(), time.time(), sample, failures)

    def _forget(self, **_kwargs: object) -> None:
        self._history.clear()
        self._health = RunHealth()
