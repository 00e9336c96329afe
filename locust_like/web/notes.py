"""The annotations of a run that nobody operates: what its moments tell of changes.

Where there is a page, `runtime/control.py` knows more, also who did it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from locust_like.runtime.control_values import Annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.runtime.control_values import Kind

_MOST = 1000
_WHO = "run"


class Notes:
    """Compares each moment of a run with the one before; an output, called before the report.

    At most 1,000 changes of the load are kept, the first ones.

    Thread: the hub's thread.
    """

    period_s = 1.0

    def __init__(self, wall_clock: Callable[[], float] = time.time) -> None:
        """Know no moment yet."""
        self._wall_clock = wall_clock
        self._notes: list[Annotation] = []
        self._before: Moment | None = None

    def annotations(self) -> Sequence[Annotation]:
        """Return what has happened until now, oldest first."""
        return self._notes

    def start(self) -> None:
        """There is nothing to check."""

    def tick(self, moment: Moment) -> None:
        """Note what has changed."""
        before, self._before = self._before, moment
        if before is None:
            self._note("start", f"started: {moment.target_user_count:,} users")
        elif len(self._notes) < _MOST:
            self._compare(before, moment)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Note the end."""
        self._notes.append(Annotation(result.end_wall_s, "end", result.ending, _WHO))
        return ()

    def _compare(self, before: Moment, now: Moment) -> None:
        if now.target_user_count != before.target_user_count:
            self._note("load", f"{before.target_user_count:,} -> {now.target_user_count:,} users")
        if now.state != before.state:
            if now.state == "paused":
                self._note("pause", "paused")
            elif before.state == "paused":
                self._note("resume", "resumed")
            elif now.state == "running":
                self._note("spawned", f"all {now.user_count:,} users spawned")
        lost = _here(before) - _here(now)
        if lost > 0:
            self._note("workers", f"{lost:,} workers lost" if lost > 1 else "a worker was lost")

    def _note(self, kind: Kind, text: str) -> None:
        self._notes.append(Annotation(self._wall_clock(), kind, text, _WHO))


def _here(moment: Moment) -> int:
    return 0 if moment.workers is None else moment.workers.here
