"""The `@task` and `@tag` decorators, and the task lists that classes make of them.

A class keeps its tasks as one flat list in which each task stands as often as its weight says, so
that picking one is a uniform choice. Tasks are inherited; an inherited list comes first, then the
`tasks` attribute, then the decorated members in the order of their declaration.

Source: Locust 2.47, task.py.
"""

import inspect
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, TypeVar, overload

Task = Callable[..., Any]
TaskT = TypeVar("TaskT", bound=Task)
Tasks = Sequence[Task] | Mapping[Task, int] | Sequence[tuple[Task, int]]

_logger = logging.getLogger()  # as Locust; its users filter by it


@overload
def task(weight: TaskT) -> TaskT: ...
@overload
def task(weight: int = 1) -> Callable[[TaskT], TaskT]: ...
def task(weight: Any = 1) -> Any:
    """Declare a method, or a nested TaskSet, as a task.

    Args:
        weight: how often the task is picked, relative to the others; used as `@task` or `@task(3)`.

    Raises:
        ValueError: the decorated function is called `run`, which would replace the user's loop.

    Example:
        class Visitor(HttpUser):
            @task(3)
            def front_page(self):
                self.client.get("/")
    """

    def decorate(decorated: TaskT) -> TaskT:
        if isinstance(decorated, FunctionType):
            check_name(decorated.__name__)
        decorated.locust_task_weight = weight  # type: ignore[attr-defined]  # Locust's own mark
        return decorated

    if callable(weight):
        declared, weight = weight, 1
        return decorate(declared)
    return decorate


def check_name(name: str) -> None:
    """Refuse a task that would replace a method of the loop, and warn of one that runs twice.

    Raises:
        ValueError: the name is `run`.
    """
    if name == "run":
        msg = (
            "User.run() is a method used internally by Locust, and you must not override it or "
            "register it as a task"
        )
        raise ValueError(msg)
    if name in ("on_start", "on_stop"):
        _logger.warning(
            "You have tagged your %s function with @task. This will make your method get called "
            "both as a task AND on start/stop.",
            name,
        )


def tag(*tags: str) -> Callable[[TaskT], TaskT]:
    """Give a task tags, by which `--tags` and `--exclude-tags` choose.

    A tag on a TaskSet holds for every task in it.

    Raises:
        ValueError: no tag was given.
    """
    if not tags or callable(tags[0]):
        msg = "No tag name was supplied"
        raise ValueError(msg)

    def decorate(decorated: TaskT) -> TaskT:
        nested = getattr(decorated, "tasks", None)
        if nested is not None:
            for member in nested:
                decorate(member)
        else:
            known: set[str] = getattr(decorated, "locust_tag_set", set())
            decorated.locust_tag_set = known | set(tags)  # type: ignore[attr-defined]  # as above
        return decorated

    return decorate


def collect_tasks(
    bases: tuple[type, ...], members: Mapping[str, Any], *, in_order: bool = False
) -> list[Task]:
    """Return the flat task list of a class that is being made.

    Args:
        bases: its base classes; their `tasks` come first.
        members: its class body.
        in_order: True = what `tasks` holds comes where `tasks` stands in the body, False = before
            all decorated members.

    Raises:
        TypeError: something cannot be a task, or a weight is no whole number.
    """
    tasks: list[Task] = []
    for base in bases:
        tasks.extend(getattr(base, "tasks", None) or ())
    if not in_order:
        tasks.extend(flatten(members.get("tasks")))
    for name, member in members.items():
        if in_order and name == "tasks":
            tasks.extend(flatten(member))
        tasks.extend(_repeated(member, getattr(member, "locust_task_weight", None)))
    return tasks


def flatten(tasks: Tasks | None) -> list[Task]:
    """Return each task as often as its weight says.

    Args:
        tasks: callables, (callable, weight) pairs, or a mapping from callable to weight.

    Raises:
        TypeError: something cannot be a task, or a weight is no whole number.
    """
    if not tasks:
        return []
    given: Any = tasks
    if not isinstance(given, Iterable):
        msg = f"tasks is {given!r}; it must be a list of tasks, or {{task: weight}}"
        raise TypeError(msg)
    flat: list[Task] = []
    for item in tasks.items() if isinstance(tasks, Mapping) else tasks:
        flat.extend(_repeated(*item) if isinstance(item, tuple) else _repeated(item, 1))
    return flat


def _repeated(item: Any, weight: Any) -> list[Task]:
    """Return a task as often as its weight says; None means that it is no task."""
    if weight is None:
        return []
    name = getattr(item, "__name__", repr(item))
    if not callable(item):
        msg = f"{name} is no task; a task is a function, a method or a TaskSet class"
        raise TypeError(msg)
    if inspect.iscoroutinefunction(item):
        msg = f"task {name} is async; write it with def, its calls let other users run"
        raise TypeError(msg)
    if inspect.isgeneratorfunction(item):
        msg = f"task {name} has a yield in it, so calling it would run none of its lines"
        raise TypeError(msg)
    if not isinstance(weight, int) or weight < 0:
        msg = f"the weight of task {name} must be a whole number, but is {weight!r}"
        raise TypeError(msg)
    return [item] * weight


def filter_tasks_by_tags(
    task_holder: Any, tags: set[str] | None = None, exclude_tags: set[str] | None = None
) -> None:
    """Drop the tasks of a user class or task set that its tags rule out, in nested sets too.

    Lists are replaced, not edited, so a list that classes share by inheritance stays whole in the
    others. A nested set is filtered itself, wherever it is used.

    Args:
        task_holder: the class, whose `tasks` are set anew.
        tags: keep a task with any of these; None keeps all.
        exclude_tags: drop a task with any of these, whatever `tags` says.
    """
    kept = _filtered(task_holder.tasks, tags, exclude_tags)
    if not kept:
        _logger.warning(
            "%s had no tasks left after filtering, instantiating it will fail!",
            task_holder.__name__,
        )
    task_holder.tasks = kept


def _filtered(
    tasks: Sequence[Task], tags: set[str] | None, exclude_tags: set[str] | None
) -> list[Task]:
    # One result a task, however often its weight repeats it.
    results: dict[int, Task | None] = {}
    for item in tasks:
        if id(item) not in results:
            results[id(item)] = _filter_one(item, tags, exclude_tags)
    return [kept for item in tasks if (kept := results[id(item)]) is not None]


def untaggable(item: TaskT) -> TaskT:
    """Let a task stay whatever tags are asked for, because it cannot have any; a decorator."""
    item.is_untaggable = True  # type: ignore[attr-defined]  # a mark, as those of `task` and `tag`
    return item


def _filter_one(item: Task, tags: set[str] | None, exclude_tags: set[str] | None) -> Task | None:
    if getattr(item, "is_untaggable", False):
        return item
    nested = getattr(item, "tasks", None)
    if nested is not None and isinstance(item, type):
        kept = _filtered(nested, tags, exclude_tags)
        if not kept:
            return None
        item.tasks = kept  # type: ignore[attr-defined]  # a TaskSet, as its `tasks` shows
        return item
    own: set[str] = getattr(item, "locust_tag_set", set())
    wanted = tags is None or bool(own & tags)
    excluded = exclude_tags is not None and bool(own & exclude_tags)
    return item if wanted and not excluded else None


def all_tasks(holder: Any) -> dict[type, list[Task]]:
    """Return the tasks of a user class or task set and of the sets nested in it, by class.

    Filtering replaces these lists; setting `tasks` to them again takes it back.
    """
    found: dict[type, list[Task]] = {}
    rest = [holder]
    while rest:
        cls = rest.pop()
        if isinstance(cls, type) and cls not in found and hasattr(cls, "tasks"):
            found[cls] = list(cls.tasks or ())
            rest.extend(found[cls])
    return found


def all_tags(holder: Any) -> set[str]:
    """Return the tags of all tasks of a user class, nested ones included."""
    tasks = [item for items in all_tasks(holder).values() for item in items]
    return set().union(*(getattr(item, "locust_tag_set", set()) for item in tasks))


def assign_equal_weights(classes: Iterable[Any]) -> None:
    """Give all classes, and all tasks of a class, the same weight; nested sets are dissolved.

    Source: Locust's Environment.assign_equal_weights.
    """
    for cls in classes:
        cls.weight = 1
        flat: dict[Any, None] = {}
        waiting = list(cls.tasks)
        while waiting:
            task: Any = waiting.pop()
            if isinstance(task, type):
                waiting.extend(getattr(task, "tasks", ()))
            else:
                flat[task] = None
        cls.tasks = list(flat)
