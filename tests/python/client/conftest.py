"""A real server and a session that counts into its own recorder."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="module")
def port(checkout: Path) -> Iterator[int]:
    """Run tests/servers/session_server.py."""
    command = [sys.executable, str(checkout / "tests/servers/session_server.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline().rpartition(":")[2])
        process.terminate()


@pytest.fixture
def user(port: int, events: Events) -> Iterator[HttpSession]:
    made = HttpSession(f"http://127.0.0.1:{port}", events.request, read_timeout_s=10.0)
    yield made
    made.close()
