"""One row of the statistics, and one kind of failure, under Locust's attribute names.

Neither holds figures: each reading asks the view it came from, see `stats/view.py`.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from locust_like.errors import CatchResponseError
from locust_like.stats import settings
from locust_like.stats.masking import masked
from locust_like.stats.texts import entry_line, percentile_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locust_like._core import EntryStats, Snapshot, TimelinePoint
    from locust_like.stats.view import StatsView

_ADDRESS = re.compile(r"(?<=object at )0x[0-9a-f]+(?=>)")
_JUDGED = re.compile(r"CatchResponseError\((['\"]?)(.*)\1\)", re.DOTALL)

AGGREGATED = "Aggregated"
WINDOW_S = 10.0
"""Span of the `current_*` figures: the last ten whole seconds, as in Locust."""


def bucket_response_time(response_time: float) -> int:
    """Round a response time in ms to the key that Locust's `response_times` uses for it.

    Returns: whole ms: exact below 100, to 10 below 1,000, to 100 below 10,000, else to 1,000.
    """
    for limit_ms, step_ms in ((100, 1), (1000, 10), (10_000, 100)):
        if response_time < limit_ms:
            return round(response_time / step_ms) * step_ms
    return round(response_time / 1000) * 1000


@dataclass
class StatsError:
    """One kind of failure of one request name.

    Attributes:
        method: request type, for example GET.
        name: request name.
        error: failure text as users read it.
        occurrences: how often it happened.
        first_seen: wall clock of the first one, seconds since the epoch.
        last_seen: wall clock of the last one, seconds since the epoch.
        code: failure class, for example `status`, `connect`, `script`.

    Source: Locust's `StatsError`, except that the `error` of a run is the text, not the exception
    object.
    """

    method: str
    name: str
    error: BaseException | str | None
    occurrences: int = 0
    first_seen: float | None = None
    last_seen: float | None = None
    code: str = "script"

    def occurred(self) -> None:
        """Count one more, now."""
        self.occurrences += 1
        self.last_seen = time.time()
        if self.first_seen is None:
            self.first_seen = self.last_seen

    @classmethod
    def parse_error(cls, error: BaseException | str | None) -> str:
        """Return the text of an error, with addresses of objects and secrets masked."""
        return masked(_ADDRESS.sub("0x....", error if isinstance(error, str) else repr(error)))

    @classmethod
    def create_key(cls, method: str, name: str, error: BaseException | str | None) -> str:
        """Return the key that `RequestStats.errors` has for a failure that scripts report."""
        return f"{method} {name} script {cls.parse_error(error)}"

    def to_name(self) -> str:
        """Return `METHOD NAME: text`, the one-line form of Locust's error report."""
        error = self.error
        text = error.args[0] if isinstance(error, CatchResponseError) else self.parse_error(error)
        judged = _JUDGED.fullmatch(str(text))
        return f"{self.method} {self.name}: {judged[2] if judged else text}"

    def serialize(self) -> dict[str, object]:
        """Return the figures as JSON has them."""
        return {
            "method": self.method,
            "name": self.name,
            "error": self.parse_error(self.error),
            "occurrences": self.occurrences,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
        }

    to_dict = serialize

    @classmethod
    def unserialize(cls, data: Mapping[str, Any]) -> Self:
        """Return the kind of failure that `serialize` has made this of."""
        return cls(**data)


class StatsEntry:
    """Counters and times of one (name, method), read from its view at each access.

    An entry that has not been requested yet exists with zero counts, as in Locust.

    Args:
        stats: what the figures are looked up in, each time one is read.
        name: request name.
        method: request type.
        use_response_times_cache: Locust's switch; here `current_*` figures are always there.
        row: the figures, where they never change.

    Thread: any; reading a live entry waits for a snapshot with the GIL released.
    """

    def __init__(
        self,
        stats: StatsView,
        name: str,
        method: str,
        use_response_times_cache: bool = False,
        *,
        row: EntryStats | None = None,
    ) -> None:
        """Name the row."""
        self.stats = stats
        self.use_response_times_cache = use_response_times_cache
        self._fixed = row
        self.name = name
        self.method = method

    def row(self) -> EntryStats | None:
        """Return the core's row, or None while nothing was counted under this name."""
        return self._fixed or self._pick(self.stats.snapshot())

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
        window = self.stats.window()
        row = self._pick(window)
        span_s = window.wall_s - window.start_wall_s
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
        return self.stats.snapshot().start_wall_s if row is None else row.start_wall_s

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
        return self.stats.timeline(self.method, self.name)

    def get_response_time_percentile(self, percent: float) -> float:
        """Return the ms below which `percent` (0 to 1) of all requests stayed; 0 without any.

        Source: Locust's method of this name; ours is exact to 0.8 % and never above the maximum.
        """
        row = self.row()
        return 0.0 if row is None else row.percentile(percent) or 0.0

    def get_current_response_time_percentile(self, percent: float) -> float | None:
        """Return the same over the last ten seconds; None when nothing finished in them."""
        row = self._pick(self.stats.window())
        return None if row is None else row.percentile(percent)

    def log(self, response_time: float | None, content_length: int) -> None:
        """Count one successful request of this name; see `RequestStats.log_request`."""
        self.stats.log_request(self.method, self.name, response_time, content_length)

    def log_error(self, error: BaseException | str | None) -> None:
        """Count one failed request of this name; see `RequestStats.log_error`."""
        self.stats.log_error(self.method, self.name, error)

    def percentile(self) -> str:
        """Return the row of Locust's table of percentiles.

        Raises:
            ValueError: nothing was counted.
        """
        return percentile_line(self)

    def to_string(self, current: bool = True) -> str:
        """Return the row of Locust's table of requests.

        Args:
            current: rates of the last ten seconds; False = of the whole run.
        """
        return entry_line(self, current=current)

    def __str__(self) -> str:
        return self.to_string()

    def to_dict(self, escape_string_values: bool = False) -> dict[str, object]:
        """Return the row of /stats/requests.

        Args:
            escape_string_values: without effect, as in Locust.
        """
        return {
            "method": self.method,
            "name": self.name,
            "num_requests": self.num_requests,
            "num_failures": self.num_failures,
            "min_response_time": self.min_response_time or 0,
            "max_response_time": self.max_response_time,
            "current_rps": self.current_rps,
            "current_fail_per_sec": self.current_fail_per_sec,
            "avg_response_time": self.avg_response_time,
            "median_response_time": self.median_response_time,
            "total_rps": self.total_rps,
            "total_fail_per_sec": self.total_fail_per_sec,
            **{
                f"response_time_percentile_{share}": self.get_response_time_percentile(share)
                for share in settings.PERCENTILES_TO_STATISTICS
            },
            "avg_content_length": self.avg_content_length,
        }

    def serialize(self) -> dict[str, object]:
        """Return the object of `--json`; one key is ours, `num_cancelled`."""
        return {
            "name": self.name,
            "method": self.method,
            "last_request_timestamp": self.last_request_timestamp,
            "start_time": self.start_time,
            "num_requests": self.num_requests,
            "num_none_requests": self.num_none_requests,
            "num_failures": self.num_failures,
            "num_cancelled": self.num_cancelled,
            "total_response_time": self.total_response_time,
            "max_response_time": self.max_response_time,
            "min_response_time": self.min_response_time,
            "total_content_length": self.total_content_length,
            "response_times": self.response_times,
            "num_reqs_per_sec": self.num_reqs_per_sec,
            "num_fail_per_sec": self.num_fail_per_sec,
        }
