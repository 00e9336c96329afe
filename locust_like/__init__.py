"""Load tests in Python, in Locust's words, on a C++ engine.

Importing the package patches nothing and starts nothing; names are loaded when they are first used.
A script that makes its own runner calls `patch()` before its other imports, so that `time.sleep`,
sockets and locks in tasks let other users run; the command line does so by itself.

Example:
    from locust_like import HttpUser, between, task

    class Visitor(HttpUser):
        wait_time = between(1, 3)

        @task
        def front_page(self):
            self.client.get("/")
"""

from typing import TYPE_CHECKING

from locust_like._version import __version__
from locust_like.events import Events as _Events

if TYPE_CHECKING:
    from locust_like.plan.shapes import LoadTestShape
    from locust_like.runtime.environment import Environment
    from locust_like.runtime.single_user import run_single_user
    from locust_like.users import wait_time
    from locust_like.users.http_user import FastHttpUser, HttpUser, RequestsUser
    from locust_like.users.markov import MarkovTaskSet, transition, transitions
    from locust_like.users.tasks import tag, task
    from locust_like.users.tasksets import SequentialTaskSet, TaskSet
    from locust_like.users.user import User
    from locust_like.users.wait_time import (
        between,
        constant,
        constant_pacing,
        constant_throughput,
        poisson,
    )

__all__ = [
    "Environment",
    "FastHttpUser",
    "HttpUser",
    "LoadTestShape",
    "MarkovTaskSet",
    "RequestsUser",
    "SequentialTaskSet",
    "TaskSet",
    "User",
    "__version__",
    "between",
    "constant",
    "constant_pacing",
    "constant_throughput",
    "events",
    "patch",
    "poisson",
    "run_single_user",
    "tag",
    "task",
    "transition",
    "transitions",
    "wait_time",
]

# Made here, not on demand: importing the module of the same name later must not take its place.
events = _Events()
"""The events of the environment that the command line makes."""

_MODULES = {
    "Environment": "runtime.environment",
    "FastHttpUser": "users.http_user",
    "HttpUser": "users.http_user",
    "LoadTestShape": "plan.shapes",
    "MarkovTaskSet": "users.markov",
    "RequestsUser": "users.http_user",
    "SequentialTaskSet": "users.tasksets",
    "TaskSet": "users.tasksets",
    "User": "users.user",
    "between": "users.wait_time",
    "constant": "users.wait_time",
    "constant_pacing": "users.wait_time",
    "constant_throughput": "users.wait_time",
    "poisson": "users.wait_time",
    "run_single_user": "runtime.single_user",
    "tag": "users.tasks",
    "task": "users.tasks",
    "transition": "users.markov",
    "transitions": "users.markov",
}


def patch() -> None:
    """Make blocking calls of the standard library cooperative, with gevent's monkey patches.

    Call it before other imports, in the main thread.
    """
    from gevent import monkey

    monkey.patch_all()


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    from importlib import import_module

    if name == "wait_time":
        value: object = import_module("locust_like.users.wait_time")
    elif name in _MODULES:
        value = getattr(import_module(f"locust_like.{_MODULES[name]}"), name)
    else:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
