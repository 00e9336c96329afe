"""A real server and a session that counts into its own recorder."""

from collections.abc import Iterator

import pytest

from locust_like._core import Target
from locust_like.client.session import HttpSession
from locust_like.events import Events


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    server = Target()
    yield server
    server.stop()


@pytest.fixture
def base_url(target: Target) -> str:
    return f"http://127.0.0.1:{target.port}"


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def session(base_url: str, events: Events) -> Iterator[HttpSession]:
    made = HttpSession(base_url, events.request, read_timeout_s=10.0)
    yield made
    made.close()
