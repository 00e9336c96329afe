"""Whatever happens to the workers of a real master, the users end up where they belong."""

import contextlib

import gevent
from hypothesis import given, settings
from hypothesis import strategies as st

from .cluster import Event
from .conftest import FAST_PER_S, Cluster, until

MAX_WORKERS = 4
WORKER = st.integers(0, MAX_WORKERS - 1)
EVENTS = st.one_of(
    st.tuples(st.just("join"), WORKER),
    st.tuples(st.just("cut"), WORKER),
    st.tuples(st.just("return"), WORKER),
    st.tuples(st.just("repeat"), WORKER),
    st.tuples(st.just("drain"), WORKER),
    st.tuples(st.just("pass"), WORKER),
    st.tuples(st.just("users"), st.integers(1, 30)),
)


def happen(cluster: Cluster, what: str, number: int) -> None:
    """Let one thing happen, if it can."""
    here = [link for link in cluster.links if link.is_connected]
    if what == "join" and len(cluster.links) < MAX_WORKERS:
        cluster.join()
    elif what == "users" and here:
        cluster.master.start(number, FAST_PER_S)
    elif what == "pass":
        gevent.sleep(0.05)
    elif number < len(cluster.links):
        link = cluster.links[number]
        if what == "return" and not link.is_connected:
            cluster.link.admit(link)
        elif what == "drain":
            with contextlib.suppress(ValueError):  # the last that can run users
                cluster.master.drain_worker(number, is_drained=True)
        elif what == "cut" and link.is_connected:
            cluster.link.lose(number, "cut off")
        elif what == "repeat" and link.is_connected:
            assignment = cluster.link.seats[number].assignment
            if assignment is not None:
                link.put(Event("assignment", number=assignment[0], document=assignment[1]))


@settings(max_examples=25, deadline=None)
@given(st.lists(EVENTS, max_size=12))
def test_users_return_to_their_target(events: list[tuple[str, int]]) -> None:
    cluster = Cluster()
    try:
        cluster.join()
        cluster.master.start(10, FAST_PER_S)
        target = 10
        for what, number in events:
            if what == "users" and any(link.is_connected for link in cluster.links):
                target = number
            happen(cluster, what, number)
            gevent.sleep(0)
        for link in cluster.links:
            if not link.is_connected:
                cluster.link.admit(link)
        until(lambda: cluster.master.worker_count == len(cluster.links))
        for index in range(len(cluster.links)):
            cluster.master.drain_worker(index, is_drained=False)
        until(lambda: is_balanced(cluster, target))
    finally:
        cluster.end()


def is_balanced(cluster: Cluster, target: int) -> bool:
    users = cluster.users()
    return sum(users) == cluster.master.user_count == target and max(users) - min(users) <= 1
