"""Task sets that walk a Markov chain: after each task its transitions say which may come next.

The chain is checked when the class is made, so a wrong name fails the import of a locustfile, and
not the run an hour later.

Source: Locust 2.47, markov_taskset.py; the texts of errors are the same.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from random import choice
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from locust_like.errors import LocustError
from locust_like.users.tasks import Task, check_name, untaggable
from locust_like.users.tasksets import TaskSet, TaskSetMeta
from locust_like.users.wait_time import settle_wait_time

if TYPE_CHECKING:
    from locust_like.users.user import User

TaskT = TypeVar("TaskT", bound=Task)
Weights = Mapping[str, int] | Sequence[str | tuple[str, int]]

# Locust logs this one at its root.
_logger = logging.getLogger()


class NoMarkovTasksError(LocustError):
    """No task of the class has a transition."""


class InvalidTransitionError(LocustError):
    """A transition leads to something that does not exist."""


class NonMarkovTaskTransitionError(LocustError):
    """A transition leads to something that has no transition itself."""


class MarkovTaskTagError(LocustError):
    """A task of a chain has tags, which could break the chain."""


def transition(func_name: str, weight: int = 1) -> Callable[[TaskT], TaskT]:
    """Declare a task of a chain, and which task may follow it; may be given several times.

    Args:
        func_name: name of the task that may follow.
        weight: how often it does, relative to the task's other transitions.
    """
    return transitions({func_name: weight})


def transitions(weights: Weights) -> Callable[[TaskT], TaskT]:
    """Declare a task of a chain, and which tasks may follow it.

    Args:
        weights: names with their weights, as a mapping, or as a list of names and pairs.
    """
    pairs = weights.items() if isinstance(weights, Mapping) else map(_pair, weights)
    named = dict(pairs)

    def decorate(decorated: TaskT) -> TaskT:
        known: dict[str, int] = getattr(decorated, "transitions", {})
        decorated.transitions = {**known, **named}  # type: ignore[attr-defined]  # Locust's mark
        return untaggable(decorated)

    return decorate


def _pair(item: str | tuple[str, int]) -> tuple[str, int]:
    return (item, 1) if isinstance(item, str) else item


def _is_of_chain(item: object) -> bool:
    return hasattr(item, "transitions")


def _transitions_of(task: Any) -> dict[str, int]:
    found: dict[str, int] = task.transitions
    return found


class MarkovTaskSetMeta(TaskSetMeta):
    """Checks the chain of a class that is not abstract, and finds where it begins."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], members: dict[str, Any]
    ) -> "MarkovTaskSetMeta":
        """Make the class; its tasks are those of the chain."""
        settle_wait_time(name, members)
        members.setdefault("abstract", False)
        chain = {key: item for key, item in members.items() if _is_of_chain(item)}
        if not members["abstract"]:
            _check(chain, members, name)
            members["current"] = next(iter(chain.values()))
        # A user class lists them, too; here each stands once, as its weights are its neighbours'.
        members["tasks"] = list(chain.values())
        return type.__new__(cls, name, bases, members)


def _repeated(weights: Mapping[str, int]) -> list[str]:
    return [name for name, weight in weights.items() for _ in range(weight)]


def _check(chain: Mapping[str, Any], members: Mapping[str, Any], class_name: str) -> None:
    """Refuse a chain that would break while it is walked."""
    if not chain:
        raise NoMarkovTasksError(
            f"No Markov tasks defined in class {class_name}. Use the @transition(s) decorators to "
            f"define some."
        )
    for name, task in chain.items():
        _check_targets(name, task, members, class_name)
    unreachable = set(chain) - _reachable(chain)
    if unreachable:
        _logger.warning(
            "The following markov tasks are unreachable in class %s: %s", class_name, unreachable
        )
    for name, task in chain.items():
        check_name(name)
        if hasattr(task, "locust_tag_set"):
            raise MarkovTaskTagError(
                f"Tags are unsupported for MarkovTaskSet since they can make the markov chain "
                f"invalid. Tags detected on {class_name}.{name}: {task.locust_tag_set}"
            )


def _check_targets(name: str, task: Any, members: Mapping[str, Any], class_name: str) -> None:
    for target in _transitions_of(task):
        if not members.get(target):
            raise InvalidTransitionError(
                f"Transition to {target} from {name} is invalid since no such element exists on "
                f"class {class_name}"
            )
        if not _is_of_chain(members[target]):
            raise NonMarkovTaskTransitionError(
                f"{class_name}.{target} cannot be used as a target for a transition since it does "
                f"not define any transitions of its own. Used as a transition from {name}."
            )


def _reachable(chain: Mapping[str, Any]) -> set[str]:
    """Return the tasks that the first one leads to, itself included."""
    found: set[str] = set()
    rest = [next(iter(chain))]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest.extend(_repeated(_transitions_of(chain[name])))
    return found


class MarkovTaskSet(TaskSet, metaclass=MarkovTaskSetMeta):
    """A task set in which each task says, with weights, which tasks may follow it.

    It begins at the task that is declared first. Tags are not possible.

    Attributes:
        abstract: the class has no chain and is only inherited from; holds for that class alone.
        current: the task that comes next.

    Example:
        class Shop(MarkovTaskSet):
            @transition("look")
            def enter(self): ...

            @transitions({"look": 3, "enter": 1})
            def look(self): ...
    """

    abstract: ClassVar[bool] = True
    current: Any  # a function where the chain begins, then what `self` has by its name

    def __init__(self, parent: "User | TaskSet") -> None:
        """Stand where the chain begins."""
        super().__init__(parent)

    def get_next_task(self) -> Task:
        """Return the task where the chain is, and go on to one of those that may follow."""
        task: Task = self.current
        self.current = getattr(self, choice(_repeated(_transitions_of(task))))
        return task
