"""What charts show of a run: the core's timeline, and beside it what the core does not know.

The core owns the history of requests. Here stand users, the generator's verdict and failures by
kind, one sample a second, in two tiers as the core has them: seconds for 15 minutes, tens of
seconds for a day. `intervals` lays both side by side.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from locust_like._core import TimelinePoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FINE_SECONDS = 900
COARSE_S = 10
COARSE_INTERVALS = 8640
_SEVERITY = {"OK": 0, "LATE": 1, "INVALID": 2}


@dataclass
class Sample:
    """One second, or several of them: the last number of users, the worst verdict, all failures."""

    users: int
    target_users: int
    verdict: str = "OK"
    errors: dict[str, int] = field(default_factory=dict)

    def add(self, later: Sample) -> None:
        """Take in what came after."""
        self.users, self.target_users = later.users, later.target_users
        self.verdict = max(self.verdict, later.verdict, key=_SEVERITY.__getitem__)
        for kind, count in later.errors.items():
            self.errors[kind] = self.errors.get(kind, 0) + count


class Interval(NamedTuple):
    """One interval of the charts; no request finished in it where `counts` is None."""

    start_s: float
    wall_s: float
    seconds: float
    counts: TimelinePoint | None
    sample: Sample | None


class RunHistory:
    """The samples of one run.

    Thread: one owner, the greenlet that feeds the outputs.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._fine: OrderedDict[int, Sample] = OrderedDict()
        self._coarse: OrderedDict[int, Sample] = OrderedDict()
        self._failures: Mapping[str, int] = {}
        # Difference of the wall clock and the monotonic one; fixed, as the core's is.
        self._wall_offset_s: float | None = None

    def clear(self) -> None:
        """Forget everything: a new run begins."""
        self._fine.clear()
        self._coarse.clear()
        self._failures = {}
        self._wall_offset_s = None

    def record(
        self,
        now_s: float,
        wall_s: float,
        sample: Sample,
        failures: Mapping[str, int],
    ) -> None:
        """Note one second.

        Args:
            now_s: monotonic seconds, the core's clock.
            wall_s: the same moment since the epoch.
            sample: its users and verdict; its failures are found here.
            failures: all failures of the run so far by kind, of which the new ones count.
        """
        if self._wall_offset_s is None:
            self._wall_offset_s = wall_s - now_s
        known = self._failures
        sample.errors = {
            kind: count - known.get(kind, 0)
            for kind, count in failures.items()
            if count > known.get(kind, 0)
        }
        self._failures = dict(failures)
        _add(self._fine, int(now_s), sample, FINE_SECONDS)
        _add(self._coarse, int(now_s) // COARSE_S * COARSE_S, sample, COARSE_INTERVALS)

    def intervals(
        self, timeline: Iterable[TimelinePoint], since_s: float, until_s: float
    ) -> Iterator[Interval]:
        """Yield the intervals that begin at `since_s` or later and have ended by `until_s`.

        Args:
            timeline: the core's, of the whole run or of one endpoint, oldest first.
            since_s: monotonic seconds.
            until_s: monotonic seconds.
        """
        next_s = since_s
        for point in timeline:
            end_s = point.start_s + point.seconds
            if point.start_s < since_s or end_s > until_s:
                continue
            yield from self._without_requests(next_s, point.start_s)
            yield Interval(
                point.start_s,
                point.wall_s,
                point.seconds,
                point,
                self._sample(point.start_s, end_s),
            )
            next_s = end_s
        yield from self._without_requests(next_s, until_s)

    def _without_requests(self, since_s: float, until_s: float) -> Iterator[Interval]:
        oldest_fine_s = next(iter(self._fine), None)
        if oldest_fine_s is None or self._wall_offset_s is None:
            return
        for tier, width_s in ((self._coarse, COARSE_S), (self._fine, 1)):
            for start_s, sample in tier.items():
                is_covered = width_s == COARSE_S and start_s + COARSE_S > oldest_fine_s
                if is_covered or start_s < since_s or start_s + width_s > until_s:
                    continue
                wall_s = start_s + self._wall_offset_s
                yield Interval(start_s, wall_s, width_s, None, sample)

    def _sample(self, start_s: float, end_s: float) -> Sample | None:
        """Return the sum of the samples of an interval, None if there is none."""
        if end_s - start_s <= 1:
            return self._fine.get(int(start_s))
        found = [
            self._coarse[second]
            for second in range(int(start_s), int(end_s), COARSE_S)
            if second in self._coarse
        ]
        return _sum(found) if found else None


def thinned(intervals: Sequence[Interval], most: int) -> list[Interval]:
    """Return at most so many intervals: neighbours joined, their histograms and counts added.

    So percentiles of the longer intervals are those of all requests in them, and no peak of
    failures gets lost; what is lost is when exactly it was.
    """
    joined = -(-len(intervals) // most) or 1
    if joined == 1:
        return list(intervals)
    return [_one(intervals[i : i + joined]) for i in range(0, len(intervals), joined)]


def _one(neighbours: Sequence[Interval]) -> Interval:
    first, last = neighbours[0], neighbours[-1]
    counts = [row.counts for row in neighbours if row.counts is not None]
    samples = [row.sample for row in neighbours if row.sample is not None]
    return Interval(
        first.start_s,
        first.wall_s,
        last.start_s + last.seconds - first.start_s,
        TimelinePoint.joined(counts) if counts else None,
        _sum(samples) if samples else None,
    )


def _sum(samples: Sequence[Sample]) -> Sample:
    first = samples[0]
    total = Sample(first.users, first.target_users, first.verdict, dict(first.errors))
    for sample in samples[1:]:
        total.add(sample)
    return total


def _add(tier: OrderedDict[int, Sample], key: int, sample: Sample, most: int) -> None:
    known = tier.get(key)
    if known is not None:
        known.add(sample)
        return
    tier[key] = Sample(sample.users, sample.target_users, sample.verdict, dict(sample.errors))
    while len(tier) > most:
        tier.popitem(last=False)
