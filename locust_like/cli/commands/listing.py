"""What prints something about a locustfile instead of running it: --list and --show-...

Source: the forms are Locust's (`locust.user.inspectuser`).
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from typing import TYPE_CHECKING, TypedDict

from locust_like.cli.streams import tell
from locust_like.plan.combinations import LISTINGS
from locust_like.users.tasksets import TaskSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from locust_like.plan.plan import RunPlan
    from locust_like.plan.sources import Settings
    from locust_like.users.user import User

_RULE = "-" * 80


class Ratio(TypedDict, total=False):
    """How often something runs, as a share, and what it consists of."""

    ratio: float
    tasks: dict[str, Ratio]


def is_asked_for(settings: Settings) -> bool:
    """Tell whether an option asks for a list instead of a run."""
    return any(settings.on(name) for name in LISTINGS)


def show(plan: RunPlan) -> int:
    """Print what is asked for on stdout and return the exit code."""
    settings = plan.settings
    if settings.on("list_commands"):
        names = "".join(f"    {cls.__name__}\n" for cls in plan.available)
        return tell(f"Available Users:\n{names}")
    # Without -u the shares are those of the weights.
    users = None if settings.origin("num_users") == "default" else plan.users
    counts = user_counts(plan.user_classes, users)
    per_class = class_ratios(plan.user_classes, counts, is_total=False)
    total = class_ratios(plan.user_classes, counts, is_total=True)
    if settings.on("show_users"):
        rows = "".join(f"    {name:<40} {count:>8}\n" for name, count in counts.items())
        return tell(f"Users of each class:\n{rows}")
    if settings.on("show_task_ratio_json"):
        document = {"per_class": per_class, "total": total}
        return tell(json.dumps(document, indent=4) + "\n")
    return tell(
        f"\n Task ratio per User class\n{_RULE}\n{_tree(per_class)}"
        f"\n Total task ratio\n{_RULE}\n{_tree(total)}"
    )


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
        share = counts[cls.__name__] / everybody
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


def _tree(ratios: Mapping[str, Ratio], level: int = 0) -> str:
    indent = "  " * level
    lines = []
    for name, part in ratios.items():
        share = f"{indent}{part['ratio'] * 100:<6.1f}"
        lines.append(f" {share:<10} {indent + name:<50}\n")
        lines.append(_tree(part.get("tasks", {}), level + 1))
    return "".join(lines)
