"""A cluster in one process: links without sockets.

The links keep the promises that runners build on: the newest assignment wins and is delivered after
each admission, parcels and orders arrive once and in order, figures are counted once. What can be
lost is lost by `cut`, and comes back by `heal`.
"""

import os
from collections import deque
from dataclasses import dataclass, field, replace


@dataclass
class Event:
    """What `take_events` returns."""

    kind: str
    index: int = -1
    text: str = ""
    number: int = 0
    document: bytes = b""


@dataclass
class Status:
    """What `workers` returns."""

    index: int
    name: str
    host: str = "here"
    pid: int = 1
    weight: float = 1.0
    is_here: bool = True
    reason: str = ""
    state: str = "ready"
    users: int = 0
    applied_version: int = 0
    recorded_requests: int = 0
    counted_requests: int = 0
    unaccounted_requests: int = 0
    unaccounted_s: float = 0.0
    unaccounted_estimate: int = 0
    cpu_share: float = 0.0
    rss_bytes: int = 0
    python_age_s: float = 0.0
    blocking: str = ""
    heartbeat_age_s: float = 0.0
    clock_skew_s: float = 0.0
    round_trip_s: float = 0.0
    product_version: str = "1"


class Mailbox:
    """Events, and a descriptor that is readable while some wait."""

    def __init__(self) -> None:
        self._descriptor = os.eventfd(0, os.EFD_NONBLOCK)
        self._events: deque[Event] = deque()

    def put(self, event: Event) -> None:
        self._events.append(event)
        os.eventfd_write(self._descriptor, 1)

    def fileno(self) -> int:
        return self._descriptor

    def take_events(self) -> list[Event]:
        if self._events:
            os.eventfd_read(self._descriptor)
        taken = list(self._events)
        self._events.clear()
        return taken

    def close_descriptor(self) -> None:
        os.close(self._descriptor)


@dataclass
class Seat:
    """What the master's link keeps of one worker."""

    status: Status
    link: "FakeWorkerLink"
    version: int = 0
    assignment: tuple[int, bytes] | None = None
    waiting: deque[Event] = field(default_factory=deque)


class FakeMasterLink(Mailbox):
    """The master's side."""

    port = 5557

    def __init__(self) -> None:
        super().__init__()
        self.seats: dict[int, Seat] = {}
        self.run = 0
        self.is_closed = False

    def workers(self) -> list[Status]:
        return [replace(seat.status) for _, seat in sorted(self.seats.items())]

    def begin_run(self, run: int) -> None:
        self.run = run

    def assign(self, index: int, run: int, document: bytes) -> int:
        seat = self.seats[index]
        seat.version += 1
        seat.assignment = seat.version, document
        if seat.link.is_connected:
            seat.link.put(Event("assignment", number=seat.version, document=document))
        return seat.version

    def send(self, index: int, kind: str, document: bytes) -> None:
        seat = self.seats[index]
        event = Event("order", text=kind, document=document)
        if seat.link.is_connected:
            seat.link.put(event)
        else:
            seat.waiting.append(event)

    def remove(self, index: int, text: str) -> None:
        seat = self.seats[index]
        seat.link.put(Event("gave-up", text=text))
        self.lose(index, text)

    def close(self, timeout_s: float = 1.0) -> None:
        self.is_closed = True
        for seat in self.seats.values():
            if seat.link.is_connected:
                seat.link.put(Event("goodbye"))

    # What a test does, or the other side.

    def admit(self, link: "FakeWorkerLink") -> None:
        known = next((seat for seat in self.seats.values() if seat.link is link), None)
        index = len(self.seats) if known is None else known.status.index
        seat = self.seats.setdefault(index, Seat(Status(index, link.name), link))
        seat.status.is_here, seat.status.reason = True, ""
        link.index, link.is_connected = index, True
        text = "same-master" if link.master is self else "new-master"
        link.master = self
        link.put(Event("admitted", number=index, text=text))
        self.put(Event("rejoined" if known else "joined", index, link.name))
        if seat.assignment is not None:
            version, document = seat.assignment
            link.put(Event("assignment", number=version, document=document))
        while seat.waiting:
            link.put(seat.waiting.popleft())
        while link.waiting:
            self.put(replace(link.waiting.popleft(), index=index))

    def lose(self, index: int, reason: str, kind: str = "lost") -> None:
        seat = self.seats[index]
        seat.status.is_here, seat.status.reason = False, reason
        seat.link.is_connected = False
        self.put(Event(kind, index, reason))


class FakeWorkerLink(Mailbox):
    """The worker's side."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.index = -1
        self.is_connected = False
        self.master: FakeMasterLink | None = None
        self.waiting: deque[Event] = deque()
        self.runs: list[int] = []
        self.is_closed = False

    def beat(self, state: str, users: int, applied_version: int) -> None:
        if self.master is None or not self.is_connected:
            return
        status = self.master.seats[self.index].status
        status.state, status.users = state, users
        if applied_version != status.applied_version:
            status.applied_version = applied_version
            self.master.put(Event("applied", self.index, number=applied_version))

    def begin_run(self, run: int) -> None:
        self.runs.append(run)

    def finish_run(self) -> None:
        self._up(Event("finished", number=self.runs[-1]))
        if self.is_connected:
            self.put(Event("drained", number=self.runs[-1]))

    def send(self, kind: str, document: bytes) -> None:
        self._up(Event("parcel", text=kind, document=document))

    def close(self, timeout_s: float = 1.0) -> None:
        if not self.is_closed and self.master is not None and self.is_connected:
            self.master.lose(self.index, "", "left")
        self.is_closed = True

    def _up(self, event: Event) -> None:
        if self.master is not None and self.is_connected:
            self.master.put(replace(event, index=self.index))
        else:
            self.waiting.append(event)
