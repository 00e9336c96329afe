"""Which user classes run, and with what weight, count and host, while operators change them.

The settings live in the classes' own attributes, where scripts and Locust's API look for them.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING

from locust_like.errors import CommandError
from locust_like.runtime.commands import ClassChange
from locust_like.runtime.control_checks import check_host
from locust_like.runtime.control_values import ClassNow
from locust_like.users.tasks import all_tags
from locust_like.users.user import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from locust_like.runtime.environment import Environment


class ClassSettings:
    """The user classes of the locustfiles, each enabled or not.

    Args:
        environment: whose classes are enabled at the beginning.
        available: all classes.
    """

    def __init__(self, environment: Environment, available: Sequence[type[User]]) -> None:
        """Take the classes as they are."""
        chosen = environment.user_classes
        known = dict.fromkeys([*available, *chosen])
        self._classes = {cls.__name__: cls for cls in known}
        self._enabled = {name: cls in chosen for name, cls in self._classes.items()}
        # Taken now, because filtering by tags takes tasks away.
        self._tags = {name: all_tags(cls) for name, cls in self._classes.items()}
        self._tasks = {name: _task_names(cls) for name, cls in self._classes.items()}

    def enabled(self) -> Iterable[type[User]]:
        """Return the classes that new users may have."""
        return [
            cls
            for name, cls in self._classes.items()
            if self._enabled[name] and (cls.weight or cls.fixed_count)
        ]

    def settings(self) -> tuple[ClassChange, ...]:
        """Return changes that bring the classes back to what they are now."""
        return tuple(
            ClassChange(name, self._enabled[name], cls.weight, cls.fixed_count, cls.host or "")
            for name, cls in self._classes.items()
        )

    def now(self) -> tuple[ClassNow, ...]:
        """Return the classes for the page."""
        return tuple(
            ClassNow(
                name,
                enabled=self._enabled[name],
                weight=float(cls.weight),
                fixed_count=cls.fixed_count,
                host=cls.host,
                tasks=self._tasks[name],
                description=_description(cls),
            )
            for name, cls in self._classes.items()
        )

    def tags(self) -> tuple[str, ...]:
        """Return the tags of all tasks, sorted."""
        return tuple(sorted(set().union(*self._tags.values())))

    def check_tags(self, *choices: Iterable[str]) -> None:
        """Refuse tags that no task has.

        Raises: CommandError.
        """
        known = self.tags()
        for tag in (tag for tags in choices for tag in tags):
            if tag not in known:
                accepted = f"one of {', '.join(known)}" if known else "none, as no task has tags"
                raise CommandError(
                    f"no task has the tag {tag!r}", field="tags", value=tag, accepted=accepted
                )

    def check(self, changes: Sequence[ClassChange]) -> None:
        """Refuse changes that cannot be made, before any is.

        Raises: CommandError.
        """
        for change in changes:
            if change.name not in self._classes:
                raise CommandError(
                    f"there is no user class {change.name}",
                    field="classes",
                    value=change.name,
                    accepted=f"one of {', '.join(self._classes)}",
                )
            check_host(f"host of {change.name}", change.host or None)
        if not any(weight or fixed for _, weight, fixed in self.mix(changes)):
            raise CommandError(
                "no user class would be left to run",
                field="classes",
                accepted="at least one enabled class with a weight or a fixed count above 0",
            )

    def mix(self, changes: Sequence[ClassChange]) -> list[tuple[str, float, int]]:
        """Return (name, weight, fixed count) of the enabled classes as changes would make them."""
        rows = {row.name: row for row in self.settings()}
        for change in changes:
            known = {
                key: value
                for key, value in vars(change).items()
                if value is not None and key != "name"
            }
            rows[change.name] = replace(rows[change.name], **known)
        return [
            (row.name, float(row.weight or 0), row.fixed_count or 0)
            for row in rows.values()
            if row.enabled
        ]

    def apply(self, changes: Sequence[ClassChange]) -> None:
        """Make changes that `check` has passed."""
        for change in changes:
            cls = self._classes[change.name]
            if change.enabled is not None:
                self._enabled[change.name] = change.enabled
            if change.weight is not None and change.weight != cls.weight:
                whole = int(change.weight)
                cls.weight = whole if whole == change.weight else change.weight
            if change.fixed_count is not None:
                cls.fixed_count = change.fixed_count
            if change.host is not None:
                cls.host = change.host.strip() or None


def change_text(change: ClassChange) -> str:
    """Return a change of a class in a few words."""
    parts = []
    if change.enabled is not None:
        parts.append("on" if change.enabled else "off")
    if change.fixed_count:
        parts.append(f"{change.fixed_count:,} users")
    elif change.weight is not None:
        parts.append(f"weight {change.weight:g}")
    if change.host is not None:
        parts.append(f"host {change.host or 'as the run'}")
    return f"{change.name} {' '.join(parts)}".strip()


def _task_names(cls: type[User]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(task, "__name__", str(task)) for task in cls.tasks))


def _description(cls: type[User]) -> str:
    """Return the first paragraph of the class's own docstring."""
    text = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())
