"""The settings of a run: how a master tells them, and how a worker takes them over.

Both stand here, because a setting that only one of them knows is lost on the way.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from msgspec.structs import replace

from locust_like.runtime.documents import ClassSetting, plain_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locust_like.runtime.documents import Assignment
    from locust_like.runtime.environment import Environment
    from locust_like.runtime.spawner import Ramp
    from locust_like.users.user import User

_logger = logging.getLogger("locust.runners")


def started(
    order: Assignment, ramp: Ramp, environment: Environment, options: Mapping[str, object]
) -> Assignment:
    """Return an order after another call of `start`, with the settings that hold from then on."""
    return replace(
        order,
        start=order.start + 1,
        is_spawned=False,
        users=ramp.target_count,
        spawn_rate_per_s=ramp.rate_per_s,
        host=environment.host,
        stop_timeout_s=environment.stop_timeout,
        replace_users=environment.replace_users,
        tags=None if environment.tags is None else sorted(environment.tags),
        exclude_tags=None if environment.exclude_tags is None else sorted(environment.exclude_tags),
        classes={
            cls.__name__: ClassSetting(cls.host, float(cls.weight), cls.fixed_count)
            for cls in environment.user_classes
        },
        options=plain_options(options),
    )


def adopt(order: Assignment, environment: Environment, available: Mapping[str, type[User]]) -> None:
    """Let an environment have the settings of an order.

    Args:
        order: what the master says.
        environment: of a worker.
        available: the user classes that its locustfiles have.
    """
    environment.host = order.host
    environment.stop_timeout = order.stop_timeout_s
    environment.replace_users = order.replace_users
    for name in sorted(order.classes.keys() - available.keys()):
        _logger.error("There is no user class %s here; the master's locustfile has it", name)
    classes = [available[name] for name in order.classes if name in available]
    for cls in classes:
        setting = order.classes[cls.__name__]
        whole = int(setting.weight)
        cls.weight = whole if whole == setting.weight else setting.weight
        cls.host, cls.fixed_count = setting.host, setting.fixed_count
    environment.user_classes = classes
