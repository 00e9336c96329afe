"""Who may wait for the engine, and what wakes whom (points 2, 3 and 4 of the bridge)."""

import threading
from collections.abc import Callable

import gevent
import pytest
from gevent.event import Event
from gevent.exceptions import BlockingSwitchOutError

from locust_like import _core
from locust_like._core import Recorder, Response, Session, Target

WAIT_S = 20.0


def test_point_2_greenlets_wait_at_the_same_time(session: Session, target: Target) -> None:
    users = [gevent.spawn(session.get, "/delay/30") for _ in range(20)]
    sessions_waiting: list[int] = []
    gevent.spawn(lambda: sessions_waiting.append(_core.hub_is_waiting()))

    gevent.joinall(users, timeout=WAIT_S)

    assert [user.value.status_code for user in users] == [200] * 20
    assert sessions_waiting == [20]
    assert _core.hub_is_waiting() == 0
    assert target.counters()["requests"] == 20


def test_point_2_hub_itself_may_not_wait(session: Session, target: Target) -> None:
    raised: list[BaseException] = []
    tried = Event()

    def in_hub_callback() -> None:
        for wait in (lambda: session.get("/"), lambda: _core.sleep(0.01)):
            with pytest.raises(BlockingSwitchOutError) as caught:
                wait()
            raised.append(caught.value)
        tried.set()

    session.get("/")
    gevent.get_hub().loop.run_callback(in_hub_callback)
    assert tried.wait(WAIT_S)

    assert len(raised) == 2
    assert "gevent.spawn" in str(raised[0])
    assert session.get("/").status_code == 200
    assert target.counters()["requests"] == 2


def test_point_2_call_refused_in_hub_is_not_counted(session: Session, recorder: Recorder) -> None:
    session.get("/")
    done = Event()

    def in_hub_callback() -> None:
        with pytest.raises(BlockingSwitchOutError):
            session.get("/", catch_response=True)
        done.set()

    gevent.get_hub().loop.run_callback(in_hub_callback)
    assert done.wait(WAIT_S)

    total = recorder.collect().total
    assert (total.num_requests, total.num_cancelled) == (1, 0)


def test_point_2_other_thread_waits_without_the_gil(session: Session) -> None:
    """The main thread could not let the server answer if the waiting thread kept the GIL."""
    replies: list[Response] = []
    thread = threading.Thread(target=lambda: replies.append(session.get("/delay/50")))
    session.get("/")

    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
        gevent.sleep(0)
    thread.join()

    assert replies[0].content == b"delay_ms 50\n"
    assert turns > 10


def test_point_2_other_threads_and_greenlets_mix(
    session: Session, target: Target, recorder: Recorder
) -> None:
    threads = [
        threading.Thread(target=lambda: [session.get("/") for _ in range(50)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    users = [gevent.spawn(lambda: [session.get("/") for _ in range(50)]) for _ in range(4)]
    gevent.joinall(users, timeout=WAIT_S)
    for thread in threads:
        thread.join(WAIT_S)

    assert recorder.collect().total.num_requests == target.counters()["requests"] == 400


def test_point_2_sleep_in_another_thread() -> None:
    over = threading.Event()

    def sleep() -> None:
        _core.sleep(0.01)
        over.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    thread.join(WAIT_S)
    assert over.is_set()


def test_point_3_stray_wake_up_waits_again(session: Session) -> None:
    waiting = gevent.spawn(session.get, "/delay/400")
    gevent.idle()
    for _ in range(5):
        gevent.get_hub().loop.run_callback(waiting.switch, "stray")
        gevent.sleep(0)
        assert not waiting.dead

    assert waiting.get(timeout=WAIT_S).content == b"delay_ms 400\n"


def test_point_3_stray_wake_up_of_a_sleep_waits_again() -> None:
    woken: list[str] = []

    def sleep() -> None:
        _core.sleep(0.4)
        woken.append("sleep")

    sleeping = gevent.spawn(sleep)
    gevent.idle()
    gevent.get_hub().loop.run_callback(sleeping.switch)
    gevent.sleep(0)
    assert woken == []

    sleeping.join(WAIT_S)
    assert woken == ["sleep"]


def test_point_4_hub_ends_when_nothing_is_in_flight(session: Session) -> None:
    user = gevent.spawn(session.get, "/delay/20")

    assert gevent.wait(timeout=WAIT_S) is True

    assert user.value.status_code == 200


def test_point_4_hub_stays_while_a_greenlet_waits() -> None:
    """Nothing but the engine keeps the loop alive here."""
    order: list[str] = []

    def sleep() -> None:
        _core.sleep(0.03)
        order.append("slept")

    gevent.spawn(sleep)
    gevent.wait()
    order.append("hub ended")

    assert order == ["slept", "hub ended"]


def submit_in_greenlet(call: Callable[[], None]) -> None:
    gevent.spawn(call).join(WAIT_S)


def submit_in_timer(call: Callable[[], None]) -> None:
    gevent.spawn_later(0.001, call).join(WAIT_S)


def submit_after_gevent_sleep(call: Callable[[], None]) -> None:
    gevent.sleep(0.001)
    call()


def submit_in_main(call: Callable[[], None]) -> None:
    call()


@pytest.mark.parametrize(
    "submit",
    [submit_in_greenlet, submit_in_timer, submit_after_gevent_sleep, submit_in_main],
)
def test_point_4_submission_outside_a_drain_is_flushed(
    session: Session, target: Target, submit: Callable[[Callable[[], None]], None]
) -> None:
    """A single one: the batch of 16 that would cross by itself is never full."""
    replies: list[Response] = []

    submit(lambda: replies.append(session.get("/")))

    assert [reply.status_code for reply in replies] == [200]
    assert target.counters()["requests"] == 1


def test_wheel_wakes_in_order_of_due_times() -> None:
    order: list[int] = []

    def sleep(ms: int) -> None:
        _core.sleep(ms / 1000)
        order.append(ms)

    waits_ms = [240, 60, 180, 0, 120]
    gevent.joinall([gevent.spawn(sleep, ms) for ms in waits_ms], timeout=WAIT_S)

    assert order == sorted(waits_ms)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), -0.001])
def test_sleep_refuses_what_is_no_duration(seconds: float) -> None:
    with pytest.raises(ValueError, match="number of seconds >= 0"):
        _core.sleep(seconds)


def test_sleep_refuses_text() -> None:
    with pytest.raises(TypeError):
        _core.sleep("1")  # type: ignore[arg-type]  # what a script may do
