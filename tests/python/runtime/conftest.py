"""Users and environments for the runner."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest

from locust_like.runtime.environment import Environment
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

FAST_PER_S = 10_000.0


class Waiter(User):
    """A user that waits between its tasks for as long as it lives."""

    wait_time = constant(1000)

    @task
    def work(self) -> None: ...


@pytest.fixture
def make_environment() -> Iterator[Callable[..., Environment]]:
    """Make environments whose runners end with the test."""
    made: list[Environment] = []

    def make(*classes: type[User], **options: Any) -> Environment:
        environment = Environment(user_classes=classes or (Waiter,), **options)
        environment.create_local_runner()
        made.append(environment)
        return environment

    yield make
    for environment in made:
        assert environment.runner is not None
        environment.runner.quit()


def until(condition: Callable[[], object], turns: int = 1000) -> None:
    """Let other greenlets run until something is so."""
    for _ in range(turns):
        if condition():
            return
        gevent.sleep(0.002)
    raise AssertionError("it did not come about")
