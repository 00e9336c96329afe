"""The loop: what runs, in which order, and how exceptions steer it."""

from collections.abc import Callable
from typing import Any

import pytest

from locust_like.errors import (
    InterruptTaskSet,
    LocustError,
    MissingWaitTimeError,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)
from locust_like.users.reports import report_error
from locust_like.users.states import LOCUST_STATE_STOPPING
from locust_like.users.tasks import task
from locust_like.users.tasksets import (
    DefaultTaskSet,
    SequentialTaskSet,
    TaskSet,
)
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import QuietEnvironment

Script = list[Callable[[], None]]


def run_script(environment: QuietEnvironment, script: Script, **members: Any) -> User:
    """Run a user whose single task does the next step of the script, then stops the user."""
    steps = iter(script)

    def step(_owner: object) -> None:
        following = next(steps, None)
        if following is None:
            raise StopUser
        following()

    user = type("Scripted", (User,), {"tasks": [step], **members})(environment)
    user.run()
    return user  # type: ignore[no-any-return]  # made by type()


def raiser(error: BaseException) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


def test_the_user_waits_after_each_task(environment: QuietEnvironment, slept: list[float]) -> None:
    run_script(environment, [lambda: None, lambda: None], wait_time=constant(1.5))
    assert slept == [1.5, 1.5]


@pytest.mark.parametrize(
    ("signal", "waits"), [(RescheduleTask(), [2.0]), (RescheduleTaskImmediately(), [])]
)
def test_reschedule_decides_about_the_wait(
    environment: QuietEnvironment, slept: list[float], signal: Exception, waits: list[float]
) -> None:
    run_script(environment, [raiser(signal)], wait_time=constant(2.0))
    assert slept == waits
    assert environment.errors == []


def test_an_exception_is_told_logged_and_waited_after(
    environment: QuietEnvironment, slept: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    error = KeyError("price")
    run_script(environment, [raiser(error), lambda: None], wait_time=constant(3.0))
    ((source, told),) = environment.errors
    assert told is error
    assert isinstance(source, TaskSet)
    assert slept == [3.0, 3.0]
    assert "KeyError: 'price'" in caplog.text


def test_a_repeated_exception_is_logged_whole_once_then_counted(
    environment: QuietEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    user = User(environment)
    for number in range(250):
        try:
            raise KeyError(number)
        except KeyError as error:
            report_error(user, user, error)
    try:
        raise KeyError("elsewhere")
    except KeyError as error:
        report_error(user, user, error)
    assert len(environment.errors) == 251
    assert caplog.text.count("Traceback") == 2
    told = [record.getMessage() for record in caplog.records if "so far" in record.getMessage()]
    assert [text.partition(" (seen ")[2].split()[0] for text in told] == ["10", "100"]
    assert told[0].startswith("KeyError: 9 (seen 10 times so far, at ")
    assert "test_tasksets.py:" in told[0]


def test_an_exception_ends_the_user_when_the_environment_says_so(
    environment: QuietEnvironment,
) -> None:
    environment.catch_exceptions = False
    with pytest.raises(KeyError):
        run_script(environment, [raiser(KeyError("price"))])
    assert len(environment.errors) == 1


def test_interrupt_outside_a_task_set_is_an_error_that_does_not_kill(
    environment: QuietEnvironment,
) -> None:
    ran: list[int] = []
    run_script(environment, [raiser(InterruptTaskSet()), lambda: ran.append(1)])
    assert ran == [1]
    ((_, error),) = environment.errors
    assert "outside a TaskSet" in str(error)


def test_stop_test_leaves_the_user(environment: QuietEnvironment) -> None:
    with pytest.raises(StopTest):
        run_script(environment, [raiser(StopTest())])


def test_a_broken_wait_time_ends_the_user_with_its_error(environment: QuietEnvironment) -> None:
    def broken(_user: object) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_script(environment, [lambda: None], wait_time=broken)


def test_a_user_told_to_stop_in_its_task_takes_no_other(environment: QuietEnvironment) -> None:
    ran: list[int] = []
    holder: list[User] = []

    class Visitor(User):
        @task
        def once(self) -> None:
            ran.append(1)
            holder[0]._state = LOCUST_STATE_STOPPING

    holder.append(Visitor(environment))
    holder[0].run()
    assert ran == [1]


class Outer(User):
    """A user whose nested set is interrupted after every second task; the fifth ends the user."""

    wait_time = constant(1.0)
    reschedule = True

    def __init__(self, environment: QuietEnvironment) -> None:
        super().__init__(environment)
        self.steps: list[str] = []

    def on_stop(self) -> None:
        self.steps.append("user on_stop")


class Inner(TaskSet):
    @property
    def user(self) -> Outer:
        assert isinstance(self._user, Outer)
        return self._user

    def on_start(self) -> None:
        self.user.steps.append("on_start")

    def on_stop(self) -> None:
        self.user.steps.append("on_stop")

    @task
    def work(self) -> None:
        self.user.steps.append("work")
        works = self.user.steps.count("work")
        if works == 5:
            raise StopUser
        if works % 2 == 0:
            self.interrupt(reschedule=self.user.reschedule)


@pytest.mark.parametrize(("reschedule", "waits"), [(True, 2), (False, 4)])
def test_nested_sets_start_stop_and_return_to_their_parent(
    environment: QuietEnvironment, slept: list[float], reschedule: bool, waits: int
) -> None:
    user = Outer(environment)
    user.tasks, user.reschedule = [Inner], reschedule
    user.run()
    visit = ["on_start", "work", "work", "on_stop"]
    assert user.steps == [*visit, *visit, "on_start", "work", "on_stop", "user on_stop"]
    assert slept == [1.0] * waits
    assert environment.errors == []


def test_a_task_set_runs_by_itself_and_says_how_its_parent_goes_on(
    environment: QuietEnvironment,
) -> None:
    class Leaves(TaskSet):
        @task
        def leave(self) -> None:
            self.interrupt(reschedule=False)

    class LeavesAtOnce(TaskSet):
        def on_start(self) -> None:
            self.interrupt()

    user = User(environment)
    with pytest.raises(RescheduleTask, match="False") as waits:
        Leaves(user).run()
    with pytest.raises(RescheduleTaskImmediately) as goes_on:
        LeavesAtOnce(user).run()
    assert (waits.value.args, goes_on.value.args) == ((False,), (True,))


def test_sequential_sets_go_round_in_order(environment: QuietEnvironment) -> None:
    order: list[str] = []

    class Flow(SequentialTaskSet):
        @task
        def first(self) -> None:
            order.append("first")

        @task(2)
        def second(self) -> None:
            order.append("second")
            if len(order) > 5:
                raise StopUser

    with pytest.raises(StopUser):
        Flow(User(environment)).run()
    assert order == ["first", "second", "second"] * 2


def test_scheduled_tasks_run_before_picked_ones(environment: QuietEnvironment) -> None:
    order: list[str] = []

    class Set(TaskSet):
        def on_start(self) -> None:
            self.schedule_task(self.bound)
            self.schedule_task(Set.unbound, first=True)

        def bound(self) -> None:
            order.append("bound")

        def unbound(self) -> None:
            order.append("unbound")

        @task
        def picked(self) -> None:
            order.append("picked")
            raise StopUser

    with pytest.raises(StopUser):
        Set(User(environment)).run()
    assert order == ["unbound", "bound", "picked"]


def test_overridden_hooks_are_called(environment: QuietEnvironment) -> None:
    calls: list[str] = []

    class Custom(TaskSet):
        def get_next_task(self) -> Callable[..., Any]:
            calls.append("get_next_task")
            return Custom.work

        def execute_task(self, task: Any) -> None:
            calls.append("execute_task")
            super().execute_task(task)

        def wait(self) -> None:
            calls.append("wait")
            raise StopUser

        def work(self) -> None:
            calls.append("work")

    with pytest.raises(StopUser):
        Custom(User(environment)).run()
    assert calls == ["get_next_task", "execute_task", "work", "wait"]


def test_what_a_plugin_assigns_to_our_class_is_called(
    environment: QuietEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain(TaskSet):
        @task
        def work(self) -> None:
            """Never run."""

    def stops(_self: TaskSet, _task: object) -> None:
        raise StopUser

    monkeypatch.setattr(TaskSet, "execute_task", stops)
    with pytest.raises(StopUser):
        Plain(User(environment)).run()


def test_parent_and_user_are_read_only(environment: QuietEnvironment) -> None:
    user = User(environment)
    inner = TaskSet(TaskSet(user))
    assert inner.user is user
    assert inner.parent.parent is user  # type: ignore[union-attr]  # the parent is a set
    with pytest.raises(AttributeError):
        inner.user = user  # type: ignore[misc]  # what is tested
    with pytest.raises(AttributeError):
        inner.parent = user  # type: ignore[misc]  # what is tested


def test_texts_for_missing_tasks(environment: QuietEnvironment) -> None:
    class Empty(User):
        task = 1

    class EmptySet(TaskSet):
        pass

    user = Empty(environment)
    with pytest.raises(LocustError, match=r"No tasks defined on Empty, but you have set a 'task'"):
        DefaultTaskSet(user).get_next_task()
    with pytest.raises(LocustError, match=r"No tasks defined on EmptySet\. use the @task"):
        EmptySet(user).get_next_task()


def test_a_set_without_any_wait_time_says_so(environment: QuietEnvironment) -> None:
    user = User(environment)
    user.wait_time = None
    with pytest.raises(
        MissingWaitTimeError, match="wait_time method on either the User or TaskSet"
    ):
        TaskSet(user).wait_time()


def test_a_set_may_have_a_wait_time_of_its_own(
    environment: QuietEnvironment, slept: list[float]
) -> None:
    class Slow(TaskSet):
        wait_time = constant(7.0)

        @task
        def work(self) -> None:
            if slept:
                raise StopUser

    with pytest.raises(StopUser):
        Slow(User(environment)).run()
    assert slept == [7.0]


def test_an_exception_in_on_stop_is_told(environment: QuietEnvironment) -> None:
    class Leaving(TaskSet):
        @task
        def leave(self) -> None:
            self.interrupt()

        def on_stop(self) -> None:
            raise ValueError("no goodbye")

    class Guest(User):
        @task
        def enter(self) -> None:
            raise StopUser

    with pytest.raises(RescheduleTaskImmediately):
        Leaving(Guest(environment)).run()
    ((_, error),) = environment.errors
    assert str(error) == "no goodbye"
