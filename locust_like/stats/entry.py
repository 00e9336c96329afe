"""One row of the statistics, and one kind of failure, under Locust's attribute names.

Neither holds figures: each reading asks the view it came from, see `stats/view.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like._core import EntryStats, ErrorStats, Snapshot, TimelinePoint
    from locust_like.stats.view import StatsView

AGGREGATED = "Aggregated"
WINDOW_S = 10.0
"""Span of the `current_*` figures: the last ten whole seconds, as in Locust."""


def bucket_response_time(response_time_ms: float) -> int:
    """Round a response time to the key that Locust's `response_times` uses for it.

    Returns: whole ms: exact below 100, to 10 below 1,000, to 100 below 10,000, else to 1,000.
    """
    for limit_ms, step_ms in ((100, 1), (1000, 10), (10_000, 100)):
        if response_time_ms < limit_ms:
            return round(response_time_ms / step_ms) * step_ms
    return round(response_time_ms / 1000) * 1000


class StatsError:
    """One kind of failure of one request name.

    Source: Locust's `StatsError`, except that `error` is the text, not the exception object.
    """

    def __init__(self, row: ErrorStats) -> None:
        """Wrap a row of a snapshot; the row keeps its figures alive."""
        self._row = row

    @property
    def method(self) -> str:
        """Request type, for example GET."""
        return self._row.method

    @property
    def name(self) -> str:
        """Request name."""
        return self._row.name

    @property
    def error(self) -> str:
        """Failure text as users read it."""
        return self._row.text

    @property
    def code(self) -> str:
        """Failure class, for example `status`, `connect`, `script`."""
        return self._row.code

    @property
    def occurrences(self) -> int:
        """How often this failure happened."""
        return self._row.occurrences

    @property
    def first_seen(self) -> float:
        """Wall clock of the first one, seconds since the epoch."""
        return self._row.first_seen_wall_s

    @property
    def last_seen(self) -> float:
        """Wall clock of the last one, seconds since the epoch."""
        return self._row.last_seen_wall_s

    def to_name(self) -> str:
        """Return `METHOD NAME: text`, the one-line form of Locust's error report."""
        return f"{self.method} {self.name}: {self.error}"


class StatsEntry:
    """Counters and times of one (name, method), read from its view at each access.

    An entry that has not been requested yet exists with zero counts, as in Locust.

    Thread: any; reading a live entry waits for a snapshot with the GIL released.
    """

    def __init__(
        self, stats: StatsView, name: str, method: str, row: EntryStats | None = None
    ) -> None:
        """Name the row; figures are looked up in `stats` when read, unless `row` never changes."""
        self._stats = stats
        self._fixed = row
        self.name = name
        self.method = method

    def row(self) -> EntryStats | None:
        """Return the core's row, or None while nothing was counted under this name."""
        return self._fixed or self._pick(self._stats.snapshot())

    def _pick(self, snapshot: Snapshot) -> EntryStats | None:
        if self.name == AGGREGATED and not self.method:
            return snapshot.total
        return snapshot.entry(self.method, self.name)

    def _count(self, read: Callable[[EntryStats], float]) -> float:
        row = self.row()
        return 0 if row is None else read(row)

    def _whole(self, read: Callable[[EntryStats], int]) -> int:
        row = self.row()
        return 0 if row is None else read(row)

    @property
    def num_requests(self) -> int:
        """Finished requests, successes and failures; cancelled ones are not among them."""
        return self._whole(lambda row: row.num_requests)

    @property
    def num_failures(self) -> int:
        """Requests that failed."""
        return self._whole(lambda row: row.num_failures)

    @property
    def num_cancelled(self) -> int:
        """Requests in flight when their user was stopped, or never judged."""
        return self._whole(lambda row: row.num_cancelled)

    @property
    def num_none_requests(self) -> int:
        """Requests reported without a response time."""
        return self._whole(lambda row: row.num_none_requests)

    @property
    def total_response_time(self) -> float:
        """Sum of the response times in ms."""
        return self._count(lambda row: row.total_response_time_ms)

    @property
    def avg_response_time(self) -> float:
        """Mean response time in ms; 0 without requests."""
        return self._count(lambda row: row.avg_response_time_ms)

    @property
    def median_response_time(self) -> float:
        """Median response time in ms; 0 without requests."""
        return self._count(lambda row: row.median_response_time_ms)

    @property
    def min_response_time(self) -> float | None:
        """Shortest response time in ms; None without requests."""
        row = self.row()
        return None if row is None else row.min_response_time_ms

    @property
    def max_response_time(self) -> float:
        """Longest response time in ms; 0 without requests."""
        return self._count(lambda row: row.max_response_time_ms or 0)

    @property
    def total_content_length(self) -> int:
        """Sum of the body sizes in bytes."""
        return self._whole(lambda row: row.content_bytes)

    @property
    def avg_content_length(self) -> float:
        """Mean body size in bytes."""
        return self._count(lambda row: row.avg_content_bytes)

    @property
    def total_rps(self) -> float:
        """Requests a second over the whole run."""
        return self._count(lambda row: row.rps)

    @property
    def total_fail_per_sec(self) -> float:
        """Failures a second over the whole run."""
        return self._count(lambda row: row.fail_per_s)

    @property
    def current_rps(self) -> float:
        """Requests a second over the last ten seconds."""
        return self._per_second(lambda row: row.num_requests)

    @property
    def current_fail_per_sec(self) -> float:
        """Failures a second over the last ten seconds."""
        return self._per_second(lambda row: row.num_failures)

    def _per_second(self, read: Callable[[EntryStats], int]) -> float:
        window = self._stats.window()
        row = self._pick(window)
        # Early in a run the window is longer than the run itself.
        run_start_s = self._stats.snapshot().start_wall_s
        span_s = min(WINDOW_S, window.wall_s - max(window.start_wall_s, run_start_s))
        return 0.0 if row is None or span_s <= 0 else read(row) / span_s

    @property
    def fail_ratio(self) -> float:
        """Share of the requests that failed, 0 to 1."""
        row = self.row()
        return 0.0 if row is None or not row.num_requests else row.num_failures / row.num_requests

    @property
    def start_time(self) -> float:
        """Wall clock of the start of counting, seconds since the epoch."""
        row = self.row()
        return self._stats.snapshot().start_wall_s if row is None else row.start_wall_s

    @property
    def last_request_timestamp(self) -> float | None:
        """Wall clock of the last finished request; None before the first."""
        row = self.row()
        return None if row is None else row.last_request_wall_s

    @property
    def response_times(self) -> dict[int, int]:
        """Locust's histogram {rounded ms: count}, ascending; coarser than percentiles."""
        row = self.row()
        buckets: dict[int, int] = {}
        for lower_us, upper_us, count in [] if row is None else row.histogram():
            key = bucket_response_time((lower_us + upper_us) / 2000)
            buckets[key] = buckets.get(key, 0) + count
        return buckets

    @property
    def num_reqs_per_sec(self) -> dict[int, int]:
        """Requests by second of the wall clock; after 15 minutes by the first second of ten."""
        return {int(p.wall_s): p.num_requests for p in self._timeline() if p.num_requests}

    @property
    def num_fail_per_sec(self) -> dict[int, int]:
        """Failures by second of the wall clock; after 15 minutes by the first second of ten."""
        return {int(p.wall_s): p.num_failures for p in self._timeline() if p.num_failures}

    def _timeline(self) -> list[TimelinePoint]:
        return self._stats.timeline(self.method, self.name)

    def get_response_time_percentile(self, percent: float) -> float:
        """Return the ms below which `percent` (0 to 1) of all requests stayed; 0 without any.

        Source: Locust's method of this name; ours is exact to 0.8 % and never above the maximum.
        """
        row = self.row()
        return 0.0 if row is None else row.percentile(percent) or 0.0

    def get_current_response_time_percentile(self, percent: float) -> float | None:
        """Return the same over the last ten seconds; None when nothing finished in them."""
        row = self._pick(self._stats.window())
        return None if row is None else row.percentile(percent)
