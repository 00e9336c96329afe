"""Changes of user classes that scripts make through an environment, as Locust's has them.

Source: Locust's Environment.update_user_class.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from locust_like.users.tasks import all_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.runtime.messages import MessageListener
    from locust_like.users.user import User


UPDATE_USER_CLASS = "update_user_class"
"""Type of the message that tells workers."""

_logger = logging.getLogger("locust.runners")


class TaskLists:
    """The tasks of classes as they were before any of them was taken away."""

    def __init__(self) -> None:
        """Know no class yet."""
        self._tasks: dict[type[User], list[Any]] = {}

    def update(self, cls: type[User], settings: Mapping[str, Any]) -> None:
        """Set attributes of a class.

        Args:
            cls: the class.
            settings: by attribute; `tasks` has the names of those that are kept.
        """
        known = self._tasks.setdefault(cls, list(all_tasks(cls)[cls]))
        for name, value in settings.items():
            if name == "tasks":
                cls.tasks = [task for task in known if task.__name__ in value]
            elif name != "user_class_name":
                setattr(cls, name, value)


class Registrar(Protocol):
    """What is needed of a runner."""

    def register_message(self, msg_type: str, listener: MessageListener) -> None:
        """Call a listener for messages of a type."""


def accept_updates(runner: Registrar) -> None:
    """Let a worker follow the changes that its master's script makes."""
    runner.register_message(
        UPDATE_USER_CLASS, lambda environment, msg: environment.update_user_class(msg.data)
    )


def warn_of_fixed_counts(mix: Sequence[tuple[str, float, int]], user_count: int) -> None:
    """Tell that not all users of a fixed number can start: mix has name, weight and number."""
    fixed = sum(count for _, _, count in mix)
    if fixed > user_count:
        _logger.info(
            "Total fixed_count of User classes (%d) is greater than the specified number of users "
            "(%d), so not all will be spawned.",
            fixed,
            user_count,
        )
