"""A cluster in one process: links without sockets and a placement without mathematics.

The links keep the promises that runners build on: the newest assignment wins and is delivered after
each admission, parcels and orders arrive once and in order, figures are counted once. What can be
lost is lost by `cut`, and comes back by `heal`.
"""

import os
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from locust_like._core import UserSequence


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

    def flush(self, timeout_s: float) -> bool:
        return not self.waiting

    def close(self, timeout_s: float = 1.0) -> None:
        if not self.is_closed and self.master is not None and self.is_connected:
            self.master.lose(self.index, "", "left")
        self.is_closed = True

    def _up(self, event: Event) -> None:
        if self.master is not None and self.is_connected:
            self.master.put(replace(event, index=self.index))
        else:
            self.waiting.append(event)


class FakePlacement:
    """Places users evenly; which class comes next is decided as in a local run."""

    def __init__(self, classes: Sequence[tuple[str, float, int]]) -> None:
        self._users: dict[int, Counter[str]] = {}
        self.set_classes(classes)

    def set_classes(self, classes: Sequence[tuple[str, float, int]]) -> None:
        self._sequence = UserSequence(list(classes))

    def set_workers(self, workers: Sequence[tuple[int, str, float]]) -> dict[int, dict[str, int]]:
        kept = {index: self._users.get(index, Counter()) for index, _, _ in workers}
        gone = {index: dict(c) for index, c in self._users.items() if index not in kept}
        self._users = kept
        return gone

    def step(self, target: int, most: int) -> dict[int, dict[str, int]]:
        before = {index: dict(+users) for index, users in self._users.items()}
        for _ in range(most):
            if not self._users or not self._one(target):
                break
        now = {index: dict(+users) for index, users in self._users.items()}
        return {index: users for index, users in now.items() if users != before[index]}

    def _one(self, target: int) -> bool:
        emptiest = min(self._users, key=lambda i: (self._users[i].total(), i))
        fullest = max(self._users, key=lambda i: (self._users[i].total(), i))
        wanted = Counter(self._sequence.users_at(target))
        have = Counter(self.counts())
        if self.placed < target:
            name = self._sequence.next(dict(have))
            if name is None:
                return False
            self._users[emptiest][name] += 1
        elif self.placed > target:
            surplus = have - wanted
            old = max(surplus, key=lambda n: (surplus[n], n))
            holder = max(self._users, key=lambda i: (self._users[i][old] > 0, self._size(i)))
            self._users[holder][old] -= 1
        elif have - wanted:
            old, new = min(have - wanted), min(wanted - have)
            holder = next(i for i, users in self._users.items() if users[old])
            self._users[holder][old] -= 1
            self._users[holder][new] += 1
        elif self._size(fullest) - self._size(emptiest) > 1:
            moved = min(+self._users[fullest])
            self._users[fullest][moved] -= 1
            self._users[emptiest][moved] += 1
        else:
            return False
        return True

    def _size(self, index: int) -> int:
        return self._users[index].total()

    def is_settled(self, target: int) -> bool:
        if not self._users or self.placed != target:
            return target == 0 and self.placed == 0
        sizes = [self._size(index) for index in self._users]
        wanted = {n: c for n, c in self._sequence.users_at(target).items() if c}
        return max(sizes) - min(sizes) <= 1 and self.counts() == wanted

    def counts(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for users in self._users.values():
            total.update(users)
        return dict(+total)

    def of_worker(self, index: int) -> Mapping[str, int]:
        return dict(+self._users[index])

    @property
    def placed(self) -> int:
        return sum(users.total() for users in self._users.values())
