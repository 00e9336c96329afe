"""How often users of each class, and their tasks, run by their weights.

Source: the numbers are those of Locust's `locust.user.inspectuser`.
"""

from __future__ import annotations

import inspect
from collections import Counter
from typing import TYPE_CHECKING, TypedDict

from locust_like.users.tasksets import TaskSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locust_like.users.user import User


class Ratio(TypedDict, total=False):
    """How often something runs, as a share, and what it consists of."""

    ratio: float
    tasks: dict[str, Ratio]


def user_counts(classes: Sequence[type[User]], users: int | None) -> dict[str, int]:
    """Return how many users of each class would run.

    Args:
        classes: those that run.
        users: as -u says; None or 0 = as many as the weights add up to.
    """
    fixed = sum(cls.fixed_count for cls in classes)
    weights = sum(cls.weight for cls in classes if not cls.fixed_count)
    wanted = users or (1 if fixed else weights)
    left = max(0, wanted - fixed)
    return {
        cls.__name__: cls.fixed_count or round(cls.weight / weights * left if weights else 0)
        for cls in classes
    }


def class_ratios(
    classes: Sequence[type[User]], counts: Mapping[str, int], *, is_total: bool
) -> dict[str, Ratio]:
    """Return the share of each class and of its tasks, of their class or of everything."""
    everybody = sum(counts.values()) or 1
    ratios: dict[str, Ratio] = {}
    for cls in classes:
        share = counts.get(cls.__name__, 0) / everybody
        parts = _task_ratios(cls.tasks, share if is_total else 1.0, is_total=is_total)
        ratios[cls.__name__] = {"ratio": share, "tasks": parts}
    return ratios


def _task_ratios(source: Iterable[object], share: float, *, is_total: bool) -> dict[str, Ratio]:
    tasks = list(source)
    ratios: dict[str, Ratio] = {}
    for task, times in Counter(tasks).items():
        part: Ratio = {"ratio": times * share / len(tasks)}
        if inspect.isclass(task) and issubclass(task, TaskSet):
            below = part["ratio"] if is_total else 1.0
            part["tasks"] = _task_ratios(task.tasks, below, is_total=is_total)
        ratios[getattr(task, "__name__", str(task))] = part
    return ratios


def tree(ratios: Mapping[str, Ratio], level: int = 0) -> str:
    """Return the lines that show shares in percent, with what they consist of below."""
    indent = "  " * level
    lines = []
    for name, part in ratios.items():
        share = f"{indent}{part['ratio'] * 100:<6.1f}"
        lines.append(f" {share:<10} {indent + name:<50}\n")
        lines.append(tree(part.get("tasks", {}), level + 1))
    return "".join(lines)
