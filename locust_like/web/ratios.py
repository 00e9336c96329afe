"""How often each task runs, as Locust tells it: by class, and of all users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.runtime.environment import Environment


def ratios(environment: Environment, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return how often each task runs, by class and of all users."""
    classes = environment.user_classes
    weights: dict[str, float] = {cls.__name__: float(cls.weight) for cls in classes}
    parts: Mapping[str, float] = counts if any(counts.values()) else weights
    total = sum(parts.values()) or 1
    per_class, over_all = {}, {}
    for cls in classes:
        share = parts.get(cls.__name__, 0) / total
        tasks = _task_ratios(list(cls.tasks))
        per_class[cls.__name__] = {"ratio": 1.0, "tasks": tasks}
        over_all[cls.__name__] = {"ratio": share, "tasks": _scaled(tasks, share)}
    return {"per_class": per_class, "total": over_all}


def _task_ratios(tasks: Sequence[Any]) -> dict[str, Any]:
    ratios: dict[str, Any] = {}
    for item in tasks:
        name = getattr(item, "__name__", str(item))
        row = ratios.setdefault(name, {"ratio": 0.0})
        row["ratio"] += 1 / len(tasks)
        if isinstance(item, type):
            row["tasks"] = _task_ratios(getattr(item, "tasks", None) or [])
    return ratios


def _scaled(tasks: Mapping[str, Any], share: float) -> dict[str, Any]:
    scaled = {}
    for name, row in tasks.items():
        scaled[name] = {"ratio": row["ratio"] * share}
        if "tasks" in row:
            scaled[name]["tasks"] = _scaled(row["tasks"], row["ratio"] * share)
    return scaled
