"""What is checked when the script has had its say and nothing has been sent yet."""

from __future__ import annotations

import logging
import resource
from typing import TYPE_CHECKING

from locust_like.users.http_user import HOST_IS_REQUIRED, FastHttpUser, HttpUser
from locust_like.users.user import User

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment

_logger = logging.getLogger("locust.main")

_FEWEST_FILES = 64
"""What loops, logs, results and a few connections need."""
_WANTED_FILES = 65_536


def check_users(environment: Environment) -> None:
    """Refuse users that could do nothing.

    Raises: ValueError with one sentence.
    """
    environment.filter_tasks()
    classes = environment.user_classes
    if environment.filters_tasks and not any(cls.tasks for cls in classes):
        raise ValueError("no task is left by --tags and --exclude-tags.")
    for cls in classes:
        # A class may set its host and its tasks, or do all its work, in code of its own.
        is_plain = cls.__init__ in _PLAIN
        has_work = bool(cls.tasks) or cls.on_start is not User.on_start or environment.filters_tasks
        if is_plain and not has_work:
            raise ValueError(
                f"No tasks defined on {cls.__name__}: mark a method with @task, set `tasks`, or "
                f"set `abstract = True` on a class that others only inherit from."
            )
        if issubclass(cls, HttpUser):
            _check_headers(cls)
            if is_plain and not (environment.host or cls.host):
                raise ValueError(HOST_IS_REQUIRED)


def _check_headers(cls: type[HttpUser]) -> None:
    """Refuse at once what each call would refuse."""
    for name, value in (cls.default_headers or {}).items():
        if any(mark in f"{name}{value}" for mark in "\r\n\0"):
            raise ValueError(
                f"default_headers of {cls.__name__}: the header {name!r} has a line break or NUL "
                f"in it; nothing was sent."
            )


_PLAIN = {User.__init__, HttpUser.__init__, FastHttpUser.__init__}


def check_open_files(users: int) -> None:
    """Allow this process as many open files as it may have, and tell when these are too few.

    Raises: ValueError with one sentence when nothing could be run.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    needed = users + _FEWEST_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    how = f"raise the limit with `ulimit -n {max(needed, 1024)}` or in /etc/security/limits.conf"
    if soft < _FEWEST_FILES:
        raise ValueError(f"this process may open only {soft} files, too few for any run; {how}.")
    _logger.warning(
        "%d users need a connection each, but this process may open only %d files; %s.",
        users, soft, how,
    )  # fmt: skip
