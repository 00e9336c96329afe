"""The local runner: from the first user to the last event."""

import logging
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like.errors import StopTest
from locust_like.runtime.environment import Environment
from locust_like.runtime.local import LocalRunner
from locust_like.runtime.state import State
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, Waiter, until

Make = Callable[..., Environment]


class Heavy(Waiter):
    """Three times as frequent as Waiter."""

    weight = 3


def note_events(environment: Environment) -> list[str]:
    names: list[str] = []
    for name in ("test_start", "spawning_complete", "test_stopping", "test_stop"):
        getattr(environment.events, name).add_listener(
            lambda *, _name=name, **_: names.append(_name)
        )
    return names


def test_a_run_from_start_to_quit(make_environment: Make) -> None:
    environment = make_environment()
    runner, events = environment.runner, note_events(environment)
    assert isinstance(runner, LocalRunner)
    assert runner.state == "ready"
    runner.start(5, FAST_PER_S, wait=True)
    assert (runner.state, runner.user_count, runner.target_user_count) == ("running", 5, 5)
    assert runner.user_classes_count == {"Waiter": 5}
    assert runner.target_user_classes_count == {"Waiter": 5}
    runner.quit()
    runner.greenlet.join()
    assert (runner.state, runner.user_count, len(runner.user_greenlets)) == ("stopped", 0, 0)
    assert events == ["test_start", "spawning_complete", "test_stopping", "test_stop"]


def test_weights_and_fixed_counts_decide_about_classes(make_environment: Make) -> None:
    class Fixed(Waiter):
        fixed_count = 2

    runner = make_environment(Waiter, Heavy, Fixed).runner
    assert runner is not None
    runner.start(10, FAST_PER_S, wait=True)
    assert runner.user_classes_count == {"Waiter": 2, "Heavy": 6, "Fixed": 2}


def test_going_up_and_down_keeps_the_classes_in_proportion(make_environment: Make) -> None:
    runner = make_environment(Waiter, Heavy).runner
    assert runner is not None
    for count in (4, 20, 8, 0, 12):
        runner.start(count, FAST_PER_S, wait=True)
        assert runner.user_classes_count == {"Waiter": count // 4, "Heavy": count // 4 * 3}


@pytest.mark.parametrize("rate_per_s", [FAST_PER_S, 1e9])
@pytest.mark.parametrize(("before", "after"), [(6, 4), (4, 6), (5, 5), (6, 1)])
def test_another_number_with_other_classes_has_all_its_users(
    make_environment: Make, before: int, after: int, rate_per_s: float
) -> None:
    runner = make_environment(Waiter, Heavy).runner
    assert runner is not None
    runner.start(after, rate_per_s, wait=True)
    expected = runner.user_classes_count
    runner.start(before, rate_per_s, wait=True, user_classes=[Waiter])
    until(lambda: runner.user_classes_count == {"Waiter": before, "Heavy": 0})
    runner.start(after, rate_per_s, wait=True)
    until(lambda: runner.user_classes_count == expected)


def test_a_new_target_replaces_a_ramp_under_way(make_environment: Make) -> None:
    environment = make_environment()
    runner, events = environment.runner, note_events(environment)
    assert runner is not None
    runner.start(1000, 0.001)
    until(lambda: runner.user_count == 1)
    runner.start(3, FAST_PER_S, wait=True)
    assert runner.user_count == 3
    assert events == ["test_start", "spawning_complete"]


def test_a_listener_of_spawning_complete_may_start_the_next_ramp(make_environment: Make) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None

    @environment.events.spawning_complete.add_listener
    def grow(user_count: int, **_kwargs: object) -> None:
        if user_count < 3:
            runner.start(user_count + 1, FAST_PER_S)

    runner.start(1, FAST_PER_S)
    until(lambda: runner.state == "running" and runner.user_count == 3)


def test_a_second_run_forgets_the_first(make_environment: Make) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None
    runner.start(1, FAST_PER_S, wait=True)
    runner.log_exception("local", "text", "trace")
    runner.stop()
    assert len(runner.exceptions) == 1
    runner.start(1, FAST_PER_S, wait=True)
    assert runner.exceptions == {}


def test_users_in_a_task_may_finish_it_within_the_stop_timeout(make_environment: Make) -> None:
    finished: list[str] = []
    may_finish = gevent.event.Event()

    class Busy(User):
        @task
        def work(self) -> None:
            may_finish.wait()
            finished.append("task")

        def on_stop(self) -> None:
            finished.append("on_stop")

    runner = make_environment(Busy, stop_timeout=60).runner
    assert runner is not None
    runner.start(2, FAST_PER_S, wait=True)
    stopping = gevent.spawn(runner.stop)
    until(lambda: runner.state == "cleanup")
    may_finish.set()
    stopping.join()
    assert sorted(finished) == ["on_stop", "on_stop", "task", "task"]


@pytest.mark.parametrize("stop_timeout", [None, 0.01])
def test_who_needs_longer_is_killed(make_environment: Make, stop_timeout: float | None) -> None:
    ends: list[str] = []

    class Stuck(User):
        @task
        def work(self) -> None:
            gevent.sleep(1000)

        def on_stop(self) -> None:
            ends.append("on_stop")

    runner = make_environment(Stuck, stop_timeout=stop_timeout).runner
    assert isinstance(runner, LocalRunner)
    runner.start(3, FAST_PER_S, wait=True)
    until(lambda: len(runner.user_greenlets) == 3)
    runner.stop()
    assert ends == ["on_stop"] * 3


def test_test_stopping_comes_before_any_on_stop(make_environment: Make) -> None:
    order: list[str] = []

    class Tells(Waiter):
        def on_stop(self) -> None:
            order.append("on_stop")

    environment = make_environment(Tells)
    environment.events.test_stopping.add_listener(lambda **_: order.append("test_stopping"))
    assert environment.runner is not None
    environment.runner.start(2, FAST_PER_S, wait=True)
    gevent.sleep(0)
    environment.runner.stop()
    assert order == ["test_stopping", "on_stop", "on_stop"]


@pytest.mark.parametrize("how", ["quit", "stop", "StopTest"])
def test_a_user_may_end_the_test(make_environment: Make, how: str) -> None:
    class Ends(User):
        wait_time = constant(1000)

        @task
        def work(self) -> None:
            if how == "StopTest":
                raise StopTest("enough")
            getattr(self.environment.runner, how)()

    environment = make_environment(Ends)
    runner, events = environment.runner, note_events(environment)
    assert runner is not None
    runner.start(3, FAST_PER_S)
    until(lambda: runner.state == "stopped")
    assert runner.user_count == 0
    assert events[-2:] == ["test_stopping", "test_stop"]


@pytest.mark.parametrize("stop_timeout", [None, 60])
@pytest.mark.parametrize("how", ["quit", "stop", "StopTest"])
def test_who_ends_the_test_does_nothing_afterwards(
    make_environment: Make, how: str, stop_timeout: float | None
) -> None:
    steps: list[str] = []

    class Ends(User):
        @task
        def work(self) -> None:
            steps.append("work")
            if how == "StopTest":
                raise StopTest
            getattr(self.environment.runner, how)()
            steps.append("went on")

        def on_stop(self) -> None:
            steps.append("on_stop")
            assert self.environment.runner is not None
            self.environment.runner.quit()

    runner = make_environment(Ends, stop_timeout=stop_timeout).runner
    assert runner is not None
    runner.start(1, FAST_PER_S)
    until(lambda: runner.state == "stopped")
    assert steps == ["work", "on_stop"]


def test_a_listener_of_test_start_may_end_the_test(make_environment: Make) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None
    environment.events.test_start.add_listener(lambda **_: runner.quit())
    runner.start(3, FAST_PER_S, wait=True)
    assert runner.state == "stopped"
    assert runner.user_count == 0


def test_a_listener_of_test_stop_may_start_the_next_test(make_environment: Make) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None
    starts: list[int] = []

    @environment.events.test_stop.add_listener
    def again(**_kwargs: object) -> None:
        if not starts:
            starts.append(1)
            runner.start(2, FAST_PER_S)

    runner.start(1, FAST_PER_S, wait=True)
    runner.stop()
    until(lambda: runner.state == "running" and runner.user_count == 2)


def test_a_runner_that_never_ran_fires_no_event_of_a_test(make_environment: Make) -> None:
    environment = make_environment()
    assert environment.runner is not None
    events = note_events(environment)
    environment.runner.quit()
    assert events == []


def test_a_user_without_host_ends_the_test(
    make_environment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    class Homeless(Waiter):
        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            raise StopTest("You must specify the base host.")

    runner = make_environment(Homeless).runner
    assert runner is not None
    with caplog.at_level(logging.INFO):
        runner.start(100, FAST_PER_S)
        runner.greenlet.join()
    assert caplog.text.count("You must specify the base host.") == 1
    assert "Stopping Locust..." in caplog.text
    assert [row["count"] for row in runner.exceptions.values()] == [1]


def test_exceptions_of_tasks_are_rows_by_traceback(make_environment: Make) -> None:
    class Broken(User):
        wait_time = constant(1000)

        @task
        def work(self) -> None:
            raise KeyError("price")

    runner = make_environment(Broken).runner
    assert runner is not None
    runner.start(3, FAST_PER_S, wait=True)
    until(lambda: sum(row["count"] for row in runner.exceptions.values()) == 3)
    (row,) = runner.exceptions.values()
    assert row["msg"] == "'price'"
    assert row["nodes"] == {"local"}
    assert "in work" in row["traceback"]
    assert row["traceback"].endswith("KeyError: 'price'\n")
    assert runner.user_count == 3


def test_reset_stats_forgets_what_the_ramp_counted(make_environment: Make) -> None:
    environment = make_environment(reset_stats=True)
    assert environment.runner is not None
    fired: dict[str, Any] = {
        "request_type": "RPC",
        "name": "x",
        "response_time": 1.0,
        "response_length": 0,
    }
    environment.events.test_start.add_listener(
        lambda **_: environment.events.request.fire(**fired, exception=None)
    )
    environment.runner.start(1, FAST_PER_S, wait=True)
    assert environment.stats.num_requests == 0


def test_messages_come_back_at_once(make_environment: Make) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None
    seen: list[object] = []
    runner.register_message("hello", lambda msg, **_: seen.append(msg.data), concurrent=True)
    runner.send_message("hello", {"a": 1})
    assert seen == [{"a": 1}]


def test_no_class_to_choose_from_is_an_error(make_environment: Make) -> None:
    runner = make_environment().runner
    assert runner is not None
    with pytest.raises(ValueError, match="no users with weight"):
        runner.start(1, 1, user_classes=[])
    assert runner.state is State.READY


def test_too_many_fixed_users_are_told(
    make_environment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    class Fixed(Waiter):
        fixed_count = 4

    runner = make_environment(Fixed).runner
    assert runner is not None
    with caplog.at_level(logging.INFO):
        runner.start(3, FAST_PER_S, wait=True)
    assert "Total fixed_count of User classes (4) is greater" in caplog.text
    assert runner.user_count == 3


@pytest.mark.parametrize("event", ["test_stopping", "test_stop", "spawning_complete"])
def test_stop_test_in_a_listener_ends_the_test_whole(
    make_environment: Callable[..., Environment], event: str
) -> None:
    environment = make_environment()
    runner = environment.runner
    assert runner is not None

    def end(**_: object) -> None:
        raise StopTest

    getattr(environment.events, event).add_listener(end)
    runner.start(2, FAST_PER_S, wait=True)
    if event != "spawning_complete":
        runner.stop()
    until(lambda: runner.state == "stopped")
    assert runner.user_count == 0
