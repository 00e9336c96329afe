"""How mistakes and exceptions of users' code are told."""

import logging
import traceback
from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from locust_like.errors import TaskSignal
from locust_like.users.greenlets import GreenletExit

if TYPE_CHECKING:
    from locust_like.interfaces import EnvironmentLike
    from locust_like.users.user import User

_logger = logging.getLogger("locust.user.task")

_MOST_KINDS = 1000
_Kind = tuple[object, ...]
_seen: "WeakKeyDictionary[EnvironmentLike, Counter[_Kind]]" = WeakKeyDictionary()


def report_error(user: "User", source: object, error: BaseException) -> None:
    """Fire `user_error` and log an exception of a user's code, once however far it travels.

    The log has the traceback of the first exception of a kind, then one line when it was seen ten
    times, a hundred times and so on: at thousands a second nobody could read anything else.

    Args:
        user: whose code raised it.
        source: the user or task set that the event names.
        error: the exception, with its traceback.
    """
    if user.reported_error is error:
        return
    user.reported_error = error
    if isinstance(error.__context__, TaskSignal | GreenletExit):
        # What made the user leave is no part of a mistake in on_stop, and would make it two kinds.
        error.__suppress_context__ = True
    user.environment.events.user_error.fire(
        user_instance=source, exception=error, tb=error.__traceback__
    )
    _log(user.environment, error)


def _log(environment: "EnvironmentLike", error: BaseException) -> None:
    kinds = _seen.setdefault(environment, Counter())
    walked = traceback.walk_tb(error.__traceback__)
    frames = [(frame.f_code.co_filename, line) for frame, line in walked]
    kind = (type(error), *frames)
    if kind not in kinds and len(kinds) >= _MOST_KINDS:
        kind = ()  # the rest, together
    kinds[kind] += 1
    times = kinds[kind]
    if times == 1:
        _logger.error("%s\n%s", error, "".join(traceback.format_exception(error)))
    elif str(times).strip("0") == "1":
        name, where = type(error).__name__, "{}:{}".format(*frames[-1]) if frames else "unknown"
        _logger.error("%s: %s (seen %s times so far, at %s)", name, error, f"{times:,}", where)


def no_tasks_in_set(task_set: object) -> str:
    """Return what to say of a task set without tasks."""
    hint = (
        ", but you have set a 'task' attribute - maybe you meant to set 'tasks'?"
        if getattr(task_set, "task", None)
        else "."
    )
    return (
        f"No tasks defined on {type(task_set).__name__}{hint} use the @task decorator or set the "
        "'tasks' attribute of the TaskSet"
    )


def no_tasks_of_user(user: object) -> str:
    """Return what to say of a user without tasks."""
    hint = (
        ", but you have set a 'task' attribute on your class - maybe you meant to set 'tasks'?"
        if getattr(user, "task", None)
        else "."
    )
    return (
        f"No tasks defined on {type(user).__name__}{hint} Use the @task decorator or set "
        "the 'tasks' attribute of the User (or mark it as abstract = True if you only intend "
        "to subclass it)"
    )
