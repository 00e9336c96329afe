"""Task sets: the loop that picks tasks, runs them and waits.

A user's own tasks run in a hidden root set, `DefaultTaskSet`, which passes the *user* to them; a
`TaskSet` passes itself, may be nested, and runs until it is interrupted.

The loop has three bodies. `_iterate_hooks` calls `get_next_task`, `execute_task` and `wait`, any of
which a subclass may override. `_iterate_plain` does the same work inline for classes that override
none of them, because those calls cost 2 us an iteration and the whole request costs 5.
`_iterate_counted` is for runs with a limit of task executions, so that others need not ask.

How an exception steers the loop:

=======================  ========================================================================
RescheduleTask           wait, next task
RescheduleTaskImm...     next task
InterruptTaskSet         `on_stop`, then the parent goes on at once or after its wait
StopUser, GreenletExit   `on_stop` of every set up the chain, then of the user
StopTest                 the same, then the whole test stops
any other                `user_error` event, log with traceback, wait, next task
=======================  ========================================================================

Source: Locust 2.47, task.py. We differ in `interrupt()` on a user (there it kills the user, here it
is an error like any other) and in StopTest (there it stops just the user, here the test).
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from random import choice, random
from time import perf_counter
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from locust_like._core import sleep
from locust_like.errors import (
    InterruptTaskSet,
    LocustError,
    MissingWaitTimeError,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)
from locust_like.interfaces import IterationsLike
from locust_like.users.greenlets import GreenletExit, Timeout, Turn, give_way
from locust_like.users.reports import no_tasks_in_set, no_tasks_of_user, report_error
from locust_like.users.states import LOCUST_STATE_RUNNING, LOCUST_STATE_WAITING, obey
from locust_like.users.tasks import Task, Tasks, collect_tasks
from locust_like.users.wait_time import settle_wait_time

if TYPE_CHECKING:
    from locust_like.users.user import User

_HOOKS = ("get_next_task", "execute_task", "execute_next_task", "wait")
_NO_TASKS: deque[Task] = deque(maxlen=0)


class TaskSetMeta(type):
    """Collects the tasks of a class when it is made."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> "TaskSetMeta":
        """Make the class with its flat task list."""
        in_order = any(getattr(base, "runs_in_order", False) for base in bases)
        members["tasks"] = collect_tasks(bases, members, in_order=in_order)
        settle_wait_time(name, members)
        return super().__new__(cls, name, bases, members)


class TaskSet(metaclass=TaskSetMeta):
    """A set of tasks that a user runs until the set is interrupted.

    Args:
        parent: the user, or the task set in which this one is nested.

    Example:
        class Forum(TaskSet):
            @task
            def read(self):
                self.client.get("/thread")

            @task
            def leave(self):
                self.interrupt()
    """

    tasks: Tasks = ()
    runs_in_order: ClassVar[bool] = False
    _last_wait_s = 0.0

    def __init__(self, parent: "User | TaskSet") -> None:
        """Attach the set to what runs it."""
        self._task_queue = _NO_TASKS
        self._parent = parent
        self._user: User = parent.user if isinstance(parent, TaskSet) else parent
        self._pace_s = perf_counter()

    @property
    def user(self) -> "User":
        """The user that runs this set."""
        return self._user

    @property
    def parent(self) -> "User | TaskSet":
        """The set in which this one is nested, or the user."""
        return self._parent

    @property
    def client(self) -> Any:  # the user decides what its client is
        """The client of the user."""
        return self._user.client

    def on_start(self) -> None:
        """Run when the user enters this set."""

    def on_stop(self) -> None:
        """Run when the user leaves this set, or stops in it."""

    def run(self) -> NoReturn:
        """Run the set in the calling greenlet until an exception leaves it.

        Raises:
            RescheduleTaskImmediately: interrupted; the parent goes on at once.
            RescheduleTask: interrupted with `reschedule=False`; the parent waits first.
            StopUser: the user stops.
        """
        try:
            self.on_start()
        except InterruptTaskSet as signal:
            raise _to_parent(signal) from signal
        iterate = self._loop()
        try:
            while True:
                self._carry_on(iterate)
        except InterruptTaskSet as signal:
            self._leave()
            raise _to_parent(signal) from signal
        except (StopUser, StopTest, GreenletExit):
            self._leave()
            raise

    def interrupt(self, reschedule: bool = True) -> NoReturn:
        """Leave this set and go on in its parent.

        Args:
            reschedule: True = the parent picks its next task at once, False = it waits first.
        """
        raise InterruptTaskSet(reschedule)

    def schedule_task(self, task_callable: Task, first: bool = False) -> None:
        """Run a task before the next one is picked.

        Args:
            task_callable: a task; a method bound to this set is called without arguments.
            first: True = before everything already scheduled, False = after it.
        """
        if self._task_queue is _NO_TASKS:
            self._task_queue = deque()
        if first:
            self._task_queue.appendleft(task_callable)
        else:
            self._task_queue.append(task_callable)

    def get_next_task(self) -> Task:
        """Pick the next task; override it to choose in another way."""
        tasks = self._own_tasks()
        if not tasks:
            raise LocustError(self._no_tasks_text())
        return choice(tasks)

    def execute_next_task(self) -> None:
        """Run the task at the head of the schedule."""
        self.execute_task(self._task_queue.popleft())

    def execute_task(self, task: Any) -> None:
        """Run a task, which is a function, a method bound to this set, or a TaskSet class."""
        if isinstance(task, TaskSetMeta):
            task(self).run()
        elif getattr(task, "__self__", None) is self:
            task()
        else:
            task(self)

    def wait_time(self) -> float:
        """Return the seconds to wait after the current task; by default what the user's says."""
        if self._user.wait_time is None:
            msg = (
                f"You must define a wait_time method on either the {type(self._user).__name__} or "
                f"{type(self).__name__} class"
            )
            raise MissingWaitTimeError(msg)
        seconds: float = self._user.wait_time()
        return seconds

    def wait(self) -> None:
        """Wait for `wait_time()` seconds; a user that is told to stop meanwhile stops.

        Raises:
            StopUser: the user is stopping.
        """
        user = self._user
        obey(user)
        seconds = self.wait_time()
        user._state = LOCUST_STATE_WAITING
        self._sleep(seconds)
        obey(user)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            sleep(seconds)
        else:
            give_way()

    def _carry_on(self, iterate: Callable[[], NoReturn]) -> None:
        """Iterate until something interrupts the rhythm; return when the set goes on."""
        waits = True
        try:
            iterate()
        except RescheduleTaskImmediately:
            waits = False
        except RescheduleTask:
            pass
        except (InterruptTaskSet, StopUser, StopTest):
            raise
        except (Exception, Timeout) as error:  # noqa: BLE001 - reported, whatever it is
            self._report(error)
        if waits:
            self.wait()
        else:
            # Sets that are entered and left without waiting must not keep others from running.
            give_way()

    def _loop(self) -> Callable[[], NoReturn]:
        iterations = self._user.environment.iterations
        if iterations is not None:
            return partial(self._iterate_counted, iterations)
        is_plain = _is_plain(type(self)) and self._user._before_task is None
        return self._iterate_plain if is_plain else self._iterate_hooks

    def _iterate_hooks(self) -> NoReturn:
        while True:
            if not self._task_queue:
                self.schedule_task(self.get_next_task())
            obey(self._user)
            self._begin_task()
            self.execute_next_task()
            self.wait()

    def _iterate_counted(self, iterations: IterationsLike) -> NoReturn:
        """Do what `_iterate_hooks` does while executions are left; then idle until the end."""
        while True:
            if not self._task_queue:
                self.schedule_task(self.get_next_task())
            obey(self._user)
            if isinstance(self._task_queue[0], TaskSetMeta):
                self.execute_next_task()
            elif iterations.take():
                try:
                    self._begin_task()
                    self.execute_next_task()
                finally:
                    iterations.done()
            else:
                self._user._state = LOCUST_STATE_WAITING
                iterations.wait()
                continue
            self.wait()

    def _begin_task(self) -> None:
        if self._user._before_task is not None:
            self._user._before_task()

    def _iterate_plain(self) -> NoReturn:
        """Do what `_iterate_hooks` does, inline."""
        user, owner, in_order = self._user, self._owner(), isinstance(self, SequentialTaskSet)
        turn = Turn.of_this_thread()
        obey(user)
        while True:
            tasks: Sequence[Task] = owner.tasks  # type: ignore[assignment]  # flat, see TaskSetMeta
            if self._task_queue or in_order or not tasks:
                task = self._task_queue.popleft() if self._task_queue else self.get_next_task()
            else:
                count = len(tasks)
                task = tasks[int(random() * count)] if count > 1 else tasks[0]
            if task.__class__ is FunctionType:
                task(owner)
            else:
                self.execute_task(task)
            wait_s = owner.wait_time()
            # Who stops or pauses the user changes its state whenever it lets others run.
            if user._state != LOCUST_STATE_RUNNING:
                obey(user)
            if wait_s > 0:
                user._state = LOCUST_STATE_WAITING
                sleep(wait_s)
                obey(user)
            elif turn.holder is user:
                give_way()
                obey(user)
            turn.holder = user

    def _owner(self) -> "User | TaskSet":
        """Return what holds the tasks and is passed to them."""
        return self

    def _own_tasks(self) -> Sequence[Task]:
        return cast("Sequence[Task]", self._owner().tasks)  # the metaclass made it a flat list

    def _report(self, error: BaseException) -> None:
        """Tell of an exception that left a task; raise it again if the environment wants that."""
        report_error(self._user, self, error)
        if not self._user.environment.catch_exceptions:
            raise error

    def _leave(self) -> None:
        try:
            self.on_stop()
        except (StopUser, GreenletExit):
            raise
        except Exception as error:  # noqa: BLE001 - reported, whatever it is
            report_error(self._user, self, error)

    def _no_tasks_text(self) -> str:
        return no_tasks_in_set(self)


class SequentialTaskSet(TaskSet):
    """A task set that runs its tasks in the order of their declaration, again and again.

    What `tasks` holds comes where `tasks` stands in the class body; weight n runs n times in a row.
    """

    runs_in_order = True

    def __init__(self, parent: "User | TaskSet") -> None:
        """Start at the first task."""
        super().__init__(parent)
        self._next_index = 0

    def get_next_task(self) -> Task:
        """Return the task that follows the one returned before."""
        if not self.tasks:
            raise LocustError(self._no_tasks_text())
        tasks = self._own_tasks()
        task = tasks[self._next_index % len(tasks)]
        self._next_index += 1
        return task


class DefaultTaskSet(TaskSet):
    """The hidden root set: it runs the tasks of the user and passes them the user."""

    def execute_task(self, task: Any) -> None:
        """Run a task, which is a function, a method bound to the user, or a TaskSet class."""
        if isinstance(task, TaskSetMeta):
            task(self._user).run()
        elif getattr(task, "__self__", None) is self._user:
            task()
        else:
            task(self._user)

    def wait_time(self) -> float:
        """Return what the user's `wait_time` says."""
        seconds: float = self._user.wait_time()
        return seconds

    def _carry_on(self, iterate: Callable[[], NoReturn]) -> None:
        try:
            super()._carry_on(iterate)
        except InterruptTaskSet as signal:
            # There is no set to leave. Locust lets this kill the user without a trace.
            msg = "interrupt() was called outside a TaskSet"
            self._report(LocustError(msg).with_traceback(signal.__traceback__))
            self.wait()

    def _owner(self) -> "User | TaskSet":
        return self._user

    def _no_tasks_text(self) -> str:
        return no_tasks_of_user(self._user)


def _to_parent(signal: InterruptTaskSet) -> RescheduleTask | RescheduleTaskImmediately:
    kind = RescheduleTaskImmediately if signal.reschedule else RescheduleTask
    return kind(signal.reschedule)


_PLAIN = {
    base: [getattr(base, hook) for hook in _HOOKS]
    for base in (DefaultTaskSet, SequentialTaskSet, TaskSet)
}


def _is_plain(cls: type[TaskSet]) -> bool:
    """Tell whether nothing that `_iterate_plain` inlines is overridden in the class.

    Plug-ins override it in our classes themselves, by assigning to them.
    """
    base = next(base for base in _PLAIN if issubclass(cls, base))
    return [getattr(cls, hook) for hook in _HOOKS] == _PLAIN[base]
