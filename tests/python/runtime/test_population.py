"""Who lives, who is replaced, and that the dead leave nothing."""

import gc
import weakref
from collections.abc import Callable
from contextlib import suppress

import gevent
import gevent.event
import pytest

from locust_like.errors import StopUser
from locust_like.runtime.environment import Environment
from locust_like.runtime.local import LocalRunner
from locust_like.runtime.population import Population
from locust_like.users.tasks import task
from locust_like.users.user import User

from .conftest import FAST_PER_S, Waiter, until


def ignore(_text: str, _traceback: str) -> None:
    """Log nothing."""


def test_the_youngest_are_stopped_first() -> None:
    population = Population(Environment(user_classes=[Waiter]), ignore)
    users = [population.spawn(Waiter) for _ in range(3)]
    gevent.sleep(0)
    chosen = population.choose({"Waiter": 2})
    assert population.counts() == {"Waiter": 3}
    assert population.staying() == {"Waiter": 1}
    population.end(chosen)
    assert len(population) == 1
    assert users[0] is not None
    assert users[0].greenlet in population
    population.stop_all()
    assert population.counts() == {"Waiter": 0}


def test_a_user_that_ends_by_itself_is_taken_off_and_not_replaced() -> None:
    class Once(User):
        @task
        def work(self) -> None:
            raise StopUser

    population = Population(Environment(user_classes=[Once]), ignore)
    population.replace(0.001)
    population.spawn(Once)
    until(lambda: len(population) == 0)
    assert len(population.greenlets) == 0


@pytest.mark.parametrize("where", ["__init__", "on_start"])
def test_a_user_that_dies_while_it_starts_is_counted_and_replaced(
    make_environment: Callable[..., Environment], where: str
) -> None:
    attempts: list[str] = []

    def fail_once(self: User, *_args: object) -> None:
        attempts.append(where)
        if len(attempts) == 1:
            raise OSError("no login")

    def init(self: User, environment: Environment) -> None:
        User.__init__(self, environment)
        fail_once(self)

    member = init if where == "__init__" else fail_once
    fragile = type("Fragile", (Waiter,), {where: member})
    runner = make_environment(fragile).runner
    assert runner is not None
    runner.start(1, FAST_PER_S, wait=True)
    until(lambda: len(attempts) == 2 and runner.user_count == 1)
    assert [row["msg"] for row in runner.exceptions.values()] == ["no login"]


def test_replacing_can_be_switched_off(make_environment: Callable[..., Environment]) -> None:
    attempts: list[int] = []

    class Fragile(Waiter):
        def on_start(self) -> None:
            attempts.append(1)
            raise OSError("no login")

    runner = make_environment(Fragile, replace_users=False).runner
    assert runner is not None
    runner.start(2, FAST_PER_S, wait=True)
    until(lambda: runner.user_count == 0)
    gevent.sleep(0)
    assert attempts == [1, 1]


def test_the_dead_are_freed_without_the_collector() -> None:
    population = Population(Environment(user_classes=[Waiter]), ignore)
    user = population.spawn(Waiter)
    assert user is not None
    gone = weakref.ref(user)
    gevent.sleep(0)
    gc.disable()
    try:
        del user
        population.stop_all()
        assert gone() is None
    finally:
        gc.enable()


def test_a_forgotten_base_constructor_is_explained() -> None:
    class Forgetful(Waiter):
        def __init__(self, _environment: Environment) -> None:
            self.started_at = 1

    told: list[str] = []
    population = Population(
        Environment(user_classes=[Forgetful]), lambda text, _tb: told.append(text)
    )
    assert population.spawn(Forgetful) is None
    assert "'environment' is missing on user Forgetful. Perhaps you defined" in told[0]


def test_a_new_target_forgets_losses(make_environment: Callable[..., Environment]) -> None:
    class Fragile(Waiter):
        def on_start(self) -> None:
            raise OSError("no login")

    runner = make_environment(Fragile).runner
    assert runner is not None
    runner.start(2, FAST_PER_S, wait=True)
    until(lambda: runner.user_count == 0)
    runner.start(0, FAST_PER_S, wait=True)
    count = sum(row["count"] for row in runner.exceptions.values())
    for _ in range(20):
        gevent.sleep(0)
    assert sum(row["count"] for row in runner.exceptions.values()) == count


@pytest.mark.parametrize(
    ("replace_users", "fate"), [(True, "it is replaced"), (False, "it is not replaced")]
)
def test_what_becomes_of_a_dead_user_is_said_once(
    make_environment: Callable[..., Environment],
    caplog: pytest.LogCaptureFixture,
    replace_users: bool,
    fate: str,
) -> None:
    class Fragile(Waiter):
        def on_start(self) -> None:
            raise OSError("no login")

    runner = make_environment(Fragile, replace_users=replace_users).runner
    assert runner is not None
    runner.start(3, FAST_PER_S, wait=True)
    until(lambda: runner.exceptions and "has died" in caplog.text)
    until(lambda: sum(row["count"] for row in runner.exceptions.values()) >= 3)
    told = [text for text in caplog.messages if "has died" in text]
    assert len(told) == 1
    assert fate in told[0]


def test_a_task_that_catches_the_kill_is_the_last_one(
    make_environment: Callable[..., Environment],
) -> None:
    tasks: list[str] = []

    class Catching(User):
        @task
        def work(self) -> None:
            tasks.append("work")
            try:
                gevent.sleep(1000)
            except BaseException:  # noqa: BLE001 - what scripts do with a bare except
                tasks.append("caught")

    runner = make_environment(Catching).runner
    assert runner is not None
    runner.start(1, FAST_PER_S, wait=True)
    until(lambda: tasks)
    runner.stop()
    assert tasks == ["work", "caught"]
    assert runner.user_count == 0


def test_users_that_cannot_be_stopped_hold_nobody_up(
    make_environment: Callable[..., Environment],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("locust_like.runtime.population._LEAVING_S", 0.01)
    monkeypatch.setattr("locust_like.runtime.population._KILLING_S", 0.01)
    released: list[bool] = []

    class Stubborn(User):
        @task
        def work(self) -> None:
            while not released:
                with suppress(BaseException):
                    gevent.sleep(0.005)

    runner = make_environment(Stubborn).runner
    assert runner is not None
    runner.start(2, FAST_PER_S, wait=True)
    until(lambda: runner.user_count == 2)
    runner.stop()
    assert runner.user_count == 2
    assert "2 users cannot be stopped" in caplog.text
    released.append(True)
    until(lambda: runner.user_count == 0)


def test_users_that_are_still_ending_are_not_counted_on_by_the_next_load(
    make_environment: Callable[..., Environment],
) -> None:
    gate = gevent.event.Event()

    class Slow(User):
        @task
        def work(self) -> None:
            gate.wait()

    environment = make_environment(Slow, stop_timeout=60)
    runner = environment.runner
    assert isinstance(runner, LocalRunner)
    runner.start(4, FAST_PER_S)
    until(lambda: runner.user_count == 4)
    runner.start(1, FAST_PER_S)
    until(lambda: len(runner._population._ending) == 3)
    runner.start(4, FAST_PER_S)
    until(lambda: runner.user_count == 7)
    gate.set()
    until(lambda: runner.user_count == 4)
