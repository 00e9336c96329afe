"""Load shapes: classes in a locustfile that say, second by second, how many users there are.

What follows a shape is `runtime/shaping.py`; this is only its base class and how it is found.

Source: Locust 2.47, shape.py.
"""

from __future__ import annotations

import inspect
import time
from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from locust_like.errors import LocustfileError

if TYPE_CHECKING:
    from types import ModuleType

    from locust_like.interfaces import RunnerLike
    from locust_like.plan.sources import Settings
    from locust_like.users.user import User

Tick = tuple[int, float] | tuple[int, float, "Sequence[type[User]] | None"]
"""Users, spawn rate per second, and, if there is a third part, the classes of new users."""

_IGNORED = {"num_users": "--users", "spawn_rate": "--spawn-rate", "run_time": "--run-time"}


class LoadTestShapeMeta(ABCMeta):
    """Makes `abstract` hold for the class alone that says so."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], members: dict[str, Any]
    ) -> LoadTestShapeMeta:
        """Make the class."""
        members.setdefault("abstract", False)
        return super().__new__(cls, name, bases, members)


class LoadTestShape(metaclass=LoadTestShapeMeta):
    """The load of a run over time; a locustfile that has a subclass is run by it.

    Attributes:
        abstract: the class is never run itself; holds only for the class that says so.
        use_common_options: the shape reads --users, --spawn-rate or --run-time itself, from
            `self.runner.environment.parsed_options`; without it they are ignored with a warning.
        runner: the runner whose load it is.
        start_time: when the shape began, on the clock of `time.perf_counter`.

    Example:
        class Steps(LoadTestShape):
            def tick(self):
                minute = int(self.get_run_time() // 60)
                return (10 * (minute + 1), 10) if minute < 5 else None
    """

    abstract: ClassVar[bool] = True
    use_common_options: ClassVar[bool] = False
    runner: RunnerLike | None = None

    def __init__(self) -> None:
        """Begin now; a run that starts begins again."""
        self.start_time = time.perf_counter()

    def reset_time(self) -> None:
        """Let the time of the shape begin again."""
        self.start_time = time.perf_counter()

    def get_run_time(self) -> float:
        """Return the seconds since the shape began."""
        return time.perf_counter() - self.start_time

    def get_current_user_count(self) -> int:
        """Return how many users run now."""
        return 0 if self.runner is None else self.runner.user_count

    @abstractmethod
    def tick(self) -> Tick | None:
        """Say what the load is to be now; called about once a second.

        Returns:
            Users and spawn rate per second; as a third part the user classes that new users are
            chosen from, None = as before; users of other classes stay. None instead of all this
            ends the run.
        """


def shapes_of(module: ModuleType) -> tuple[LoadTestShape, ...]:
    """Return an instance of each shape that a locustfile defines or imports, in its order."""
    return tuple(
        item()
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, LoadTestShape) and not item.abstract
    )


def unique_shapes(shapes: Sequence[LoadTestShape]) -> tuple[LoadTestShape, ...]:
    """Return the shapes of all locustfiles, one that several of them import only once.

    Raises: LocustfileError when two different ones have one name.
    """
    known: dict[str, LoadTestShape] = {}
    for shape in shapes:
        first = known.setdefault(type(shape).__name__, shape)
        if inspect.getfile(type(first)) != inspect.getfile(type(shape)):
            raise LocustfileError(f"Duplicate shape classes: {type(shape).__name__}; rename one.")
    return tuple(known.values())


def ignored_options(shape: LoadTestShape, settings: Settings) -> list[str]:
    """Return the options that were given and mean nothing, because the shape decides."""
    if shape.use_common_options:
        return []
    return [flag for name, flag in _IGNORED.items() if settings.origin(name) != "default"]
