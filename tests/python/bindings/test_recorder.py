"""Custom calls, read-your-writes, reset, and rows that add up with the server's own count."""

import random
import threading
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like import _core
from locust_like._core import Recorder, Session, Target
from locust_like.errors import ResponseError

WAIT_S = 30.0


def test_fire_counts_a_row(recorder: Recorder) -> None:
    recorder.fire(request_type="RPC", name="add", response_time=12.5, response_length=100)
    recorder.fire(request_type="RPC", name="add", response_time=7, response_length=0)

    entry = recorder.collect().entry("RPC", "add")
    assert entry is not None
    assert (entry.num_requests, entry.num_failures, entry.content_bytes) == (2, 0, 100)
    assert (entry.total_response_time_ms, entry.exchanges) == (19.5, 0)


def test_fire_without_a_time(recorder: Recorder) -> None:
    recorder.fire(request_type="RPC", name="x", response_time=None, response_length=None)
    recorder.fire(request_type="RPC", name="x", response_time=5, response_length=3)

    entry = recorder.collect().entry("RPC", "x")
    assert entry is not None
    assert (entry.num_requests, entry.num_none_requests) == (2, 1)
    assert (entry.min_response_time_ms, entry.total_response_time_ms) == (5, 5)


def test_fire_takes_what_scripts_compute(recorder: Recorder) -> None:
    for length, exception in ((2.5, ""), (1, False), (None, None)):
        recorder.fire(
            request_type="RPC",
            name="x",
            response_time=1,
            response_length=length,
            exception=exception,
        )
    total = recorder.collect().total
    assert (total.num_requests, total.num_failures, total.content_bytes) == (3, 0, 3)


@pytest.mark.parametrize(
    ("exception", "text"),
    [
        (ValueError("bad"), "ValueError('bad')"),
        ("plain text", "plain text"),
        (TimeoutError(), "TimeoutError()"),
    ],
)
def test_fire_with_an_exception_is_a_failure(
    recorder: Recorder, exception: BaseException | str, text: str
) -> None:
    for _ in range(3):
        recorder.fire(
            request_type="RPC",
            name="x",
            response_time=1,
            response_length=0,
            exception=exception,
        )

    snapshot = recorder.collect()
    assert (snapshot.total.num_requests, snapshot.total.num_failures) == (3, 3)
    assert [(one.code, one.text, one.occurrences) for one in snapshot.errors] == [
        ("script", text, 3)
    ]


def test_fire_takes_names_that_are_no_text(recorder: Recorder) -> None:
    named: Any = 17
    recorder.fire(request_type="RPC", name=named, response_time=1, response_length=0)
    assert recorder.collect().entry("RPC", "17") is not None


def test_fire_clamps_what_went_backwards(recorder: Recorder) -> None:
    recorder.fire(request_type="RPC", name="x", response_time=-5, response_length=-1)
    total = recorder.collect().total
    assert (total.num_requests, total.total_response_time_ms, total.content_bytes) == (1, 0, 0)


class Unshowable(Exception):
    """Has no text to count under."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"request_type": None}, None),
        ({"response_time": "soon"}, TypeError),
        ({"response_time": float("nan")}, ValueError),
        ({"response_time": float("inf")}, ValueError),
        ({"response_length": "long"}, TypeError),
        ({"response_length": 1 << 70}, ValueError),
        ({"response_length": float("nan")}, ValueError),
        ({"name": []}, TypeError),
        ({"exception": Unshowable()}, RuntimeError),
    ],
)
def test_fire_with_wrong_arguments_counts_nothing(
    recorder: Recorder, changed: dict[str, Any], error: type[Exception] | None
) -> None:
    arguments: dict[str, Any] = {
        "request_type": "RPC",
        "name": "x",
        "response_time": 1,
        "response_length": 0,
    }
    arguments |= changed
    if error is None:
        del arguments["request_type"]
        error = TypeError
    with pytest.raises(error):
        recorder.fire(**arguments)
    assert recorder.collect().total.num_requests == 0


def test_fire_takes_keywords_only(recorder: Recorder) -> None:
    fire: Any = recorder.fire
    with pytest.raises(TypeError, match="keywords"):
        fire("RPC", "x", 1, 0)


def test_listeners_get_all_keywords(recorder: Recorder) -> None:
    heard: list[dict[str, Any]] = []
    listeners: list[Callable[..., None]] = []
    recorder.set_listeners(listeners)
    recorder.fire(request_type="RPC", name="silent", response_time=1, response_length=0)
    listeners.extend([lambda **keywords: heard.append(keywords)] * 2)

    recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0, extra="more")

    payload = {
        "request_type": "RPC",
        "name": "x",
        "response_time": 1,
        "response_length": 0,
        "extra": "more",
    }
    assert heard == [payload, payload]
    assert recorder.collect().total.num_requests == 2


def test_listener_may_change_the_list_and_fire_again(recorder: Recorder) -> None:
    heard: list[str] = []
    listeners: list[Callable[..., None]] = []

    def once(**keywords: Any) -> None:
        heard.append(keywords["name"])
        listeners.clear()
        recorder.fire(request_type="RPC", name="inner", response_time=1, response_length=0)

    listeners.append(once)
    recorder.set_listeners(listeners)
    recorder.fire(request_type="RPC", name="outer", response_time=1, response_length=0)

    assert heard == ["outer"]
    assert recorder.collect().total.num_requests == 2


def test_what_a_listener_raises_comes_out_of_fire(recorder: Recorder) -> None:
    def broken(**_keywords: Any) -> None:
        raise ResponseError("mine")

    recorder.set_listeners([broken])
    with pytest.raises(ResponseError, match="mine"):
        recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0)
    assert recorder.collect().total.num_requests == 1


@pytest.mark.parametrize("listeners", [None, (), {}, 17])
def test_listeners_must_be_the_list_itself(recorder: Recorder, listeners: Any) -> None:
    with pytest.raises(TypeError):
        recorder.set_listeners(listeners)


def test_fire_from_other_threads(recorder: Recorder) -> None:
    def fire() -> None:
        for _ in range(1000):
            recorder.fire(request_type="RPC", name="x", response_time=1, response_length=1)

    threads = [threading.Thread(target=fire) for _ in range(4)]
    for thread in threads:
        thread.start()
    fire()
    for thread in threads:
        thread.join(WAIT_S)

    total = recorder.collect().total
    assert (total.num_requests, total.content_bytes) == (5000, 5000)


def test_reading_sees_the_call_just_made(session: Session, recorder: Recorder) -> None:
    for number in range(1, 101):
        if number % 2:
            session.get("/")
        else:
            recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0)
        assert recorder.collect().total.num_requests == number


def test_every_reader_sees_the_call_just_made(session: Session, recorder: Recorder) -> None:
    session.get("/")
    assert sum(point.num_requests for point in recorder.timeline()) == 1
    session.get("/")
    points = recorder.endpoint_timeline("GET", "/")
    assert sum(point.num_requests for point in points) == 2
    assert recorder.endpoint_timeline("GET", "/none") == []
    assert recorder.timeline(since_s=points[-1].start_s + 1000) == []


def test_recorders_do_not_mix(target: Target) -> None:
    url = f"http://127.0.0.1:{target.port}"
    first, second = Recorder(), Recorder()
    one = Session(first.profile(url, []))
    one.get("/")
    Session(second.profile(url, [])).get("/json")

    assert [entry.name for entry in first.collect().entries] == ["/"]
    assert [entry.name for entry in second.collect().entries] == ["/json"]


def test_recorder_may_die_with_rows_on_their_way(target: Target) -> None:
    for _ in range(50):
        recorder = Recorder()
        session = Session(recorder.profile(f"http://127.0.0.1:{target.port}", []))
        session.get("/", catch_response=True)
        recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0)
        del recorder, session
    _core.flush()
    assert target.counters()["requests"] == 50


def test_reset_forgets_and_counts_what_was_in_flight(
    session: Session, recorder: Recorder, target: Target, until: Callable[..., None]
) -> None:
    recorder.reset()
    session.get("/")
    recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0)
    seen_bytes = target.counters()["bytes_received"]
    running = gevent.spawn(session.get, "/delay/50")
    until(lambda: target.counters()["bytes_received"] > seen_bytes)
    before = recorder.collect()

    recorder.reset()

    after = recorder.collect()
    assert (before.total.num_requests, after.total.num_requests) == (2, 0)
    assert after.start_wall_s > before.start_wall_s
    running.join(WAIT_S)
    assert recorder.collect().total.num_requests == 1
    assert recorder.collect().entry("GET", "/delay/50") is not None


@pytest.mark.parametrize("seed", range(3))
def test_rows_are_calls_and_exchanges_are_the_servers_count(
    make_session: Callable[..., Session], recorder: Recorder, target: Target, seed: int
) -> None:
    """A random mix of successes, failures, redirects, verdicts and kills."""
    dice = random.Random(seed)
    calls = fired = 0

    def user() -> None:
        nonlocal calls, fired
        session = make_session(max_redirects=2)
        while True:
            calls += 1
            kind = dice.randrange(7)
            if kind == 0:
                session.get("/redirect/3")
            elif kind == 1:
                session.get(f"/status/{dice.choice([200, 404, 500])}")
            elif kind == 2:
                with session.post("/echo", body=b"x" * 1000, catch_response=True) as response:
                    response.failure("mine")
            elif kind == 3:
                with session.get("/redirect/2", catch_response=True, name="caught"):
                    raise ResponseError("mine")
            elif kind == 4:
                session.get("/bytes/20000", catch_response=True)
            elif kind == 5:
                session.get(f"/delay/{dice.randrange(5)}")
            else:
                fired += 1
                recorder.fire(request_type="RPC", name="x", response_time=1, response_length=0)
                _core.sleep(0.001)

    users = [gevent.spawn(user) for _ in range(50)]
    for _ in range(10):
        _core.sleep(0.02)
        gevent.kill(users.pop())
        users.append(gevent.spawn(user))
    gevent.killall(users, timeout=WAIT_S)

    total = recorder.collect().total
    assert calls > 100
    assert total.num_requests + total.num_cancelled == calls
    assert target.counters()["requests"] <= total.exchanges
    on_the_wire = calls - fired + total.hops + total.retries - total.never_sent
    assert total.exchanges == on_the_wire
