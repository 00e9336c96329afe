"""Judgement over a run of what the generator reports about itself each second.

A run is as good as its worst second: a load test whose generator was saturated for a while has
figures that nobody should trust unseen. Averages were rejected because a short stall, which is what
spoils a p99, disappears in them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like._core import HealthInterval

VERDICTS = ("OK", "LATE", "INVALID")
"""From best to worst."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Cause:
    """Why intervals were not OK: the text of the worst one, and for how long it held."""

    text: str
    seconds: float


@dataclass(frozen=True)
class RunHealth:
    """The verdict over some intervals, normally the whole run."""

    verdict: str = "OK"
    seconds: float = 0.0
    late_s: float = 0.0
    invalid_s: float = 0.0
    causes: tuple[Cause, ...] = ()
    resume_delay_p99_ms: float = 0.0
    python_busy: float = 0.0
    io_busy: float = 0.0


def judge(intervals: Sequence[HealthInterval]) -> RunHealth:
    """Return the verdict over intervals: the worst one, with its causes, longest first.

    Causes that differ only in their numbers are one cause; delays and busy shares are maxima.
    """
    health = RunHealth()
    for interval in intervals:
        health = combine(
            health,
            RunHealth(
                verdict=interval.verdict,
                seconds=interval.seconds,
                late_s=interval.seconds if interval.verdict == "LATE" else 0.0,
                invalid_s=interval.seconds if interval.verdict == "INVALID" else 0.0,
                causes=tuple(Cause(text, interval.seconds) for text in interval.causes),
                resume_delay_p99_ms=interval.resume_delay_p99_ms,
                python_busy=interval.python_busy,
                io_busy=interval.io_busy,
            ),
        )
    return health


def combine(first: RunHealth, second: RunHealth) -> RunHealth:
    """Return the verdict over two stretches of a run."""
    held: dict[str, Cause] = {}
    for cause in (*first.causes, *second.causes):
        key = _NUMBER.sub("#", cause.text)
        earlier = held.get(key, Cause(cause.text, 0.0))
        worse = max(earlier.text, cause.text, key=_numbers)
        held[key] = Cause(worse, earlier.seconds + cause.seconds)
    return RunHealth(
        verdict=max(first.verdict, second.verdict, key=VERDICTS.index),
        seconds=first.seconds + second.seconds,
        late_s=first.late_s + second.late_s,
        invalid_s=first.invalid_s + second.invalid_s,
        causes=tuple(sorted(held.values(), key=lambda cause: -cause.seconds)),
        resume_delay_p99_ms=max(first.resume_delay_p99_ms, second.resume_delay_p99_ms),
        python_busy=max(first.python_busy, second.python_busy),
        io_busy=max(first.io_busy, second.io_busy),
    )


def _numbers(text: str) -> list[float]:
    """Return the numbers in a cause; what was measured comes first, its limit after it."""
    return [float(number) for number in _NUMBER.findall(text)]


class HealthLog:
    """Collects the engine's health intervals, which it hands out only once.

    Only their combination is kept, so memory stays flat however long the run is.

    Thread: one owner, normally the greenlet that feeds the outputs.
    """

    def __init__(self, take: Callable[[], Sequence[HealthInterval]]) -> None:
        """Read new intervals through `take`, normally `_core.engine_health`."""
        self._take = take
        self._whole = RunHealth()

    def recent(self) -> RunHealth:
        """Take the intervals since the last call, and judge only those."""
        fresh = judge(self._take())
        self._whole = combine(self._whole, fresh)
        return fresh

    def whole(self) -> RunHealth:
        """Judge every interval taken so far."""
        return self._whole
