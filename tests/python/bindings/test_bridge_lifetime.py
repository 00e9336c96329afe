"""When the engine starts and ends, forks, and what ramps leave behind (points 5, 6 and 7)."""

import gc
import os
import signal
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import pytest

from locust_like import _core
from locust_like._core import Recorder, Response, Session, Target

WAIT_S = 20.0
PAGE_BYTES = os.sysconf("SC_PAGESIZE")
Until = Callable[[Callable[[], object]], None]

LAZY = """
import os
from locust_like import _core
threads = lambda: len(os.listdir("/proc/self/task"))
counts = [threads()]
recorder = _core.Recorder()
session = _core.Session(recorder.profile("http://127.0.0.1:1", []))
recorder.collect(), _core.flush(), _core.hub_is_waiting(), _core.engine_health(), _core.shutdown()
counts.append(threads())
_core.sleep(0)
counts.append(threads())
_core.shutdown()
counts.append(threads())
print(*counts)
"""

AT_EXIT = """
import gevent
from locust_like import _core
gevent.spawn(_core.sleep, 60)
gevent.sleep(0.01)
print(_core.hub_is_waiting())
"""


def test_point_6_engine_starts_with_the_first_wait(run_python: Callable[[str], str]) -> None:
    """Neither the import nor anything that only looks starts a thread."""
    imported, looked, waited, stopped = map(int, run_python(LAZY).split())

    assert imported == looked == stopped
    assert waited == imported + 1


def test_interpreter_ends_with_greenlets_in_flight(run_python: Callable[[str], str]) -> None:
    assert run_python(AT_EXIT) == "1\n"


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child and return its exit code: 0 when it returned something true."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            signal.alarm(30)
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_point_6_forked_child_has_an_engine_of_its_own(
    session: Session, recorder: Recorder, target: Target
) -> None:
    session.get("/")

    def call() -> bool:
        session.get("/json")
        names = [entry.name for entry in recorder.collect().entries if entry.num_requests]
        return names == ["/json"]

    assert in_child(call) == 0

    assert session.get("/").status_code == 200
    entries = {entry.name: entry.num_requests for entry in recorder.collect().entries}
    assert entries == {"/": 2}
    assert target.counters()["by_path"] | {"root": 2, "json": 1} == target.counters()["by_path"]


def test_point_6_fork_with_calls_in_flight(session: Session, target: Target, until: Until) -> None:
    users = [gevent.spawn(session.get, "/delay/100") for _ in range(5)]
    until(lambda: target.counters()["connections_open"] == 5)

    def call_and_end_the_hub() -> bool:
        for user in users:
            user.kill(block=False)
        alone = gevent.spawn(session.get, "/")
        alone.join(WAIT_S)
        return gevent.wait(timeout=WAIT_S) is True and alone.value.status_code == 200

    assert in_child(call_and_end_the_hub) == 0

    gevent.joinall(users, timeout=WAIT_S)
    assert [user.value.status_code for user in users] == [200] * 5


def test_point_6_child_keeps_its_counts_over_its_own_shutdown(recorder: Recorder) -> None:
    def fire() -> None:
        recorder.fire(request_type="X", name="x", response_time=1, response_length=0)

    def fire_around_a_shutdown() -> bool:
        fire()
        _core.shutdown()
        fire()
        return recorder.collect().total.num_requests == 2

    fire()
    assert in_child(fire_around_a_shutdown) == 0
    assert recorder.collect().total.num_requests == 1


def test_point_5_signal_arrives_while_calls_are_in_flight(session: Session) -> None:
    """Through gevent's handler, in the hub: no task sees a KeyboardInterrupt."""
    signalled: list[str] = []
    handler = gevent.signal_handler(signal.SIGINT, signalled.append, "SIGINT")
    try:
        users = [gevent.spawn(session.get, "/delay/30") for _ in range(5)]
        gevent.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)
        gevent.joinall(users, timeout=WAIT_S)
    finally:
        handler.cancel()

    assert signalled == ["SIGINT"]
    assert [user.value.status_code for user in users] == [200] * 5


def test_shutdown_ends_calls_in_flight_and_a_later_call_starts_anew(
    session: Session, recorder: Recorder, target: Target, until: Until
) -> None:
    users = [gevent.spawn(session.get, "/delay/5000") for _ in range(3)]
    users.append(gevent.spawn(_core.sleep, 60))
    until(lambda: target.counters()["connections_open"] == 3)

    _core.shutdown()
    gevent.joinall(users, timeout=WAIT_S)

    replies: list[Response] = [user.value for user in users[:3]]
    assert [(reply.status_code, reply.failure_code) for reply in replies] == [(0, "cancelled")] * 3
    total = recorder.collect().total
    assert (total.num_requests, total.num_cancelled) == (0, 3)
    assert session.get("/").status_code == 200
    assert recorder.collect().total.num_requests == 1


def test_shutdown_frees_a_waiting_thread(session: Session, target: Target, until: Until) -> None:
    replies: list[Response] = []
    thread = threading.Thread(target=lambda: replies.append(session.get("/delay/5000")))
    thread.start()
    until(lambda: target.counters()["bytes_received"])

    _core.shutdown()
    thread.join(WAIT_S)

    assert [reply.failure_code for reply in replies] == ["cancelled"]


def test_shutdown_twice_and_with_nothing_running() -> None:
    _core.shutdown()
    _core.shutdown()
    assert _core.hub_is_waiting() == 0


def test_response_judged_after_a_shutdown_is_counted(session: Session, recorder: Recorder) -> None:
    with session.get("/", catch_response=True) as response:
        _core.shutdown()
        response.failure("late")

    total = recorder.collect().total
    assert (total.num_requests, total.num_failures) == (1, 1)


def test_responses_and_sessions_die_without_the_collector(session: Session) -> None:
    """A Response is not tracked by the collector: nothing it holds may lead back to it."""
    gc.disable()
    try:
        response = session.get("/")
        assert not gc.is_tracked(response)
        del response
        died = weakref.ref(session)
        assert died() is session
    finally:
        gc.enable()


def test_session_in_a_cycle_is_collected(make_session: Callable[..., Any]) -> None:
    session = make_session()
    session.user = [session]
    session.get("/")
    died = weakref.ref(session)

    del session
    gc.collect()

    assert died() is None


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


@pytest.mark.parametrize("frozen", [False, True])
def test_point_7_ramps_up_and_down_leave_nothing(
    make_session: Callable[..., Any], target: Target, until: Until, frozen: bool
) -> None:
    """Users that hold themselves in a cycle, frozen while they run as the runner does."""

    def user(number: int) -> None:
        session = make_session()
        session.user = {"session": session}
        session.get("/bytes/1000")
        if number % 2:
            session.get("/delay/100")
        session.user = None

    def ramp() -> None:
        users = [gevent.spawn(user, number) for number in range(200)]
        until(lambda: target.counters()["by_path"]["bytes"] == served + 200)
        if frozen:
            gc.freeze()
        gc.unfreeze()
        gevent.killall(users, timeout=WAIT_S)
        until(lambda: _core.hub_is_waiting() == 0)

    figures = []
    for _ in range(20):
        served = target.counters()["by_path"]["bytes"]
        ramp()
        gc.collect()
        until(lambda: target.counters()["connections_open"] == 0)
        figures.append((open_files(), threads(), resident_bytes()))

    warm, last = figures[4], figures[-1]
    assert last[:2] == warm[:2]
    # AddressSanitizer keeps what was freed in quarantine, on purpose.
    assert last[2] - warm[2] < 8 << 20 or "libasan" in os.environ.get("LD_PRELOAD", "")
    assert _core.hub_is_waiting() == 0
