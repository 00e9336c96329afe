"""The runner, users and engine together, against a real server on loopback."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import gevent
import pytest

from locust_like._core import Target
from locust_like.runtime.environment import Environment
from locust_like.users.http_user import HttpUser
from locust_like.users.tasks import task
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, until

Make = Callable[..., Environment]


@pytest.fixture
def target() -> Iterator[Target]:
    server = Target()
    yield server
    server.stop()


class Visitor(HttpUser):
    """A user that asks as fast as it can."""

    @task
    def visit(self) -> None:
        self.client.get("/")


class Slow(HttpUser):
    """A user that is nearly always in a call."""

    @task
    def visit(self) -> None:
        self.client.get("/delay/30")


def host(target: Target) -> str:
    return f"http://127.0.0.1:{target.port}"


@pytest.mark.parametrize("stop_timeout", [None, 10])
def test_the_servers_count_is_accounted_for(
    make_environment: Make, target: Target, stop_timeout: float | None
) -> None:
    environment = make_environment(
        Visitor, Slow, host=host(target), stop_timeout=stop_timeout, reset_stats=False
    )
    assert environment.runner is not None
    environment.runner.start(40, FAST_PER_S, wait=True)
    until(lambda: environment.stats.num_requests > 400)
    environment.runner.quit()
    total = environment.recorder.collect().total
    served = target.counters()["requests"]
    assert total.num_requests <= served <= total.num_requests + total.num_cancelled
    assert total.num_failures == 0
    if stop_timeout is not None:
        assert (total.num_cancelled, served) == (0, total.num_requests)


def test_every_hook_may_wait_with_a_thousand_users(make_environment: Make, target: Target) -> None:
    environment = make_environment(Visitor, host=host(target))
    runner = environment.runner
    assert runner is not None
    calls: dict[str, int] = {}
    for name, hook in environment.events.hooks().items():

        def waits(*, _name: str = name, **_payload: object) -> None:
            calls[_name] = calls.get(_name, 0) + 1
            gevent.sleep(0)

        hook.add_listener(waits)
    runner.start(1000, 100_000, wait=True)
    until(lambda: environment.stats.num_requests > 3000)
    runner.quit()
    assert calls["request"] == environment.stats.num_requests
    assert {name: calls[name] for name in calls if name != "request"} == {
        "test_start": 1,
        "spawning_complete": 1,
        "test_stopping": 1,
        "test_stop": 1,
    }
    assert environment.events.listener_failures == 0
    assert runner.exceptions == {}


def test_ramps_up_and_down_leave_nothing_behind(make_environment: Make, target: Target) -> None:
    class Visiting(Visitor):
        wait_time = constant(0.005)

    environment = make_environment(Visiting, host=host(target))
    runner = environment.runner
    assert runner is not None

    def ramp() -> None:
        asked = environment.stats.num_requests + 60
        runner.start(50, FAST_PER_S, wait=True)
        until(lambda: environment.stats.num_requests > asked)
        runner.start(0, FAST_PER_S, wait=True)

    ramp()
    threads = len(os.listdir("/proc/self/task"))
    for _ in range(10):
        ramp()
    assert sum(isinstance(thing, HttpUser) for thing in gc.get_objects()) == 0
    assert len(os.listdir("/proc/self/task")) == threads
    sockets = [fd for fd in Path("/proc/self/fd").iterdir() if _leads_to(fd, "socket:")]
    until(lambda: sum(_leads_to(fd, "socket:") for fd in sockets) <= 20)


def _leads_to(descriptor: Path, kind: str) -> bool:
    try:
        return str(descriptor.readlink()).startswith(kind)
    except OSError:
        return False
