"""Finding the function that blocks the hub, on a hub that is really blocked."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import gevent
import pytest

from locust_like.runtime import blocking
from locust_like.runtime.blocking import BlockingSampler

ENOUGH_S = 20.0


@pytest.fixture
def sampler() -> Iterator[BlockingSampler]:
    sampler = BlockingSampler()
    sampler.start()
    yield sampler
    sampler.stop()


def compute_until_seen(sampler: BlockingSampler) -> str:
    """Block the hub until the sampler has something to say."""
    end_s = time.monotonic() + ENOUGH_S
    while time.monotonic() < end_s:
        blockers = sampler.take()
        if blockers:
            return blockers[0].place
    return "nothing seen"


def test_a_function_that_computes_is_named_with_file_and_line(sampler: BlockingSampler) -> None:
    place = gevent.spawn(compute_until_seen, sampler).get()
    path, _, rest = place.partition(":")
    assert path.endswith("test_blocking.py")
    line, _, function = rest.partition(" in ")
    assert line.isdigit()
    assert function == "compute_until_seen"


def test_a_call_that_waits_outside_gevent_is_named(sampler: BlockingSampler) -> None:
    def nap() -> list[str]:
        seen: list[str] = []
        end_s = time.monotonic() + ENOUGH_S
        while not seen and time.monotonic() < end_s:
            time.sleep(0.1)
            seen += [one.place for one in sampler.take()]
        return seen

    assert gevent.spawn(nap).get()[0].endswith(" in nap")


def test_whoever_has_to_know_is_told_while_python_is_blocked() -> None:
    told: list[str] = []
    sampler = BlockingSampler(told.append)
    sampler.start()

    def compute() -> list[str]:
        end_s = time.monotonic() + ENOUGH_S
        while not told and time.monotonic() < end_s:
            sum(range(1000))
        return told[:]

    try:
        (place,) = gevent.spawn(compute).get()
        assert place.endswith(" in compute")
        end_s = time.monotonic() + ENOUGH_S
        while len(told) < 2 and time.monotonic() < end_s:
            gevent.sleep(0.01)
        assert told == [place, ""]
    finally:
        sampler.stop()


def test_a_hub_that_waits_is_not_blocked(sampler: BlockingSampler) -> None:
    for _ in range(10):
        gevent.sleep(0.02)
    sampler.stop()
    assert sampler.take() == []


def test_what_was_taken_is_not_told_again(sampler: BlockingSampler) -> None:
    gevent.spawn(compute_until_seen, sampler).get()
    sampler.stop()
    sampler.take()
    assert sampler.take() == []


def test_a_sampler_may_be_stopped_twice_and_started_again() -> None:
    sampler = BlockingSampler()
    sampler.stop()
    for _ in range(2):
        sampler.start()
        sampler.stop()
        sampler.stop()
    assert sampler.take() == []


@pytest.mark.parametrize(
    ("wall_s", "cpu_s", "held_s"), [(0.05, 0.0, 0.0), (0.35, 0.3, 0.3), (0.35, 0.0, 0.0)]
)
def test_a_late_look_counts_where_the_thread_computed(
    wall_s: float, cpu_s: float, held_s: float
) -> None:
    before, now = blocking._Reading(10.0, 1.0), blocking._Reading(10.0 + wall_s, 1.0 + cpu_s)
    assert blocking._held_s(before, now, 0.05) == pytest.approx(held_s)


def test_places_are_named_from_here_or_by_their_last_two_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/home/me/load")

    def text(path: str) -> str:
        code = SimpleNamespace(co_filename=path, co_name="parse")
        return blocking._text(blocking._Place(code, 12))  # type: ignore[arg-type]

    assert text("/home/me/load/locustfile.py") == "locustfile.py:12 in parse"
    assert text("/home/me/load/lib/tools.py") == "lib/tools.py:12 in parse"
    assert text("/opt/shared/lib/tools.py") == "lib/tools.py:12 in parse"
