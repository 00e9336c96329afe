"""An environment that needs no engine, for users that run in the calling greenlet."""

from typing import Any

import pytest

from locust_like.events import Events
from locust_like.users import tasksets


class QuietEnvironment:
    """What a user needs, and a list of the errors it tells."""

    def __init__(self) -> None:
        self.host: str | None = None
        self.catch_exceptions = True
        self.events = Events()
        self.runner: Any = None
        self.parsed_options: Any = None
        self.iterations: Any = None
        self.errors: list[tuple[object, BaseException]] = []
        self.events.user_error.add_listener(
            lambda user_instance, exception, **_: self.errors.append((user_instance, exception))
        )


@pytest.fixture
def environment() -> QuietEnvironment:
    return QuietEnvironment()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let waits pass at once; returns the seconds that were asked for."""
    seconds: list[float] = []
    monkeypatch.setattr(tasksets, "sleep", seconds.append)
    return seconds
