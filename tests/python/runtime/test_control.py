"""The operators' door: what each command does, what is refused, and that nothing changes then."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest

from locust_like.errors import CommandError, StaleCommand
from locust_like.plan.arguments import describe
from locust_like.runtime.commands import ClassChange, Command, Edit, Mark, Order, Start
from locust_like.runtime.control import UNDO_S, Control
from locust_like.runtime.control_checks import Arguments, Load
from locust_like.runtime.environment import Environment
from locust_like.users.tasks import tag, task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, Waiter, until

Make = Callable[..., Environment]


class Buyer(Waiter):
    """Buys.

    More than anybody wants to read.
    """

    weight = 3
    host = "http://shop.test"


class Tagged(Waiter):
    @tag("slow")
    @task
    def wait_long(self) -> None: ...

    @tag("fast")
    @task
    def wait_short(self) -> None: ...


@pytest.fixture(autouse=True)
def unchanged_classes() -> Iterator[None]:
    """Operators change classes for good."""
    before = [(cls, cls.weight, cls.fixed_count, cls.host, cls.tasks) for cls in CLASSES]
    yield
    for cls, weight, fixed_count, host, tasks in before:
        cls.weight, cls.fixed_count, cls.host, cls.tasks = weight, fixed_count, host, tasks


CLASSES: tuple[type[User], ...] = (Waiter, Buyer, Tagged)


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def control_of(environment: Environment, clock: Callable[[], float] | None = None) -> Control:
    options: dict[str, Any] = {} if clock is None else {"clock": clock}
    return Control(
        environment,
        available=environment.user_classes,
        load=Load(4, FAST_PER_S, None),
        wall_clock=lambda: 1_700_000_000.0,
        **options,
    )


def started(environment: Environment, command: Start = Start()) -> Control:  # noqa: B008 - frozen
    control = control_of(environment)
    control.do(command, "web")
    runner = environment.runner
    assert runner is not None
    assert runner.spawning_greenlet is not None
    runner.spawning_greenlet.join()
    return control


def names(cls: type[User]) -> list[str]:
    return [getattr(item, "__name__", "") for item in cls.tasks]


def kinds(control: Control) -> list[tuple[str, str]]:
    return [(note.kind, note.who) for note in control.annotations()]


def test_start_runs_what_the_command_line_said(make_environment: Make) -> None:
    control = started(make_environment(Waiter, Buyer))
    status = control.status()
    assert (status.run, status.state, status.users, status.target_users) == (1, "running", 4, 4)
    assert status.classes == {"Waiter": 1, "Buyer": 3}
    assert kinds(control) == [("start", "web"), ("spawned", "run")]


def test_start_with_other_values_keeps_them_for_the_next_run(make_environment: Make) -> None:
    environment = make_environment(Waiter, Buyer)
    change = ClassChange("Buyer", enabled=False)
    host = "http://127.0.0.1:1"
    control = started(environment, Start(users=3, host=host, run_time_s=60, classes=(change,)))
    assert control.status().classes == {"Waiter": 3}
    plan = control.plan()
    assert (plan.users, plan.run_time_s, plan.host) == (3, 60, host)
    assert [row.enabled for row in plan.classes] == [True, False]
    assert plan.classes[1].description == "Buys."
    control.do(Order("stop"), "web")
    until(lambda: control.status().state == "stopped")
    control.do(Start(run_time_s=0), "web")
    assert control.status().run == 2
    assert control.status().run_time_s is None


def test_edit_changes_users_and_exchanges_classes(make_environment: Make) -> None:
    control = started(make_environment(Waiter, Buyer), Start(users=8))
    assert control.status().classes == {"Waiter": 2, "Buyer": 6}
    edit = Edit(users=8, classes=(ClassChange("Waiter", weight=9), ClassChange("Buyer", weight=1)))
    assert control.preview(edit).classes == {"Waiter": 7, "Buyer": 1}
    control.do(edit, "web")
    until(lambda: control.status().classes == {"Waiter": 7, "Buyer": 1})
    until(lambda: control.status().state == "running")
    assert control.status().users == 8


def test_a_class_can_leave_a_running_load_and_come_back(make_environment: Make) -> None:
    control = started(make_environment(Waiter, Buyer), Start(users=4))
    control.do(Edit(classes=(ClassChange("Buyer", enabled=False),)), "web")
    until(lambda: control.status().classes == {"Waiter": 4, "Buyer": 0})
    until(lambda: control.status().state == "running")
    control.do(Edit(classes=(ClassChange("Buyer", enabled=True, fixed_count=2),)), "web")
    until(lambda: control.status().classes == {"Waiter": 2, "Buyer": 2})


def test_undo_takes_an_edit_back_for_ten_seconds(make_environment: Make) -> None:
    clock = Clock()
    control = control_of(make_environment(Waiter, Buyer), clock)
    control.do(Start(), "web")
    control.do(Edit(users=9, classes=(ClassChange("Waiter", fixed_count=5),)), "web")
    assert control.status().can_undo_s == UNDO_S
    control.do(Order("undo"), "web")
    until(lambda: control.status().classes == {"Waiter": 1, "Buyer": 3})
    assert control.status().target_users == 4
    control.do(Edit(users=9), "web")
    clock.now_s += UNDO_S
    with pytest.raises(CommandError, match="nothing to undo"):
        control.do(Order("undo"), "web")
    assert control.status().target_users == 9


def test_a_change_based_on_old_values_is_refused(make_environment: Make) -> None:
    control = started(make_environment())
    seen = control.status().version
    control.do(Edit(users=6, based_on=seen), "web")
    with pytest.raises(StaleCommand):
        control.do(Edit(users=2, based_on=seen), "api")
    assert control.status().target_users == 6


def test_a_mark_changes_nothing_that_others_base_on(make_environment: Make) -> None:
    control = started(make_environment())
    before = control.status().version
    control.do(Mark(" deployed\n v2 "), "api")
    assert control.status().version == before
    assert control.annotations()[-1].text == "deployed v2"


def test_pause_and_resume(make_environment: Make) -> None:
    control = started(make_environment())
    control.do(Order("pause"), "web")
    assert control.status().state == "paused"
    control.do(Order("resume"), "web")
    assert control.status().state == "running"


@pytest.mark.parametrize("kind", ["stop", "stop_now"])
def test_stopping_goes_on_behind_the_answer(make_environment: Make, kind: Any) -> None:
    environment = make_environment(stop_timeout=1000)
    started_long = gevent.event.Event()

    class Long(User):
        wait_time = constant(0)

        @task
        def work(self) -> None:
            started_long.set()
            gevent.sleep(0.05 if kind == "stop" else 1000)

    environment.user_classes = [Long]
    control = Control(environment, available=[Long], load=Load(1, FAST_PER_S, None))
    endings: list[str] = []
    control.on_end.append(endings.append)
    control.do(Start(), "web")
    started_long.wait()
    assert control.do(Order(kind), "web").state in ("stopping", "cleanup")
    until(lambda: control.status().state == "stopped")
    assert endings == ["stopped by web"]
    assert control.status().ending == "stopped by web"


def test_the_run_time_ends_a_run(make_environment: Make) -> None:
    control = started(make_environment(), Start(run_time_s=0.1))
    until(lambda: control.status().state == "stopped")
    assert control.status().ending == "time limit reached"


def test_iterations_are_counted_anew_in_each_run(make_environment: Make) -> None:
    done: list[int] = []

    class Counter(User):
        def wait(self) -> None: ...

        @task
        def work(self) -> None:
            done.append(1)
            gevent.sleep(0)

    control = control_of(make_environment(Counter, iterations=5))
    for total in (5, 10):
        control.do(Start(users=2), "web")
        until(lambda: control.status().state == "stopped")
        assert len(done) == total
        assert control.status().ending == "all iterations done"


def test_tags_choose_tasks_of_one_run_only(make_environment: Make) -> None:
    environment = make_environment(Tagged)
    control = started(environment, Start(users=1, exclude_tags=("slow",)))
    assert control.plan().tags == ("fast", "slow")
    assert names(Tagged) == ["work", "wait_short"]
    control.do(Order("stop"), "web")
    until(lambda: control.status().state == "stopped")
    control.do(Start(exclude_tags=()), "web")
    assert names(Tagged) == ["work", "wait_long", "wait_short"]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (Start(users=-1), "users"),
        (Start(users=10**12), "users"),
        (Start(spawn_rate_per_s=float("nan")), "spawn_rate_per_s"),
        (Start(spawn_rate_per_s=float("inf")), "spawn_rate_per_s"),
        (Start(spawn_rate_per_s=0.0), "spawn_rate_per_s"),
        (Start(run_time_s=1e12), "run_time_s"),
        (Start(host="ftp://x"), "host"),
        (Start(host="http://a b"), "host"),
        (Start(tags=("nobody",)), "tags"),
        (Start(classes=(ClassChange("Nobody"),)), "classes"),
        (Start(classes=(ClassChange("Waiter", enabled=False),)), "classes"),
        (Start(classes=(ClassChange("Waiter", host="nowhere"),)), "host"),
        (Start(arguments={"nothing": 1}), "arguments.nothing"),
        (Edit(users=5), ""),
        (Order("pause"), ""),
        (Order("resume"), ""),
        (Order("stop"), ""),
        (Order("stop_now"), ""),
        (Order("undo"), ""),
        (Mark("  "), "text"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    make_environment: Make, command: Command, field: str
) -> None:
    control = control_of(make_environment())
    before = (control.status(), control.plan())
    with pytest.raises(CommandError) as caught:
        control.do(command, "web")
    assert caught.value.field == field
    assert str(caught.value)
    assert (control.status(), control.plan()) == before
    assert not control.annotations()


def test_a_second_start_is_refused(make_environment: Make) -> None:
    control = started(make_environment())
    with pytest.raises(CommandError, match="a run is active"):
        control.do(Start(users=1), "web")
    assert control.status().target_users == 4


def test_arguments_of_the_locustfile() -> None:
    parser = argparse.ArgumentParser()
    known = {
        action.dest: describe(action)
        for action in (
            parser.add_argument("--region", choices=["eu", "us"], default="eu"),
            parser.add_argument("--count", type=int, default=3),
            parser.add_argument("--verbose", action="store_true"),
            parser.add_argument("--many", nargs="*", choices=["a", "b"], default=["a"]),
            parser.add_argument("--note", default="x"),
        )
    }
    options = argparse.Namespace(region="eu", count=3, verbose=False, many=["a"], note="x")
    arguments = Arguments(known, options)
    assert [row.kind for row in arguments.now()] == [
        "choice", "number", "switch", "choices", "text",
    ]  # fmt: skip
    arguments.set({"region": "us", "count": 7.0, "verbose": True, "many": ["b"], "note": ""})
    assert vars(options) == {
        "region": "us", "count": 7, "verbose": True, "many": ["b"], "note": "",
    }  # fmt: skip
    for wrong in ({"region": "xx"}, {"count": "many"}, {"verbose": "yes"}, {"many": ["c"]}):
        with pytest.raises(CommandError) as caught:
            arguments.set({"note": "changed", **wrong})
        assert caught.value.accepted
    assert options.note == ""
