"""Rows and points as the page gets them, made of snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from locust_like.web.schemas import Name, Point, Row, Verdict

if TYPE_CHECKING:
    from locust_like.stats.core_types import EntryStats, Snapshot
    from locust_like.stats.history import Interval

TOTAL_ID = -1


class Names:
    """Numbers for names, the same for as long as the process lives."""

    def __init__(self) -> None:
        """Know no name."""
        self._ids: dict[tuple[str, str], int] = {}
        self._names: list[Name] = []

    def __len__(self) -> int:
        return len(self._names)

    def id_of(self, method: str, name: str) -> int:
        """Return the number of a name, a new one for a new name."""
        key = (method, name)
        number = self._ids.get(key)
        if number is None:
            number = self._ids[key] = len(self._names)
            self._names.append(Name(number, method, name))
        return number

    def name(self, number: int) -> Name | None:
        """Return the name with a number."""
        return self._names[number] if 0 <= number < len(self._names) else None


def window_seconds(window: Snapshot) -> float:
    """Return how long a window is."""
    return window.wall_s - window.start_wall_s


def row_of(number: int, entry: EntryStats, now: EntryStats | None, now_s: float) -> Row:
    """Return the row of one endpoint.

    Args:
        number: its id.
        entry: it since the start of the run.
        now: it in the last seconds; None = nothing finished in them.
        now_s: how many seconds these are.
    """
    has_times = entry.num_requests > entry.num_none_requests
    requests, failures = (0, 0) if now is None else (now.num_requests, now.num_failures)
    per_s = 1 / now_s if now_s > 0 else 0.0
    return Row(
        id=number,
        requests=entry.num_requests,
        failures=entry.num_failures,
        cancelled=entry.num_cancelled,
        rps=_rounded(entry.rps),
        fail_per_s=_rounded(entry.fail_per_s),
        avg_ms=_rounded(entry.avg_response_time_ms) if has_times else None,
        min_ms=entry.min_response_time_ms,
        max_ms=entry.max_response_time_ms,
        p50_ms=entry.percentile(0.5),
        p90_ms=entry.percentile(0.9),
        p95_ms=entry.percentile(0.95),
        p99_ms=entry.percentile(0.99),
        avg_bytes=_rounded(entry.avg_content_bytes),
        now_requests=requests,
        now_failures=failures,
        now_rps=_rounded(requests * per_s),
        now_fail_per_s=_rounded(failures * per_s),
        now_p50_ms=None if now is None else now.percentile(0.5),
        now_p90_ms=None if now is None else now.percentile(0.9),
        now_p95_ms=None if now is None else now.percentile(0.95),
        now_p99_ms=None if now is None else now.percentile(0.99),
        now_max_ms=None if now is None else now.percentile(1.0),
    )


def _rounded(value: float) -> float:
    """Return as many digits as anybody looks at; percentiles and extremes are never rounded."""
    return round(value, 4)


def point_of(interval: Interval) -> Point:
    """Return the point of one interval; without requests its times are null, not 0."""
    counts, sample = interval.counts, interval.sample
    return Point(
        wall_s=round(interval.wall_s, 3),
        seconds=interval.seconds,
        requests=0 if counts is None else counts.num_requests,
        failures=0 if counts is None else counts.num_failures,
        cancelled=0 if counts is None else counts.num_cancelled,
        content_bytes=0 if counts is None else counts.content_bytes,
        p50_ms=None if counts is None else counts.percentile(0.5),
        p90_ms=None if counts is None else counts.percentile(0.9),
        p95_ms=None if counts is None else counts.percentile(0.95),
        p99_ms=None if counts is None else counts.percentile(0.99),
        max_ms=None if counts is None else counts.max_response_time_ms,
        heat=[] if counts is None else counts.heat(),
        users=None if sample is None else sample.users,
        target_users=None if sample is None else sample.target_users,
        verdict="OK" if sample is None else cast("Verdict", sample.verdict),
        errors={} if sample is None else sample.errors,
    )
