"""The drain never raises, is bounded, and survives what greenlets do in it (point 1)."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like import _core
from locust_like._core import Recorder, Response, Session, Target

WAIT_S = 20.0
Until = Callable[[Callable[[], object]], None]


class ScriptError(Exception):
    """What a user's code lets escape; out of a raw greenlet, which has no net of gevent's."""


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return what the hub was told of, in place of its printing."""
    errors: list[tuple[Any, ...]] = []
    monkeypatch.setattr(gevent.get_hub(), "handle_error", lambda *error: errors.append(error))
    return errors


def test_point_1_escaping_exception_goes_to_the_hub_and_calls_go_on(
    session: Session, handled: list[tuple[Any, ...]], until: Until
) -> None:
    def fail_after_call() -> None:
        session.get("/")
        raise ScriptError("escapes")

    failing = [gevent.spawn_raw(fail_after_call) for _ in range(3)]
    until(lambda: len(handled) == 3)

    assert {error[0] for error in handled} == set(failing)
    assert {error[1] for error in handled} == {ScriptError}
    assert [str(error[2]) for error in handled] == ["escapes"] * 3
    assert session.get("/").status_code == 200


def test_point_1_exception_after_a_sleep_goes_to_the_hub(
    handled: list[tuple[Any, ...]], until: Until
) -> None:
    def fail_after_sleep() -> None:
        _core.sleep(0.001)
        raise ScriptError

    gevent.spawn_raw(fail_after_sleep)
    until(lambda: handled)

    assert handled[0][1] is ScriptError
    _core.sleep(0.001)


def test_point_1_hub_that_cannot_handle_an_error_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    """The interpreter reports it as unraisable; the watcher must not see it."""
    unraisable: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)

    def broken(*_error: object) -> None:
        raise RuntimeError("handler is broken")

    monkeypatch.setattr(gevent.get_hub(), "handle_error", broken)

    def fail_after_call() -> None:
        session.get("/")
        raise ScriptError

    gevent.spawn_raw(fail_after_call)
    until(lambda: unraisable)

    assert str(unraisable[0].exc_value) == "handler is broken"
    assert session.get("/").status_code == 200


def test_point_1_other_greenlets_run_during_a_long_drain() -> None:
    """Hundreds finish at once and compute; gevent's timers get their turn between slices."""
    finished_at_tick: list[int] = []
    ticks = 0

    def compute() -> None:
        _core.sleep(0.01)
        sum(range(20000))
        finished_at_tick.append(ticks)

    def tick() -> None:
        nonlocal ticks
        while len(finished_at_tick) < 300:
            ticks += 1
            gevent.sleep(0.001)

    users = [gevent.spawn(compute) for _ in range(300)]
    gevent.joinall([*users, gevent.spawn(tick)], timeout=WAIT_S)

    assert len(finished_at_tick) == 300
    assert len(set(finished_at_tick)) > 5


def test_a_thousand_greenlets_whose_listeners_wait(
    make_session: Callable[..., Any], recorder: Recorder, target: Target
) -> None:
    """Listeners run above the native call; switching there must not abort the process."""
    heard = 0

    def listener(_response: Response) -> None:
        nonlocal heard
        gevent.sleep(0.001)
        _core.sleep(0.001)
        heard += 1

    recorder.set_listeners([print])

    def user() -> None:
        session = make_session()
        session.on_report = listener
        session.get("/")
        with session.get("/json", catch_response=True) as response:
            response.success()

    users = [gevent.spawn(user) for _ in range(1000)]
    gevent.joinall(users, timeout=60)

    assert all(one.successful() for one in users)
    assert heard == recorder.collect().total.num_requests == target.counters()["requests"] == 2000


def test_a_listener_may_call_the_same_session(session: Any, recorder: Recorder) -> None:
    def listener(response: Response) -> None:
        if response.name == "/":
            session.get("/json")

    recorder.set_listeners([print])
    session.on_report = listener

    session.get("/")

    names = {entry.name: entry.num_requests for entry in recorder.collect().entries}
    assert names == {"/": 1, "/json": 1}


def test_what_a_listener_raises_comes_out_of_the_call(session: Any, recorder: Recorder) -> None:
    def listener(_response: Response) -> None:
        raise ScriptError

    recorder.set_listeners([print])
    session.on_report = listener

    with pytest.raises(ScriptError):
        session.get("/")
    assert recorder.collect().total.num_requests == 1


def test_shutdown_in_a_drain_ends_those_still_waiting_in_it(session: Session) -> None:
    """All finish in one batch; the first to run stops the engine under the others."""
    ended: list[int] = []

    def sleep(number: int) -> None:
        _core.sleep(0.01)
        if not ended:
            _core.shutdown()
        ended.append(number)

    session.get("/")
    users = [gevent.spawn(sleep, number) for number in range(100)]
    gevent.joinall(users, timeout=WAIT_S)

    assert sorted(ended) == list(range(100))
    assert _core.hub_is_waiting() == 0
    assert session.get("/").status_code == 200
