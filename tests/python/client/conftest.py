"""A real server and a session that counts into its own recorder."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from locust_like._core import EntryStats, Recorder, Target
from locust_like.client.requests_session import RequestsSession
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


@pytest.fixture
def genuine(port: int, events: Events) -> Iterator[RequestsSession]:
    made = RequestsSession(f"http://127.0.0.1:{port}", events.request, read_timeout_s=10.0)
    yield made
    made.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate of 127.0.0.1; its key is key.pem beside it."""
    key = str(tmp_path / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out"]
    subprocess.run([*command, *names, str(tmp_path / "cert.pem")], check=True, capture_output=True)
    return tmp_path / "cert.pem"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Listen, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def told(events: Events) -> list[dict[str, Any]]:
    """Listen to the request event."""
    seen: list[dict[str, Any]] = []
    events.request.add_listener(lambda **payload: seen.append(payload))
    return seen


@pytest.fixture
def row(events: Events) -> Callable[[str, str], EntryStats]:
    """Return a function that looks a row up; reading waits for what was submitted."""

    def look(method: str, name: str) -> EntryStats:
        assert isinstance(events.request.recorder, Recorder)
        entry = events.request.recorder.collect().entry(method, name)
        assert entry is not None
        return entry

    return look


def rows(events: Events) -> dict[tuple[str, str], tuple[int, int]]:
    """Return requests and failures by method and name."""
    assert isinstance(events.request.recorder, Recorder)
    return {
        (entry.method, entry.name): (entry.num_requests, entry.num_failures)
        for entry in events.request.recorder.collect().entries
    }


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """Write 512,000 bytes."""
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(range(256)) * 2000)
    return path
