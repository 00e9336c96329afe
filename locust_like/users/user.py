"""The base class of all users.

A user is one simulated client: an object with tasks, running in a greenlet of its own. A user costs
memory ten thousand times over, so an instance holds only what differs from its class.

Source: Locust 2.47, users.py.
"""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any, ClassVar, final

from locust_like.errors import LocustError, StopTest, StopUser
from locust_like.interfaces import EnvironmentLike
from locust_like.users.greenlets import Event, Greenlet, GreenletExit, Group, Timeout, spawn
from locust_like.users.reports import report_error
from locust_like.users.states import IDLE, LOCUST_STATE_STOPPING, obey, paused, resumed
from locust_like.users.tasks import Task, Tasks, collect_tasks
from locust_like.users.tasksets import DefaultTaskSet
from locust_like.users.wait_time import constant, settle_wait_time

_logger = logging.getLogger("locust.user.users")


class UserMeta(type):
    """Collects the tasks of a user class, and makes `abstract` hold for that class alone."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> "UserMeta":
        """Make the class with its flat task list."""
        members["tasks"] = collect_tasks(bases, members)
        settle_wait_time(name, members)
        members.setdefault("abstract", False)
        return super().__new__(cls, name, bases, members)


class User(metaclass=UserMeta):
    """A simulated user; subclass it and give it tasks.

    Args:
        environment: what the user runs in.

    Attributes:
        host: base of the URLs, for example "https://example.org"; the `--host` option wins.
        wait_time: function that returns the seconds to wait after a task, see `wait_time`.
        tasks: callables and TaskSets, (callable, weight) pairs, or {callable: weight}.
        weight: how often the class is chosen, relative to the others; may be a fraction.
        fixed_count: exactly this many users of the class, chosen before the others; 0 = by weight.
        abstract: the class is never run itself; holds only for the class that says so.
        environment: what the user runs in.
        reported_error: the exception that was told last, so that none is told twice.
        gate: what the user waits at while it is paused; exists only then.
    """

    host: str | None = None
    wait_time: Any = constant(0)  # a method, or one of the functions of `wait_time`
    tasks: Tasks = ()
    weight: float = 1
    fixed_count: int = 0
    abstract: ClassVar[bool] = True
    client: Any = None  # what it is depends on the kind of user

    environment: EnvironmentLike
    gate: Event
    _state: str | None = None
    _greenlet: Greenlet | None = None
    _group: Group | None = None
    _taskset_instance: DefaultTaskSet | None = None
    _last_wait_s = 0.0
    _started = False
    _before_task: Callable[[], None] | None = None  # what the kind of user does before each task
    reported_error: BaseException | None = None

    def __init__(self, environment: EnvironmentLike) -> None:
        """Attach the user to its environment."""
        self.environment = environment
        if environment.host:
            self.host = environment.host
        self._pace_s = perf_counter()

    def on_start(self) -> None:
        """Run before the first task. An exception ends the user."""

    def on_stop(self) -> None:
        """Run after the last task, also when the user is stopped."""

    @final
    def run(self) -> None:
        """Run `on_start`, tasks and `on_stop` in the calling greenlet until the user stops.

        Raises:
            Exception: what `on_start` raised, after it was reported.
            StopTest: a task asks for the end of the test.
        """
        obey(self)
        self._taskset_instance = DefaultTaskSet(self)
        try:
            self._start_up()
            self._taskset_instance.run()
        except (GreenletExit, StopUser):
            self.on_stop()
        except StopTest:
            self.on_stop()
            raise

    def _start_up(self) -> None:
        try:
            self.on_start()
        except (StopUser, StopTest):
            self._started = True
            raise
        except Exception as error:
            report_error(self, self, error)
            raise
        self._started = True

    @property
    def started(self) -> bool:
        """Whether `on_start` has ended without an exception, or with one that steers the user."""
        return self._started

    def wait(self) -> None:
        """Wait as after a task.

        Raises:
            StopUser: the user is stopping.
        """
        if self._taskset_instance is None:
            msg = "wait() needs a running user"
            raise LocustError(msg)
        self._taskset_instance.wait()

    def start(self, group: Group) -> Greenlet:
        """Run the user in a new greenlet of `group`.

        Returns:
            The greenlet; it never fails, whatever the user's code does.
        """
        self._group = group
        self._greenlet = spawn(group, _run_user, self)
        return self._greenlet

    def stop(self, force: bool = False) -> bool:
        """Tell the user to stop; does not wait for it.

        A user that waits between tasks, or has not started, ends at once; one in a task finishes
        it first.

        Args:
            force: end it at once in any case; a request in flight counts as cancelled.

        Returns:
            True if the user was told to end at once, False if it finishes its task first.

        Source: Locust's `User.stop`, which waits for the end of a user that it kills.
        """
        at_once = force or self._state in IDLE
        # In any case, so that a task which catches the kill (`except:`) is the last one.
        self._state = LOCUST_STATE_STOPPING
        if at_once:
            if self._greenlet is not None:
                self._greenlet.kill(block=False)
            return True
        return False

    def pause(self, gate: Event) -> None:
        """Let the user take no task until `resume`; what it does now, it finishes.

        Args:
            gate: set when everybody who waits at it is resumed.
        """
        self.gate = gate
        self._state = paused(self._state)

    def resume(self) -> None:
        """Let the user go on when its gate opens."""
        self._state = resumed(self._state)

    @property
    def greenlet(self) -> Greenlet | None:
        """The greenlet that runs this user."""
        return self._greenlet

    @property
    def group(self) -> Group | None:
        """The group of greenlets that the user was started in."""
        return self._group

    def context(self) -> dict[str, object]:
        """Return what goes into the `context` of each request event; override it to add."""
        return {}

    @classmethod
    def json(cls) -> dict[str, object]:
        """Return what the class picker shows and may change."""
        return {
            "host": cls.host,
            "weight": cls.weight,
            "fixed_count": cls.fixed_count,
            "tasks": [_task_name(item) for item in cls.tasks],
        }

    @classmethod
    def fullname(cls) -> str:
        """Return the module-qualified name, without the mark of a local class."""
        return f"{cls.__module__}.{cls.__qualname__}".replace(".<locals>", "")

    def release(self) -> None:
        """Cut the cycles through this user, so that it is freed at once, without the collector."""
        self._taskset_instance = None
        self._greenlet = None
        self._group = None


def _task_name(item: Task | tuple[Task, int]) -> str:
    return str(getattr(item, "__name__", item))


def _run_user(user: User) -> None:
    """Run a user; what leaves it is told here, as a failing greenlet tells only the console."""
    try:
        user.run()
    except StopTest as signal:
        if str(signal):
            _logger.error("%s", signal)
        if user.environment.runner is not None:
            user.environment.runner.quit()
    except (Exception, Timeout) as error:  # noqa: BLE001 - reported, whatever it is
        report_error(user, user, error)
