"""Pausing: no new task starts, running ones are finished, and all of it can still be stopped."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from gevent.event import Event

from locust_like.runtime.environment import Environment
from locust_like.runtime.local import LocalRunner
from locust_like.users.tasks import task
from locust_like.users.tasksets import TaskSet
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, Waiter, until

MakeEnvironment = Callable[..., Environment]


def runner_of(environment: Environment) -> LocalRunner:
    assert isinstance(environment.runner, LocalRunner)
    return environment.runner


class Worker(User):
    """Counts what its users begin and finish; a task waits until it may end."""

    wait_time: Any = constant(0.001)
    begun = 0
    finished = 0
    may_end = Event()

    @task
    def work(self) -> None:
        cls = type(self)
        cls.begun += 1
        cls.may_end.wait()
        cls.finished += 1


class Own(TaskSet):
    """A task set whose wait is its own, so that its loop takes the long way."""

    def wait(self) -> None:
        super().wait()

    @task
    def work(self) -> None:
        Worker.work(self.user)  # type: ignore[arg-type]  # a TaskSet's user is of any class


@pytest.fixture(params=["plain", "zero wait", "own wait", "counted"])
def worker(request: pytest.FixtureRequest) -> type[Worker]:
    class Fresh(Worker):
        may_end = Event()

    if request.param == "zero wait":
        Fresh.wait_time = constant(0)
    if request.param == "own wait":
        Fresh.tasks = [Own]
    return Fresh


@pytest.fixture
def runner(
    make_environment: MakeEnvironment, worker: type[Worker], request: pytest.FixtureRequest
) -> LocalRunner:
    counted = "counted" in request.node.name
    return runner_of(make_environment(worker, iterations=10**9 if counted else None))


def turns(number: int = 20) -> None:
    """Let everybody run so often that a task that could start would have started."""
    for _ in range(number):
        gevent.sleep(0.002)


def test_running_tasks_are_finished_and_no_new_one_starts(
    runner: LocalRunner, worker: type[Worker]
) -> None:
    runner.start(3, FAST_PER_S)
    until(lambda: worker.begun == 3)
    runner.pause()
    worker.may_end.set()
    until(lambda: worker.finished == 3)
    turns()
    assert worker.begun == 3
    assert runner.paused
    runner.resume()
    until(lambda: worker.begun > 10)


def test_users_that_come_while_paused_wait_too(runner: LocalRunner, worker: type[Worker]) -> None:
    runner.start(0, FAST_PER_S)
    runner.pause()
    runner.start(4, FAST_PER_S, wait=True)
    turns()
    assert (runner.user_count, worker.begun) == (4, 0)
    runner.resume()
    until(lambda: worker.begun == 4)


def test_paused_users_are_stopped_at_once(runner: LocalRunner, worker: type[Worker]) -> None:
    worker.may_end.set()
    runner.environment.stop_timeout = 1000
    runner.start(3, FAST_PER_S, wait=True)
    runner.pause()
    turns()
    runner.stop()
    assert (runner.user_count, runner.paused) == (0, False)


def test_a_run_after_a_paused_one_is_not_paused(runner: LocalRunner, worker: type[Worker]) -> None:
    worker.may_end.set()
    runner.start(1, FAST_PER_S, wait=True)
    runner.pause()
    runner.stop()
    before = worker.begun
    runner.start(1, FAST_PER_S)
    until(lambda: worker.begun > before)


def test_a_user_that_waits_between_tasks_waits_on(make_environment: MakeEnvironment) -> None:
    runner = runner_of(make_environment(Waiter))
    runner.start(1, FAST_PER_S, wait=True)
    turns()
    runner.pause()
    runner.pause()
    runner.resume()
    runner.resume()
    turns()
    assert runner.user_count == 1


def test_nothing_is_paused_before_a_start(make_environment: MakeEnvironment) -> None:
    runner = runner_of(make_environment(Waiter))
    runner.pause()
    assert not runner.paused
