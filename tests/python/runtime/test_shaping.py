"""Load shapes: what a runner does about each tick."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like.plan.shapes import LoadTestShape, Tick
from locust_like.runtime.environment import Environment
from locust_like.runtime.shaping import ShapeFollower, Staffing

from .conftest import FAST_PER_S, Cluster, Waiter, until

Make = Callable[..., Environment]


class Other(Waiter):
    """Another class."""


class Scripted(LoadTestShape):
    """Says what the test wants, and remembers how often it was asked."""

    def __init__(self, *ticks: Tick | None) -> None:
        super().__init__()
        self.now: Any = ticks[0] if ticks else None
        self.asked = 0

    def tick(self) -> Tick | None:
        self.asked += 1
        if isinstance(self.now, Exception):
            raise self.now
        answer: Tick | None = self.now
        return answer


@pytest.fixture(autouse=True)
def quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShapeFollower, "tick_s", 0.001)


def test_a_shape_is_followed_until_it_ends(make_environment: Make) -> None:
    shape = Scripted((3, FAST_PER_S))
    runner = make_environment(shape_class=shape).runner
    assert runner is not None
    runner.start_shape()
    until(lambda: runner.user_count == 3)
    assert shape.runner is runner
    shape.now = (1, FAST_PER_S)
    until(lambda: runner.user_count == 1)
    shape.now = None
    until(lambda: runner.state == "stopped")
    assert runner.shape.ended.is_set()


def test_the_end_of_a_shape_ends_a_headless_process(make_environment: Make) -> None:
    options = Namespace(headless=True)
    runner = make_environment(shape_class=Scripted(), parsed_options=options).runner
    assert runner is not None
    runner.start_shape()
    runner.greenlet.join()
    assert runner.state == "ready"


def test_a_tick_does_not_wait_for_a_ramp(make_environment: Make) -> None:
    shape = Scripted((1000, 0.001))
    runner = make_environment(shape_class=shape).runner
    assert runner is not None
    runner.start_shape()
    until(lambda: shape.asked > 3)
    assert runner.state == "spawning"
    shape.now = (5, FAST_PER_S)
    until(lambda: runner.state == "running" and runner.user_count == 5)


def test_the_same_answer_starts_no_new_ramp(make_environment: Make) -> None:
    shape = Scripted((2, FAST_PER_S))
    environment = make_environment(shape_class=shape)
    told: list[int] = []
    environment.events.spawning_complete.add_listener(lambda user_count, **_: told.append(1))
    assert environment.runner is not None
    environment.runner.start_shape()
    until(lambda: shape.asked > 10 and told)
    assert told == [1]


def test_a_shape_that_raises_ends_the_run_and_is_told(
    make_environment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    shape = Scripted((1, FAST_PER_S))
    runner = make_environment(shape_class=shape).runner
    assert runner is not None
    runner.start_shape()
    until(lambda: runner.user_count == 1)
    shape.now = OSError("no curve")
    until(lambda: runner.state == "stopped")
    assert [row["msg"] for row in runner.exceptions.values()] == ["no curve"]
    assert "The load shape Scripted has failed" in caplog.text


def test_an_answer_that_means_nothing_is_told(
    make_environment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    runner = make_environment(shape_class=Scripted((1,))).runner  # type: ignore[arg-type]  # wrong
    assert runner is not None
    runner.start_shape()
    until(runner.shape.ended.is_set)
    assert "tick() must return (users, spawn_rate)" in caplog.text


def test_stopping_ends_the_shape_and_it_can_begin_again(make_environment: Make) -> None:
    shape = Scripted((2, FAST_PER_S))
    runner = make_environment(shape_class=shape).runner
    assert runner is not None
    for _ in range(2):
        runner.start_shape()
        until(lambda: runner.user_count == 2)
        runner.stop()
        assert runner.shape.greenlet is None
        asked = shape.asked
        assert (runner.user_count, shape.asked) == (0, asked)


def test_a_shape_begins_when_the_run_before_has_stopped(make_environment: Make) -> None:
    class Slow(Waiter):
        def on_stop(self) -> None:
            gevent.sleep(0.05)

    runner = make_environment(Slow, shape_class=Scripted((1, FAST_PER_S))).runner
    assert runner is not None
    runner.start(1, FAST_PER_S, wait=True)
    gevent.spawn(runner.stop)
    until(lambda: runner.state == "cleanup")
    runner.start_shape()
    until(lambda: runner.state == "running")
    assert not runner.exceptions


def test_classes_of_a_tick_are_those_of_new_users(make_environment: Make) -> None:
    shape = Scripted((4, FAST_PER_S, [Waiter]))
    runner = make_environment(Waiter, Other, shape_class=shape).runner
    assert runner is not None
    runner.start_shape()
    until(lambda: runner.user_classes_count["Waiter"] == 4)
    shape.now = (6, FAST_PER_S, [Other])
    until(lambda: runner.state == "running" and runner.user_count == 6)
    assert runner.user_classes_count == {"Waiter": 4, "Other": 2}
    shape.now = (7, FAST_PER_S, None)
    until(lambda: runner.user_classes_count == {"Waiter": 4, "Other": 3})
    shape.now = (3, FAST_PER_S, [Other])
    until(lambda: runner.user_classes_count == {"Waiter": 3, "Other": 0})


def test_a_shape_on_a_master(make_cluster: Callable[..., Cluster]) -> None:
    shape = Scripted((4, FAST_PER_S, [Waiter]))
    cluster = make_cluster(2, Waiter, Other, shape_class=shape)
    cluster.master.start_shape()
    until(lambda: sum(cluster.users()) == 4)
    shape.now = (6, FAST_PER_S, [Other])
    until(lambda: sum(cluster.users()) == 6)
    until(lambda: cluster.master.user_classes_count == {"Waiter": 4, "Other": 2})
    shape.now = None
    until(lambda: cluster.master.state == "stopped")


def test_the_newest_users_leave_first() -> None:
    staffing = Staffing({"Waiter": 2})
    staffing.choose_from([Other])
    assert staffing.go_to(4) == {"Waiter": 2, "Other": 2}
    assert staffing.go_to(1) == {"Waiter": 1, "Other": 0}


def test_an_environment_refuses_what_is_no_shape() -> None:
    with pytest.raises(ValueError, match="shape_class should be instance of LoadTestShape"):
        Environment(shape_class=Scripted)
