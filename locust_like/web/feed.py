"""What viewers see: one frame a second for all of them, cut to what each one needs.

A viewer pulls: it waits for the next frame and is given what changed since its last one. So a slow
viewer gets fewer, never older frames, nothing queues up for it, and a frame costs the same whether
five look or one. Without viewers only the history is kept.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import gevent
import msgspec
from gevent.event import Event

from locust_like.errors import CommandError, TooManyViewersError
from locust_like.stats.health import RunHealth
from locust_like.web.convert import (
    annotations_of,
    health_of,
    plan_of,
    status_of,
    workers_count_of,
)
from locust_like.web.filters import arranged
from locust_like.web.rows import TOTAL_ID, Names, point_of, row_of, window_seconds
from locust_like.web.schemas import Health, Hello, History, Row, Rows, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.stats.core_types import Snapshot
    from locust_like.stats.history import Interval
    from locust_like.stats.view import FrozenStats
    from locust_like.web.logbook import Logbook
    from locust_like.web.past import Past

MOST_VIEWERS = 64
MOST_ROWS = 200
"""Above so many endpoints the server sorts and filters, and sends what is visible."""
_POLLING_S = 30.0
"""A viewer that polls is forgotten after so long."""
_RECENT_POINTS = 900
_YIELD_EVERY = 100
_encode = msgspec.json.Encoder().encode


class Viewer:
    """What one stream has been told.

    Attributes:
        stream: names it in `View`.
        view: which rows it looks at.
        polls: asks now and then; None = a stream.
    """

    def __init__(self, stream: str, *, polls: bool) -> None:
        """Nothing was told yet."""
        self.stream = stream
        self.view = View(stream)
        self.polls = polls
        self.seen_s = time.monotonic()
        self.frame = -1
        self.run = -1
        self.names = 0
        self.annotations = 0
        self.point_s = 0.0


class Frame:
    """The run at one moment, encoded once."""

    def __init__(self, number: int, status: Any, shared: dict[str, Any], rows: list[Row]) -> None:
        """Keep rows as they are; they are encoded when somebody needs them."""
        self.number = number
        self.status = status
        self.shared = shared
        self.rows = rows
        self._raw: dict[int, msgspec.Raw] = {}

    def raw(self, row: Row) -> msgspec.Raw:
        """Return the JSON of a row."""
        raw = self._raw.get(row.id)
        if raw is None:
            raw = self._raw[row.id] = msgspec.Raw(_encode(row))
        return raw


class Feed:
    """Feeds the viewers; an output, called once a second while a run is active.

    Args:
        environment: whose figures are shown.
        control: the state of the run.
        logbook: how many warnings there are.
        past: what was until now; as an output it is called before us.

    Thread: the hub's thread.
    """

    def __init__(
        self, *, environment: Environment, control: ControlLike, logbook: Logbook, past: Past
    ) -> None:
        """Nobody looks yet."""
        self._environment = environment
        self._control = control
        self._logbook = logbook
        self._names = Names()
        self._past = past
        self._run = 0
        self._number = 0
        self._frame: Frame | None = None
        self._health = RunHealth()
        # Rows as they were last sent, and in which frame they changed.
        self._rows: dict[int, Row] = {}
        self._changed: dict[int, int] = {}
        self._points: deque[tuple[float, msgspec.Raw]] = deque(maxlen=_RECENT_POINTS)
        self._viewers: dict[str, Viewer] = {}
        self._next_stream = 0
        self._beat = Event()
        self.closed = False

    # --- as an output ---------------------------------------------------------------------------

    @property
    def period_s(self) -> float:
        """Once a second."""
        return 1.0

    def start(self) -> None:
        """There is nothing to check."""

    def tick(self, moment: Moment) -> None:
        """Make a frame if anybody looks."""
        self._follow_run()
        self._health = moment.health
        if self._has_viewers():
            self._make(moment.stats)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Show the final figures."""
        self._health = result.moment.health
        self._make(result.moment.stats)
        return ()

    def idle_tick(self) -> None:
        """Make a frame while no run is active."""
        self._health = RunHealth()
        if self._has_viewers():
            self._make(self._environment.stats.freeze())

    # --- viewers --------------------------------------------------------------------------------

    def open(self, since: str = "", *, polls: bool = False) -> Viewer:
        """Return a new viewer.

        Args:
            since: id of the last tick that it knows, to be told what came after; "" = nothing.
            polls: it asks now and then.

        Raises: TooManyViewersError.
        """
        self._forget_pollers()
        if len(self._viewers) >= MOST_VIEWERS:
            raise TooManyViewersError
        self._next_stream += 1
        viewer = Viewer(f"s{self._next_stream}", polls=polls)
        run, _, second = since.partition(".")
        if run == str(self._run) and second.isdecimal():
            viewer.point_s = float(second)
        self._viewers[viewer.stream] = viewer
        return viewer

    def viewer(self, stream: str) -> Viewer | None:
        """Return the viewer of a stream."""
        return self._viewers.get(stream)

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._viewers.pop(viewer.stream, None)

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        self._beat.set()

    def wait(self, viewer: Viewer, timeout_s: float) -> bool:
        """Wait until there is a frame that the viewer has not seen; returns whether there is."""
        if not self.closed and self._number <= viewer.frame:
            self._beat.wait(timeout_s)
        return self._number > viewer.frame

    def hello(self, viewer: Viewer) -> bytes:
        """Return the first event of a stream."""
        self._follow_run()
        notes = self._control.annotations()
        viewer.annotations, viewer.run = len(notes), self._run
        return _encode(Hello(viewer.stream, plan_of(self._control.plan()), annotations_of(notes)))

    def tick_for(self, viewer: Viewer) -> tuple[str, bytes]:
        """Return the id and the JSON of a tick with all that is new to a viewer."""
        viewer.seen_s = time.monotonic()
        self._follow_run()
        frame = self._frame
        if frame is None or viewer.frame < 0:
            frame = self._make(self._environment.stats.freeze())
        if viewer.run != self._run:
            viewer.run, viewer.frame, viewer.annotations, viewer.point_s = self._run, -1, 0, 0.0
        sorts = len(frame.rows) > MOST_ROWS
        shown, count = self._rows_for(viewer, frame, sorts=sorts)
        notes = self._control.annotations(viewer.annotations)
        points = [(start_s, raw) for start_s, raw in self._points if start_s > viewer.point_s]
        second = points[-1][0] if points else viewer.point_s
        ident = f"{self._run}.{int(second)}"
        names = [self._names.name(number) for number in range(viewer.names, len(self._names))]
        body = {
            "id": ident,
            **frame.shared,
            "names": names,
            "rows": [frame.raw(row) for row in shown],
            "row_count": count,
            "first_row": viewer.view.first if sorts else 0,
            "server_sorts": sorts,
            "points": [raw for _, raw in points],
            "annotations": annotations_of(notes),
        }
        viewer.frame, viewer.names = frame.number, len(self._names)
        viewer.annotations += len(notes)
        viewer.point_s = second
        return ident, _encode(body)

    def look(self, viewer: Viewer, view: View) -> Rows:
        """Remember which rows a viewer looks at, and return them.

        Raises: FilterError.
        """
        frame = self._frame or self._make(self._environment.stats.freeze())
        rows, count = _visible(frame.rows, self._names, view)
        viewer.view = view
        viewer.names = len(self._names)
        names = [self._names.name(number) for number in range(len(self._names))]
        return Rows(rows, [name for name in names if name is not None], count, view.first)

    # --- pages ----------------------------------------------------------------------------------

    def history(self, since_wall_s: float = 0.0) -> History:
        """Return the past of the run; other greenlets run meanwhile."""
        offset_s = time.time() - time.monotonic()
        until_s = time.monotonic()
        timeline = self._environment.stats.timeline()
        points = self._past.intervals(timeline, max(0.0, since_wall_s - offset_s), until_s)
        notes = annotations_of(self._control.annotations())
        return History(self._control.status().run, _points(points), notes)

    def endpoint_history(self, number: int) -> History:
        """Return the past of one endpoint.

        Raises: CommandError when there is none with this number.
        """
        name = self._names.name(number)
        if name is None:
            raise CommandError(f"there is no endpoint {number}", field="id", value=str(number))
        until_s = time.monotonic()
        timeline = self._environment.stats.timeline(name.method, name.name)
        points = [
            row._replace(sample=None)
            for row in self._past.intervals(timeline, 0.0, until_s)
            if row.counts is not None
        ]
        return History(self._control.status().run, _points(points), [])

    def endpoint_row(self, number: int) -> tuple[str, str, Row, FrozenStats]:
        """Return method, name and row of one endpoint, and what they were read from.

        Raises: CommandError when there is none with this number.
        """
        name = self._names.name(number)
        stats = self._environment.stats.freeze()
        entry = None if name is None else stats.snapshot().entry(name.method, name.name)
        if name is None or entry is None:
            raise CommandError(f"there is no endpoint {number}", field="id", value=str(number))
        window = stats.window()
        row = row_of(number, entry, window.entry(name.method, name.name), window_seconds(window))
        return name.method, name.name, row, stats

    # --- making frames --------------------------------------------------------------------------

    def _has_viewers(self) -> bool:
        self._forget_pollers()
        return bool(self._viewers)

    def _forget_pollers(self) -> None:
        oldest_s = time.monotonic() - _POLLING_S
        for viewer in [v for v in self._viewers.values() if v.polls and v.seen_s < oldest_s]:
            self.leave(viewer)

    def _follow_run(self) -> None:
        """Begin anew when the run is another one."""
        run = self._control.status().run
        if run != self._run:
            self._run, self._frame = run, None
            self._points.clear()
            self._rows.clear()
            self._changed.clear()

    def _make(self, stats: FrozenStats) -> Frame:
        self._number += 1
        snapshot, window = stats.snapshot(), stats.window()
        span_s = window_seconds(window)
        rows = self._make_rows(snapshot, window, span_s)
        status = status_of(self._control.status())
        runner = self._environment.runner
        shared = {
            "wall_s": round(snapshot.wall_s, 3),
            "status": msgspec.Raw(_encode(status)),
            "health": msgspec.Raw(_encode(self._health_now())),
            "workers": None if runner is None else workers_count_of(runner.workers),
            "total": msgspec.Raw(_encode(row_of(TOTAL_ID, snapshot.total, window.total, span_s))),
            "failure_kinds": len(snapshot.errors),
            "exceptions": 0 if runner is None else len(runner.exceptions),
            "warnings": self._logbook.warnings,
        }
        self._take_points(snapshot.taken_s)
        self._frame = Frame(self._number, status, shared, rows)
        self._beat.set()
        self._beat.clear()
        return self._frame

    def _make_rows(self, snapshot: Snapshot, window: Snapshot, span_s: float) -> list[Row]:
        now = {(entry.method, entry.name): entry for entry in window.entries}
        rows = []
        for entry in snapshot.entries:
            key = (entry.method, entry.name)
            row = row_of(self._names.id_of(*key), entry, now.get(key), span_s)
            if self._rows.get(row.id) != row:
                self._rows[row.id] = row
                self._changed[row.id] = self._number
            rows.append(row)
        return rows

    def _take_points(self, taken_s: float) -> None:
        """Encode the intervals that had ended when a snapshot was taken, and are new."""
        last_s = self._points[-1][0] if self._points else taken_s - _RECENT_POINTS
        timeline = self._environment.recorder.timeline(last_s)
        for row in self._past.intervals(timeline, last_s + 1e-6, taken_s):
            if row.seconds <= 1:
                self._points.append((row.start_s, msgspec.Raw(_encode(point_of(row)))))

    def _health_now(self) -> Health:
        return health_of(self._health, self._environment.unverified_users)

    def _rows_for(self, viewer: Viewer, frame: Frame, *, sorts: bool) -> tuple[list[Row], int]:
        if sorts:
            return _visible(frame.rows, self._names, viewer.view)
        changed = [row for row in frame.rows if self._changed[row.id] > viewer.frame]
        return changed, len(frame.rows)


def _visible(rows: list[Row], names: Names, view: View) -> tuple[list[Row], int]:
    found = arranged(
        rows, names, sort=view.sort, descending=view.descending, expression=view.filter
    )
    return found[view.first : view.first + view.count], len(found)


def _points(intervals: Sequence[Interval]) -> list[Any]:
    points = []
    for index, row in enumerate(intervals):
        if index % _YIELD_EVERY == _YIELD_EVERY - 1:
            gevent.sleep(0)
        points.append(point_of(row))
    return points
