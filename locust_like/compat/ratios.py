"""Locust's functions for the shares of tasks, on `users/ratios.py`.

Source: Locust 2.47, user/inspectuser.py.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from locust_like.users.ratios import Ratio, class_ratios, tree, user_counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.users.user import User


def get_ratio(
    user_classes: Sequence[type[User]], user_spawned: Mapping[str, int], total: bool
) -> dict[str, Ratio]:
    """Return the share of each class and of its tasks.

    Args:
        user_classes: the classes.
        user_spawned: users of each, by name.
        total: tasks as shares of everything that runs, instead of their class.
    """
    return class_ratios(user_classes, user_spawned, is_total=total)


def print_task_ratio(
    user_classes: Sequence[type[User]], num_users: int | None, total: bool
) -> None:
    """Print the shares as lines, for so many users."""
    counts = user_counts(user_classes, num_users)
    sys.stdout.write(tree(get_ratio(user_classes, counts, total)))


def print_task_ratio_json(user_classes: Sequence[type[User]], num_users: int | None) -> None:
    """Print the shares as JSON, both those of classes and those of everything."""
    counts = user_counts(user_classes, num_users)
    document = {
        "per_class": get_ratio(user_classes, counts, False),
        "total": get_ratio(user_classes, counts, True),
    }
    sys.stdout.write(json.dumps(document, indent=4) + "\n")
