"""The face of the cluster's links: what Python is told, and that it never holds them up."""

import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import gevent
import pytest

from locust_like import _core
from locust_like._core import ClusterKeys, LinkEvent, MasterLink, Recorder, WorkerLink

WAIT_S = 30.0  # only a failing test waits that long
RUN = 2**63 + 5  # as large as a run's id may be


class Link(Protocol):
    def fileno(self) -> int: ...
    def take_events(self) -> list[LinkEvent]: ...


class Events:
    """Takes a link's events, and keeps those that nobody asked for yet."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._seen: list[LinkEvent] = []

    def wait_for(self, kind: str) -> LinkEvent:
        """Return the next event of that kind, and forget those before it."""
        end_s = time.monotonic() + WAIT_S
        while True:
            self._seen += self._link.take_events()
            for position, event in enumerate(self._seen):
                if event.kind == kind:
                    del self._seen[: position + 1]
                    return event
            left_s = end_s - time.monotonic()
            assert left_s > 0, f"no {kind}"
            select.select([self._link], [], [], left_s)

    def kinds(self) -> list[str]:
        self._seen += self._link.take_events()
        return [event.kind for event in self._seen]


@dataclass
class Cluster:
    """A master and a worker in one process, in a run."""

    master: MasterLink
    worker: WorkerLink
    counted: Recorder  # the master's
    recorder: Recorder  # the worker's
    of_master: Events
    of_worker: Events


@pytest.fixture
def keys() -> ClusterKeys:
    return ClusterKeys.generate()


@pytest.fixture
def cluster(keys: ClusterKeys) -> Iterator[Cluster]:
    counted, recorder = Recorder(), Recorder()
    master = MasterLink(counted, keys, "127.0.0.1", 0, "1.0")
    worker = WorkerLink(recorder, "127.0.0.1", master.port, keys.join_token, "1.1", name="w")
    of_master, of_worker = Events(master), Events(worker)
    of_master.wait_for("joined")
    of_worker.wait_for("admitted")
    master.begin_run(RUN)
    recorder.reset()
    worker.begin_run(RUN)
    yield Cluster(master, worker, counted, recorder, of_master, of_worker)
    worker.close(0)
    master.close(0)


def fire(recorder: Recorder, count: int, name: str = "/") -> None:
    for _ in range(count):
        recorder.fire(request_type="GET", name=name, response_time=5, response_length=1)


def test_keys_are_texts(keys: ClusterKeys) -> None:
    _core.check_join_token(keys.join_token)
    assert ClusterKeys.decode(keys.encode()).join_token == keys.join_token
    with pytest.raises(ValueError, match="the join token is damaged"):
        _core.check_join_token("llj1-x")
    with pytest.raises(ValueError, match="key file is damaged"):
        ClusterKeys.decode(keys.join_token)


def test_a_worker_is_known_by_what_it_says(cluster: Cluster) -> None:
    cluster.worker.beat("running", 7, 0)
    cluster.worker.set_blocking("locustfile.py:3")
    cluster.worker.send("mark", b"")
    cluster.of_master.wait_for("parcel")
    (status,) = cluster.master.workers()
    assert (status.index, status.worker_id, status.name) == (0, cluster.worker.worker_id, "w")
    assert (status.pid, status.product_version, status.weight) == (os.getpid(), "1.1", 1.0)
    assert (status.is_here, status.generation) == (True, 1)
    assert len(cluster.worker.worker_id) == 32
    assert status.rss_bytes >= 0


def test_both_sides_know_when_a_heartbeat_was_last(cluster: Cluster) -> None:
    before_s = time.monotonic()
    cluster.worker.beat("running", 7, 3)
    cluster.of_master.wait_for("applied")
    (status,) = cluster.master.workers()
    assert 0 <= status.heartbeat_age_s <= time.monotonic() - before_s
    assert 0 <= cluster.worker.heartbeat_age_s < WAIT_S


def test_assignments_orders_and_parcels_arrive(cluster: Cluster) -> None:
    assert cluster.master.assign(0, RUN, b"do \xff this") == 1
    assignment = cluster.of_worker.wait_for("assignment")
    assert (assignment.number, assignment.document) == (1, b"do \xff this")
    cluster.worker.beat("running", 0, 1)
    assert cluster.of_master.wait_for("applied").number == 1
    for number in range(3):
        cluster.master.send(0, "order", str(number).encode())
        cluster.worker.send("parcel", str(number).encode())
    assert [cluster.of_worker.wait_for("order").document for _ in range(3)] == [b"0", b"1", b"2"]
    parcels = [cluster.of_master.wait_for("parcel") for _ in range(3)]
    assert [(p.text, p.index, p.document) for p in parcels] == [
        ("parcel", 0, b"0"),
        ("parcel", 0, b"1"),
        ("parcel", 0, b"2"),
    ]


def test_what_the_worker_counts_is_the_masters_when_the_run_is_drained(cluster: Cluster) -> None:
    fire(cluster.recorder, 1000, "/a")
    cluster.worker.flush(WAIT_S)
    fire(cluster.recorder, 500, "/b")
    cluster.worker.finish_run()
    assert cluster.of_worker.wait_for("drained").number == RUN
    assert cluster.of_master.wait_for("finished").number == RUN
    snapshot = cluster.counted.collect()
    assert {e.name: e.num_requests for e in snapshot.entries} == {"/a": 1000, "/b": 500}
    assert cluster.master.workers()[0].counted_requests == 1500
    assert sum(p.num_requests for p in cluster.counted.timeline()) == 1500


def test_users_calls_are_reported_as_well(cluster: Cluster, target_url: str) -> None:
    session = _core.Session(cluster.recorder.profile(target_url, []))
    gevent.joinall([gevent.spawn(session.get, "/") for _ in range(20)])
    assert cluster.worker.flush(WAIT_S)
    assert cluster.counted.collect().total.num_requests == 20


def test_computing_python_is_not_a_dead_worker(cluster: Cluster) -> None:
    busy_until_s = time.monotonic() + 3.6  # longer than a silent worker is waited for
    while time.monotonic() < busy_until_s:
        sum(range(1_000_000))  # keeps the GIL
    assert "lost" not in cluster.of_master.kinds()
    assert cluster.of_worker.kinds() == []
    (status,) = cluster.master.workers()
    assert status.is_here
    assert status.heartbeat_age_s < 3
    assert status.python_age_s > 1


def test_calls_that_wait_let_other_threads_run(cluster: Cluster) -> None:
    cluster.master.close(0)
    ran = threading.Event()
    thread = threading.Thread(target=ran.set)
    cluster.worker.send("parcel", b"that nobody takes")
    thread.start()
    assert not cluster.worker.flush(0.2)
    thread.join(WAIT_S)
    assert ran.is_set()


def test_limits_are_errors_with_words(cluster: Cluster) -> None:
    too_large = bytes(1024 * 1024 + 1)
    with pytest.raises(ValueError, match="1048577 bytes are more than"):
        cluster.worker.send("kind", too_large)
    with pytest.raises(ValueError, match="1048577 bytes are more than"):
        cluster.master.send(0, "kind", too_large)
    with pytest.raises(ValueError, match="1048577 bytes are more than"):
        cluster.master.assign(0, RUN, too_large)
    with pytest.raises(ValueError, match="no worker with index 4"):
        cluster.master.assign(4, RUN, b"")
    cluster.worker.close()
    cluster.of_master.wait_for("left")
    for _ in range(1000):
        cluster.master.send(0, "kind", b"")
    with pytest.raises(OSError, match="has not yet taken 1000 messages"):
        cluster.master.send(0, "kind", b"")


def test_a_removed_worker_gives_up(cluster: Cluster) -> None:
    cluster.master.remove(0, "taken out")
    assert cluster.of_worker.wait_for("gave-up").text == "taken out"
    assert cluster.of_master.wait_for("lost").text == "taken out"
    assert not cluster.master.workers()[0].is_here


def test_both_sides_say_goodbye(cluster: Cluster) -> None:
    cluster.worker.close()
    cluster.worker.close()
    assert cluster.of_master.wait_for("left").text == "exited"
    cluster.master.close()
    assert cluster.master.workers()[0].reason == "exited"


def test_a_port_that_is_taken_is_an_oserror(keys: ClusterKeys, cluster: Cluster) -> None:
    port = cluster.master.port
    with pytest.raises(OSError, match=f"listen on 127.0.0.1:{port}: Address already in use"):
        MasterLink(Recorder(), keys, "127.0.0.1", port, "1.0")
    with pytest.raises(ValueError, match="listen on nowhere"):
        MasterLink(Recorder(), keys, "nowhere", 0, "1.0")


def test_a_damaged_token_is_a_valueerror() -> None:
    with pytest.raises(ValueError, match="the join token is damaged"):
        WorkerLink(Recorder(), "127.0.0.1", 1, "rubbish", "1.0")


def test_a_link_needs_a_recorder(keys: ClusterKeys) -> None:
    make: Callable[..., MasterLink] = MasterLink
    with pytest.raises(TypeError, match="needs a Recorder"):
        make(object(), keys, "127.0.0.1", 0, "1.0")


def test_a_state_that_is_too_long_is_cut_between_characters(cluster: Cluster) -> None:
    cluster.worker.beat("\N{SNOWMAN}" * 30, 0, 0)
    cluster.worker.send("mark", b"")
    cluster.of_master.wait_for("parcel")
    assert cluster.master.workers()[0].state == "\N{SNOWMAN}" * 21
