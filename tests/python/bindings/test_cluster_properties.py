"""Whatever happens on the links, each figure is counted once and each parcel delivered once."""

import os
import select
import socket
import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from locust_like._core import ClusterKeys, MasterLink, Recorder, WorkerLink

WAIT_S = 30.0  # only a failing test waits that long
WORKERS = 3
WORKER = st.integers(0, WORKERS - 1)
STEPS = st.one_of(
    st.tuples(st.just("fire"), WORKER, st.integers(1, 50)),
    st.tuples(st.just("parcel"), WORKER, st.just(0)),
    st.tuples(st.just("flush"), WORKER, st.just(0)),
    st.tuples(st.just("replace"), WORKER, st.just(0)),
    st.tuples(st.just("reset"), WORKER, st.just(0)),
    st.tuples(st.just("stranger"), WORKER, st.integers(0, 2000)),
)


class Worker:
    """A worker without users: figures, parcels, and what was told of them."""

    def __init__(self, master: MasterLink, token: str, number: int) -> None:
        self.recorder = Recorder()
        self.link = WorkerLink(
            self.recorder, "127.0.0.1", master.port, token, "1", name=f"w{number}"
        )
        self.recorder.reset()
        self.link.begin_run(1)

    def end(self) -> None:
        self.link.finish_run()
        assert self.link.flush(WAIT_S)
        self.link.close(1.0)


class World:
    """A master with workers, and what it must have in the end."""

    def __init__(self) -> None:
        keys = ClusterKeys.generate()
        self.token = keys.join_token
        self.counted = Recorder()
        self.master = MasterLink(self.counted, keys, "127.0.0.1", 0, "1")
        self.master.begin_run(1)
        self.workers = [Worker(self.master, self.token, i) for i in range(WORKERS)]
        self.fired: Counter[str] = Counter()
        self.parcels: list[bytes] = []

    def do(self, what: str, number: int, count: int) -> None:
        worker = self.workers[number]
        if what == "fire":
            name = f"/{count % 3}"
            self.fired[name] += count
            for _ in range(count):
                worker.recorder.fire(
                    request_type="GET", name=name, response_time=5, response_length=1
                )
        elif what == "parcel":
            self.parcels.append(str(len(self.parcels)).encode())
            worker.link.send("test", self.parcels[-1])
        elif what == "flush":
            assert worker.link.flush(WAIT_S)
        elif what == "reset":  # what was counted until now is reported first, as the runtime does
            assert worker.link.flush(WAIT_S)
            worker.recorder.reset()
        elif what == "replace":
            worker.end()
            self.workers[number] = Worker(self.master, self.token, number)
        elif what == "stranger":
            with socket.create_connection(("127.0.0.1", self.master.port)) as stranger:
                stranger.sendall(os.urandom(count))

    def end(self) -> list[bytes]:
        """End all workers; return the parcels that the master was given."""
        for worker in self.workers:
            worker.end()
        found = []
        end_s = time.monotonic() + WAIT_S
        while True:
            events = self.master.take_events()
            found += [event.document for event in events if event.kind == "parcel"]
            if not events and not any(status.is_here for status in self.master.workers()):
                return found
            assert time.monotonic() < end_s
            select.select([self.master], [], [], 0.1)


@settings(max_examples=15, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_figures_and_parcels_arrive_exactly_once(steps: list[tuple[str, int, int]]) -> None:
    world = World()
    try:
        for what, number, count in steps:
            world.do(what, number, count)
        assert sorted(world.end()) == sorted(world.parcels)
        entries = world.counted.collect().entries
        assert {entry.name: entry.num_requests for entry in entries} == dict(world.fired)
        assert all(status.unaccounted_requests == 0 for status in world.master.workers())
    finally:
        for worker in world.workers:
            worker.link.close(0)
        world.master.close(0)
