"""A limit of task executions over all users."""

from collections import Counter
from typing import Any

import pytest

from locust_like.errors import StopUser
from locust_like.runtime.environment import Environment
from locust_like.runtime.iterations import Iterations
from locust_like.users.tasks import task
from locust_like.users.tasksets import SequentialTaskSet, TaskSet
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, until


def test_the_last_execution_finishes_the_run_when_it_ends_not_when_it_begins() -> None:
    iterations = Iterations(2)
    assert [iterations.take() for _ in range(3)] == [True, True, False]
    iterations.done()
    assert not iterations.finished.is_set()
    iterations.done()
    assert iterations.finished.is_set()


def run_to_the_end(make_environment: Any, cls: type[User], limit: int, users: int) -> Environment:
    environment: Environment = make_environment(cls, iterations=limit)
    assert environment.runner is not None
    environment.runner.start(users, FAST_PER_S)
    assert environment.iterations is not None
    assert environment.iterations.finished.wait(timeout=60)
    return environment


@pytest.mark.parametrize(("limit", "users"), [(1, 1), (1, 5), (7, 3), (100, 10)])
def test_exactly_so_many_tasks_run(make_environment: Any, limit: int, users: int) -> None:
    counts: Counter[str] = Counter()

    class Worker(User):
        wait_time = constant(0)

        @task
        def work(self) -> None:
            counts["work"] += 1

    environment = run_to_the_end(make_environment, Worker, limit, users)
    runner = environment.runner
    assert runner is not None
    until(lambda: runner.state == "running")
    assert runner.user_count == users
    runner.quit()
    assert counts["work"] == limit


def test_tasks_that_fail_or_end_their_user_count(make_environment: Any) -> None:
    counts: Counter[str] = Counter()

    class Failing(User):
        wait_time = constant(0)

        @task
        def work(self) -> None:
            counts["work"] += 1
            raise StopUser if counts["work"] % 2 else ValueError

    run_to_the_end(make_environment, Failing, 6, 5)
    assert counts["work"] == 6


def test_tasks_of_nested_sets_count_and_entering_a_set_does_not(make_environment: Any) -> None:
    counts: Counter[str] = Counter()

    class Steps(SequentialTaskSet):
        @task
        def first(self) -> None:
            counts["first"] += 1

        @task
        def leave(self) -> None:
            counts["leave"] += 1
            self.interrupt()

        def on_stop(self) -> None:
            counts["on_stop"] += 1

    class Nested(User):
        wait_time = constant(0)
        tasks = (Steps,)

    environment = run_to_the_end(make_environment, Nested, 5, 1)
    assert counts == {"first": 3, "leave": 2, "on_stop": 2}
    assert environment.runner is not None
    environment.runner.quit()
    assert counts["on_stop"] == 3


def test_sets_with_hooks_of_their_own_count_too(make_environment: Any) -> None:
    seen: list[str] = []

    class Picky(TaskSet):
        def get_next_task(self) -> Any:
            return Picky.work

        def work(self) -> None:
            seen.append("work")

    class Owner(User):
        wait_time = constant(0)
        tasks = (Picky,)

    run_to_the_end(make_environment, Owner, 4, 2).runner.quit()  # type: ignore[union-attr]  # made
    assert seen == ["work"] * 4


def test_without_a_limit_nothing_is_counted(make_environment: Any) -> None:
    assert make_environment().iterations is None
