"""Rows of statistics that a script makes itself, to add up reports or to read what it has stored.

A row of a run holds no figures: it asks the core, and can neither be reset nor added to alone. One
that a script makes holds Locust's figures in Locust's way, which is two digits of each response
time. Both are instances of `locust.stats.StatsEntry`.

Source: Locust 2.47, stats.py.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from locust_like.compat.stats_printing import calculate_response_time_percentile
from locust_like.stats import entry as rows
from locust_like.stats.entry import StatsEntry as RowOfRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locust_like.stats.view import StatsView

_SUMS = (
    "num_requests",
    "num_none_requests",
    "num_failures",
    "total_response_time",
    "total_content_length",
)
_BY_KEY = ("response_times", "num_reqs_per_sec", "num_fail_per_sec")
_SERIALIZED = (
    *_SUMS,
    *_BY_KEY,
    "last_request_timestamp",
    "start_time",
    "max_response_time",
    "min_response_time",
)


class _AnyRow(type):
    """Lets rows of a run be instances, too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, RowOfRun)


class StatsEntry(RowOfRun, metaclass=_AnyRow):
    """A row that holds its figures itself; all of them can be assigned.

    Args:
        stats: what rates refer to; nothing is counted there.
        name: request name.
        method: request type.
        use_response_times_cache: without effect; percentiles of the last seconds are a run's.
    """

    num_requests = 0
    num_none_requests = 0
    num_failures = 0
    num_cancelled = 0
    total_response_time: float = 0
    total_content_length = 0
    min_response_time: float | None = None
    max_response_time: float = 0
    start_time: float = 0.0
    last_request_timestamp: float | None = None
    response_times: dict[int, int] = {}  # noqa: RUF012 - reset() gives each row its own
    num_reqs_per_sec: dict[int, int] = {}  # noqa: RUF012
    num_fail_per_sec: dict[int, int] = {}  # noqa: RUF012

    def __init__(
        self, stats: StatsView, name: str, method: str, use_response_times_cache: bool = False
    ) -> None:
        """Begin with nothing."""
        super().__init__(stats, name, method, use_response_times_cache)
        self.reset()

    def reset(self) -> None:
        """Forget all figures; time begins now."""
        for name in _SUMS:
            setattr(self, name, 0)
        for name in _BY_KEY:
            setattr(self, name, Counter())
        self.start_time = time.time()
        self.last_request_timestamp = None
        self.min_response_time = None
        self.max_response_time = 0

    def log(self, response_time: float | None, content_length: int) -> None:
        """Count a request here, and nowhere else.

        Args:
            response_time: ms; None counts the request but no time.
            content_length: body size in bytes.
        """
        now_s = time.time()
        self.num_requests += 1
        self.num_reqs_per_sec[int(now_s)] = self.num_reqs_per_sec.get(int(now_s), 0) + 1
        self.last_request_timestamp = now_s
        self.total_content_length += content_length
        if response_time is None:
            self.num_none_requests += 1
            return
        self.total_response_time += response_time
        self.min_response_time = _least(self.min_response_time, response_time)
        self.max_response_time = max(self.max_response_time, response_time)
        # Looked up now: scripts replace it.
        key = rows.bucket_response_time(response_time)
        self.response_times[key] = self.response_times.get(key, 0) + 1

    def log_error(self, error: BaseException | str | None) -> None:
        """Count a failure of a request that `log` has counted."""
        del error
        second = int(time.time())
        self.num_failures += 1
        self.num_fail_per_sec[second] = self.num_fail_per_sec.get(second, 0) + 1

    def extend(self, other: RowOfRun) -> None:
        """Add the figures of another row, which may be one of a run."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _BY_KEY:
            setattr(self, name, Counter(getattr(self, name)) + Counter(getattr(other, name)))
        self.start_time = min(self.start_time, other.start_time)
        self.min_response_time = _least(self.min_response_time, other.min_response_time)
        self.max_response_time = max(self.max_response_time, other.max_response_time)
        stamps = (self.last_request_timestamp, other.last_request_timestamp)
        self.last_request_timestamp = max((one for one in stamps if one is not None), default=None)

    def serialize(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        figures = {name: getattr(self, name) for name in _SERIALIZED}
        return {"name": self.name, "method": self.method, **figures}

    @classmethod
    def unserialize(cls, data: Mapping[str, Any], stats: StatsView) -> Self:
        """Return the row that `serialize` has made this of; one of a run does, too."""
        made = cls(stats, data["name"], data["method"])
        for name in _SERIALIZED:
            if name in data:
                setattr(made, name, data[name])
        return made

    def get_stripped_report(self) -> dict[str, Any]:
        """Return what `serialize` does, and forget it."""
        figures = self.serialize()
        self.reset()
        return figures

    @property
    def avg_response_time(self) -> float:
        """Mean response time in ms; 0 without requests."""
        timed = self.num_requests - self.num_none_requests
        return self.total_response_time / timed if timed else 0.0

    @property
    def median_response_time(self) -> float:
        """Median response time in ms, never outside of the least and the most."""
        median = self.get_response_time_percentile(0.5)
        return max(min(median, self.max_response_time), self.min_response_time or 0)

    @property
    def avg_content_length(self) -> float:
        """Mean body size in bytes."""
        return self.total_content_length / self.num_requests if self.num_requests else 0

    @property
    def fail_ratio(self) -> float:
        """Share of the requests that failed; 1 if there are only failures."""
        return self.num_failures / (self.num_requests or self.num_failures or 1)

    @property
    def total_rps(self) -> float:
        """Requests a second of the life of `stats`."""
        return self._per_second_of_stats(self.num_requests)

    @property
    def total_fail_per_sec(self) -> float:
        """Failures a second of the life of `stats`."""
        return self._per_second_of_stats(self.num_failures)

    def _per_second_of_stats(self, count: int) -> float:
        end_s = self.stats.last_request_timestamp
        span_s = 0.0 if end_s is None else end_s - self.stats.start_time
        return count / span_s if span_s > 0 else 0.0

    @property
    def current_rps(self) -> float:
        """Requests a second over ten whole seconds, up to two seconds before the last request."""
        return self._recent(self.num_reqs_per_sec)

    @property
    def current_fail_per_sec(self) -> float:
        """Failures a second over the same."""
        return self._recent(self.num_fail_per_sec)

    def _recent(self, by_second: Mapping[int, int]) -> float:
        last_s = self.stats.last_request_timestamp
        if last_s is None:
            return 0
        seconds = range(max(int(last_s) - 12, int(self.stats.start_time)), int(last_s) - 2)
        return sum(by_second.get(second, 0) for second in seconds) / (len(seconds) or 1)

    def get_response_time_percentile(self, percent: float) -> float:
        """Return the ms, rounded as in `response_times`, below which `percent` (0 to 1) stayed."""
        timed = self.num_requests - self.num_none_requests
        return calculate_response_time_percentile(self.response_times, timed, percent)

    def get_current_response_time_percentile(self, percent: float) -> float | None:
        """Return None: the last seconds are a run's."""
        del percent
        return None


def _least(one: float | None, other: float | None) -> float | None:
    return min((time_ms for time_ms in (one, other) if time_ms is not None), default=None)
