"""Small bodies that become large are refused before they take memory."""

import gzip
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from locust_like.client.session import HttpSession
from locust_like.events import Events

MIB = 1 << 20
MEMBERS = 103
"""Members of 100 MB each: 10 MB of gzip that are 10 GB."""


@pytest.fixture
def bomb_url() -> Iterator[str]:
    member = gzip.compress(bytes(100_000_000), 9)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(member) * MEMBERS}"
    assert len(member) * MEMBERS > 10_000_000

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(head.encode() + b"\r\n\r\n")
            for _ in range(MEMBERS):
                connection.sendall(member)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(10)


def peak_bytes() -> int:
    """Return the largest resident size since `clear_refs` was written."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def test_a_bomb_is_too_large_and_takes_little_memory(bomb_url: str, events: Events) -> None:
    session = HttpSession(bomb_url, events.request, read_timeout_s=10.0)
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_bytes()
    response = session.get("/")
    assert response.ok
    assert response.content == b""
    assert response.failure_code == "too-large"
    # A sanitizer keeps freed memory for a while.
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):
        assert peak_bytes() - before < 64 * MIB
    session.close()
