"""Locust-shaped views over the snapshots of a recorder.

The core counts; this module only reads. A view is either live (`RequestStats`: every reading takes
a fresh snapshot, so a script sees the call it has just made) or frozen (`FrozenStats`: one snapshot
for one beat of the outputs, so all figures of a table belong to the same moment). Both hand out the
same `StatsEntry` and `StatsError`, which hold no figures themselves. Copying figures into Python
objects was rejected: with 1,000 names it would cost more than everything else a snapshot needs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from locust_like._core import Recorder
from locust_like.errors import LocustError
from locust_like.stats.entry import AGGREGATED, WINDOW_S, StatsEntry, StatsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like._core import Snapshot, TimelinePoint


_FROZEN = "the statistics of one moment do not change; count in those of the environment"


class _Entries(dict[tuple[str, str], StatsEntry]):
    """Entries by (name, method); a missing one is made, as in Locust."""

    def __init__(self, stats: StatsView, snapshot: Snapshot, *, frozen: bool) -> None:
        self._stats = stats
        super().__init__(
            (
                (row.name, row.method),
                StatsEntry(stats, row.name, row.method, True, row=row if frozen else None),
            )
            for row in snapshot.entries
        )

    def __missing__(self, key: tuple[str, str]) -> StatsEntry:
        return self.setdefault(key, StatsEntry(self._stats, *key, True))


class StatsView(ABC):
    """What live and frozen statistics share: entries, errors and totals of some snapshot."""

    frozen = False
    """Whether all readings come from one snapshot."""

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the snapshot that figures are read from."""

    @abstractmethod
    def window(self) -> Snapshot:
        """Return the snapshot of the last `WINDOW_S` seconds; early in a run, of all of it."""

    @abstractmethod
    def timeline(self, method: str = "", name: str = AGGREGATED) -> list[TimelinePoint]:
        """Return the history of one entry, or of the totals, oldest first."""

    @property
    def entries(self) -> dict[tuple[str, str], StatsEntry]:
        """All entries by (name, method), in order of first appearance."""
        return _Entries(self, self.snapshot(), frozen=self.frozen)

    @property
    def total(self) -> StatsEntry:
        """The sum of all entries, named Aggregated."""
        return StatsEntry(self, AGGREGATED, "", True)

    @property
    def errors(self) -> dict[str, StatsError]:
        """All kinds of failure, by a key that is stable within the run."""
        return {
            f"{row.method} {row.name} {row.code} {row.text}": StatsError(
                row.method,
                row.name,
                row.text,
                row.occurrences,
                row.first_seen_wall_s,
                row.last_seen_wall_s,
                row.code,
            )
            for row in self.snapshot().errors
        }

    def get(self, name: str, method: str) -> StatsEntry:
        """Return one entry; it has zero counts while nothing was requested under this name."""
        return StatsEntry(self, name, method, True)

    @property
    def num_requests(self) -> int:
        """Finished requests of all entries."""
        return self.total.num_requests

    @property
    def num_failures(self) -> int:
        """Failures of all entries."""
        return self.total.num_failures

    @property
    def num_none_requests(self) -> int:
        """Requests of all entries that were reported without a time."""
        return self.total.num_none_requests

    @property
    def start_time(self) -> float:
        """Wall clock of the start of counting, seconds since the epoch."""
        return self.snapshot().start_wall_s

    @property
    def last_request_timestamp(self) -> float | None:
        """Wall clock of the last finished request; None before the first."""
        return self.total.last_request_timestamp

    def serialize_stats(self) -> list[dict[str, object]]:
        """Return the objects of `--json`, one for each entry."""
        return [entry.serialize() for entry in self.entries.values()]

    def serialize_errors(self) -> dict[str, dict[str, object]]:
        """Return the failures as JSON has them, by their keys."""
        return {key: error.serialize() for key, error in self.errors.items()}

    def log_request(
        self, method: str, name: str, response_time: float | None, content_length: int
    ) -> None:
        """Count a request; only live statistics can.

        Raises:
            LocustError: these are the statistics of one moment.
        """
        raise LocustError(_FROZEN)

    def log_error(self, method: str, name: str, error: BaseException | str | None) -> None:
        """Count a failure; only live statistics can.

        Raises:
            LocustError: these are the statistics of one moment.
        """
        raise LocustError(_FROZEN)


class FrozenStats(StatsView):
    """The statistics of one moment; what outputs get.

    Thread: any, after construction it is never changed.
    """

    frozen = True

    def __init__(
        self,
        snapshot: Snapshot,
        window: Snapshot,
        timeline: Callable[[str, str], list[TimelinePoint]],
    ) -> None:
        """Keep two snapshots and the door to the history, which is long and rarely asked for."""
        self._snapshot = snapshot
        self._window = window
        self._timeline = timeline

    def snapshot(self) -> Snapshot:
        """Return the snapshot this view was made of."""
        return self._snapshot

    def window(self) -> Snapshot:
        """Return the last `WINDOW_S` seconds before that snapshot."""
        return self._window

    def timeline(self, method: str = "", name: str = AGGREGATED) -> list[TimelinePoint]:
        """Return the history of one entry, or of the totals, oldest first."""
        return self._timeline(method, name)


class RequestStats(StatsView):
    """The live statistics of one Environment.

    Every reading flushes what is pending and takes a new snapshot: a script that looks right after
    a call sees that call. Whoever reads many figures takes `freeze()` and reads that.

    Args:
        use_response_times_cache: Locust's switch; here `current_*` figures are always there.
        recorder: the counters of one Environment; None makes new ones.

    Attributes:
        recorder: as given.
        history: what `locust.stats.stats_history` has noted, oldest first; the history that charts
            show is `timeline()`.

    Thread: any; readings wait for the I/O threads with the GIL released.
    """

    def __init__(
        self, use_response_times_cache: bool = True, *, recorder: Recorder | None = None
    ) -> None:
        """Read from `recorder`."""
        self.use_response_times_cache = use_response_times_cache
        self.recorder = Recorder() if recorder is None else recorder
        self.history: list[dict[str, object]] = []

    def snapshot(self) -> Snapshot:
        """Flush and return everything counted until now."""
        return self.recorder.collect()

    def window(self) -> Snapshot:
        """Return what finished in the last `WINDOW_S` whole seconds."""
        return self.recorder.window(WINDOW_S)

    def timeline(self, method: str = "", name: str = AGGREGATED) -> list[TimelinePoint]:
        """Return the history of one entry, or of the totals, oldest first."""
        if name == AGGREGATED and not method:
            return self.recorder.timeline()
        return self.recorder.endpoint_timeline(method, name)

    def freeze(self) -> FrozenStats:
        """Return the statistics of this moment; reading them costs nothing any more."""
        return FrozenStats(self.snapshot(), self.window(), self.timeline)

    def log_request(
        self, method: str, name: str, response_time: float | None, content_length: int
    ) -> None:
        """Count one successful request that a script made by other means.

        Args:
            method: request type of the row.
            name: request name of the row.
            response_time: ms; None counts the request but no time.
            content_length: body size in bytes.
        """
        self.recorder.fire(
            request_type=method,
            name=name,
            response_time=response_time,
            response_length=content_length,
        )

    def log_error(self, method: str, name: str, error: BaseException | str | None) -> None:
        """Count one failed request without a time.

        Source: Locust expects `log_request` besides; here the failure is a request of its own,
        because a row has exactly one outcome.
        """
        self.recorder.fire(
            request_type=method,
            name=name,
            response_time=None,
            response_length=0,
            exception=error if error is not None else "error",
        )

    def reset_all(self) -> None:
        """Forget all counts; requests in flight are counted afterwards."""
        self.recorder.reset()
        self.history = []

    def clear_all(self) -> None:
        """Forget all counts, as `reset_all` does; Locust has both."""
        self.reset_all()
