"""One user that does everything once: `on_start`, each task in order, `on_stop`.

For `locust-like debug`. Everything runs in the calling greenlet, without a runner, timers or
signals, so that a debugger may stop anywhere for as long as it likes. Nobody waits between tasks.

What steers a user in a run is told to the watcher. Where a run would leave a task set or pick
another task, the pass goes on with the next task, because it has to see each of them once.
"""

from bdb import BdbQuit
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from locust_like.errors import (
    InterruptTaskSet,
    LocustError,
    RescheduleTask,
    RescheduleTaskImmediately,
    StopTest,
    StopUser,
)
from locust_like.users.states import LOCUST_STATE_RUNNING
from locust_like.users.tasksets import DefaultTaskSet, TaskSet, TaskSetMeta
from locust_like.users.user import User

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment


class Watcher(Protocol):
    """Who is told what the user does, at once."""

    def step(self, name: str, depth: int) -> None:
        """A hook, task or task set begins; depth 0 is the user's own."""

    def note(self, text: str) -> None:
        """The user's code has steered; one sentence."""

    def exception(self, error: BaseException) -> None:
        """The user's code has raised."""


class OnePass:
    """Runs one user of a class through all that it has.

    Args:
        environment: what the user runs in; it needs no runner.
        watcher: told of each step.
    """

    def __init__(self, environment: "Environment", watcher: Watcher) -> None:
        self._environment = environment
        self._watcher = watcher

    def run(self, user_class: type[User]) -> None:
        """Run the user; what its code raises goes to the watcher and to `user_error`."""
        self._environment.filter_tasks()
        try:
            user = user_class(self._environment)
        except BdbQuit:
            raise
        except Exception as error:  # noqa: BLE001 - reported, whatever it is
            self._watcher.exception(error)
            return
        user._state = LOCUST_STATE_RUNNING
        root = user._taskset_instance = DefaultTaskSet(user)
        try:
            if not self._call(user, "on_start", user.on_start, 0):
                self._watcher.note("on_start has failed, so the user ends before its first task")
                return
            self._tasks(root, user.tasks, 0)
        except (StopUser, StopTest) as signal:
            self._watcher.note(f"{type(signal).__name__}: the user ends here")
        self._call(user, "on_stop", user.on_stop, 0)

    def _tasks(self, owner: TaskSet, tasks: Any, depth: int) -> None:
        """Run each task once, in the order of its first mention; weights repeat it in the list."""
        distinct = list(dict.fromkeys(tasks))
        if not distinct:
            self._watcher.exception(LocustError(owner._no_tasks_text()))
        for task in distinct:
            if isinstance(task, TaskSetMeta):
                self._watcher.step(task.__name__, depth)
                self._set(task, owner, depth + 1)  # type: ignore[arg-type]  # only TaskSets have it
            else:
                name = getattr(task, "__name__", repr(task))
                self._call(owner, name, partial(owner.execute_task, task), depth)

    def _set(self, cls: type[TaskSet], parent: TaskSet, depth: int) -> None:
        owner = parent.user if isinstance(parent, DefaultTaskSet) else parent
        try:
            task_set = cls(owner)
        except BdbQuit:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            self._watcher.exception(error)
            return
        if not self._call(task_set, "on_start", task_set.on_start, depth):
            return
        try:
            self._tasks(task_set, task_set.tasks, depth)
        finally:
            self._call(task_set, "on_stop", task_set.on_stop, depth)

    def _call(self, source: Any, name: str, function: Callable[[], object], depth: int) -> bool:
        """Call a piece of the user's code; return whether the user would go on.

        Raises: StopUser, StopTest where the code says so.
        """
        is_empty_hook = getattr(function, "__func__", None) in _EMPTY_HOOKS
        if not is_empty_hook:
            self._watcher.step(name, depth)
        try:
            function()
        except (StopUser, StopTest):
            if name == "on_stop":
                return False
            raise
        except InterruptTaskSet as signal:
            if isinstance(source, DefaultTaskSet):
                msg = "interrupt() was called outside a TaskSet"
                self._fail(source, LocustError(msg).with_traceback(signal.__traceback__))
                return False
            self._watcher.note("interrupt(): a run would leave the task set here")
        except (RescheduleTask, RescheduleTaskImmediately) as signal:
            self._watcher.note(f"{type(signal).__name__}: the task ends here")
        except BdbQuit:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(source, error)
            return False
        return True

    def _fail(self, source: Any, error: Exception) -> None:
        self._watcher.exception(error)
        self._environment.events.user_error.fire(
            user_instance=source, exception=error, tb=error.__traceback__
        )


_EMPTY_HOOKS = frozenset({User.on_start, User.on_stop, TaskSet.on_start, TaskSet.on_stop})
"""Hooks that a script has not overridden are no steps."""
