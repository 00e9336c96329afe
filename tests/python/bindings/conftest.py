"""Sessions straight on `_core`, a counted target, and a server that replies as a test says."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import gevent
import pytest

from locust_like import _core
from locust_like._core import Recorder, Response, Session, Target

WAIT_S = 20.0  # for what happens at once; only a failing test waits that long

Reply = Callable[[socket.socket], None]
MakeSession = Callable[..., Session]
StartServer = Callable[..., str]
Until = Callable[[Callable[[], object]], None]


class ListeningSession(Session):
    """Keeps what the native base hands to a subclass."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.prepared: list[tuple[str, str, dict[str, Any]]] = []
        self.reported: list[Response] = []
        self.native: dict[str, Any] = {}
        self.on_report: Callable[[Response], None] = self.reported.append

    def _prepare(self, method: str, url: str, keywords: dict[str, Any]) -> dict[str, Any]:
        self.prepared.append((method, url, keywords))
        return self.native

    def _report(self, response: Response) -> None:
        self.on_report(response)


class ScriptedServer:
    """Accepts connections on threads of its own and lets `reply` do what it likes with each."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                with suppress(OSError):
                    self._reply(connection)

    def stop(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._accepting.join(WAIT_S)


@pytest.fixture(autouse=True)
def nobody_waits_afterwards(until: Until) -> Iterator[None]:
    """Hold each test to leaving no greenlet in the engine."""
    yield
    until(lambda: _core.hub_is_waiting() == 0)


@pytest.fixture
def target() -> Iterator[Target]:
    server = Target()
    yield server
    server.stop()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def make_session(target: Target, recorder: Recorder) -> MakeSession:
    """Return a factory of sessions; keywords are profile options, or `base_url` and `headers`."""

    def make(
        *, base_url: str | None = None, headers: tuple[tuple[str, str], ...] = (), **options: Any
    ) -> Session:
        options.setdefault("read_timeout_s", WAIT_S)
        where = f"http://127.0.0.1:{target.port}" if base_url is None else base_url
        return ListeningSession(recorder.profile(where, headers, **options))

    return make


@pytest.fixture
def session(make_session: MakeSession) -> ListeningSession:
    made = make_session()
    assert isinstance(made, ListeningSession)
    return made


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Return a factory: takes what the server does with a connection, returns its URL."""
    servers: list[ScriptedServer] = []

    def start(reply: Reply | bytes) -> str:
        def send(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(reply if isinstance(reply, bytes) else b"")

        servers.append(ScriptedServer(send if isinstance(reply, bytes) else reply))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def until() -> Until:
    """Return a function that lets the hub run until a condition holds."""

    def wait(condition: Callable[[], object]) -> None:
        with gevent.Timeout(WAIT_S):
            while not condition():
                gevent.sleep(0.001)

    return wait


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """Return what a fresh interpreter prints for some code; its failure fails the test."""

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run
