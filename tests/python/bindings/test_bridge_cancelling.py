"""Killed and timed-out greenlets: one row a call, no late resume, no crash (point 3)."""

import random
from collections.abc import Callable

import gevent
import pytest
from gevent.event import Event

from locust_like import _core
from locust_like._core import Recorder, Response, Session, Target

WAIT_S = 20.0
Until = Callable[[Callable[[], object]], None]
ROUNDS = 40
USERS = 25


def test_point_3_kill_in_flight_is_one_cancelled_row(
    session: Session, target: Target, recorder: Recorder, until: Until
) -> None:
    user = gevent.spawn(session.get, "/delay/5000")
    until(lambda: target.counters()["bytes_received"])

    user.kill()

    entry = recorder.collect().entry("GET", "/delay/5000")
    assert entry is not None
    assert (entry.num_requests, entry.num_cancelled, entry.exchanges) == (0, 1, 1)
    assert isinstance(user.value, gevent.GreenletExit)


def test_point_3_timeout_in_flight_is_one_cancelled_row(
    session: Session, recorder: Recorder
) -> None:
    with pytest.raises(gevent.Timeout), gevent.Timeout(0.01):
        session.get("/delay/5000")

    total = recorder.collect().total
    assert (total.num_requests, total.num_cancelled) == (0, 1)
    assert session.get("/").status_code == 200


def test_point_3_kill_before_the_batch_crossed_sends_nothing(
    session: Session, target: Target, recorder: Recorder
) -> None:
    """The greenlet is killed in the same pass of gevent's loop in which it submitted."""
    session.get("/")
    user = gevent.spawn(session.get, "/json")
    user.start()
    gevent.get_hub().loop.run_callback(user.throw, gevent.GreenletExit())
    user.join(WAIT_S)

    snapshot = recorder.collect()
    assert snapshot.total.num_requests == 1
    assert snapshot.total.num_cancelled == 1
    assert (snapshot.total.exchanges, snapshot.total.never_sent) == (1, 1)
    assert target.counters()["by_path"]["json"] == 0


def test_point_3_killed_sleep_never_resumes() -> None:
    resumed: list[str] = []

    def sleep() -> None:
        _core.sleep(0.3)
        resumed.append("late")

    sleeping = gevent.spawn(sleep)
    gevent.idle()
    sleeping.kill()
    _core.sleep(0.35)

    assert resumed == []
    assert _core.hub_is_waiting() == 0


def test_point_3_greenlet_that_swallows_the_kill_calls_again(
    session: Session, target: Target, until: Until
) -> None:
    """Its second call must not be woken by the first one's completion."""
    bodies: list[bytes | None] = []

    def stubborn() -> None:
        try:
            session.get("/delay/30")
        except gevent.GreenletExit:
            bodies.append(session.get("/delay/60").content)

    user = gevent.spawn(stubborn)
    until(lambda: target.counters()["bytes_received"])
    user.kill(block=False)
    user.join(WAIT_S)

    assert bodies == [b"delay_ms 60\n"]


def test_point_3_killed_call_is_not_given_to_somebody_else(
    make_session: Callable[..., Session], recorder: Recorder
) -> None:
    """Operations are reused; a late completion must not reach the next user of one."""
    session = make_session()
    for _ in range(50):
        with gevent.Timeout(0.001, False):
            session.get("/delay/4")
        assert session.get("/bytes/7").content == b"0123456"
    assert recorder.collect().total.num_cancelled > 0


def random_call(session: Session, dice: random.Random) -> Callable[[], Response | None]:
    return dice.choice(
        [
            lambda: session.get("/"),
            lambda: session.get(f"/delay/{dice.randrange(6)}"),
            lambda: session.get("/redirect/3", name="hops"),
            lambda: session.post("/echo", body=b"x" * dice.randrange(100000)),
            lambda: session.get("/", catch_response=True).__enter__(),
            lambda: _core.sleep(dice.random() / 200),
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_point_3_kills_at_any_moment(
    make_session: Callable[..., Session], target: Target, recorder: Recorder, seed: int
) -> None:
    dice = random.Random(seed)
    started = ended = late = 0

    def user() -> None:
        nonlocal started, ended, late
        session = make_session()
        alive = True
        try:
            while True:
                call = random_call(session, dice)
                started += 1
                call()
                late += not alive
                ended += 1
        finally:
            alive = False

    for _ in range(ROUNDS):
        users = [gevent.spawn(user) for _ in range(USERS)]
        gevent.sleep(dice.random() / 50)
        dice.shuffle(users)
        gevent.killall(users, block=dice.random() < 0.5, timeout=WAIT_S)
        gevent.joinall(users, timeout=WAIT_S)

    assert late == 0
    assert 0 < started - ended <= ROUNDS * USERS
    total = recorder.collect().total
    served = target.counters()["requests"]
    assert total.num_requests + total.num_failures <= served + total.never_sent
    assert total.num_requests <= served <= total.exchanges


@pytest.mark.parametrize("seed", range(3))
def test_point_3_timeouts_at_any_moment_leave_one_row_a_call(
    make_session: Callable[..., Session], recorder: Recorder, seed: int
) -> None:
    dice = random.Random(seed)
    calls = timeouts = 0

    def user() -> None:
        nonlocal calls, timeouts
        session = make_session()
        for _ in range(40):
            calls += 1
            try:
                with gevent.Timeout(dice.random() / 200):
                    session.get(f"/delay/{dice.randrange(5)}", catch_response=dice.random() < 0.3)
            except gevent.Timeout:
                timeouts += 1

    gevent.joinall([gevent.spawn(user) for _ in range(30)], timeout=WAIT_S)

    total = recorder.collect().total
    assert calls == 1200
    assert timeouts > 0
    assert total.num_requests + total.num_cancelled == calls


def test_closing_a_session_in_flight_lets_its_call_end(
    session: Session, target: Target, until: Until
) -> None:
    user = gevent.spawn(session.get, "/delay/50")
    until(lambda: target.counters()["bytes_received"])

    session.close()

    assert user.get(timeout=WAIT_S).status_code == 200
    until(lambda: target.counters()["connections_open"] == 0)
    assert session.get("/").status_code == 200
    assert target.counters()["connections_accepted"] == 2


def test_kill_while_a_listener_waits(session: Session, recorder: Recorder) -> None:
    """The row was on its way before the listener ran; the kill adds none."""
    in_listener = Event()

    def listener(_response: Response) -> None:
        in_listener.set()
        _core.sleep(WAIT_S)

    recorder.set_listeners([print])
    session.on_report = listener  # type: ignore[attr-defined]  # of ListeningSession
    user = gevent.spawn(session.get, "/")
    assert in_listener.wait(WAIT_S)

    user.kill()

    total = recorder.collect().total
    assert (total.num_requests, total.num_cancelled) == (1, 0)
