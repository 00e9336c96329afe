"""Streamed replies over HTTP/2 from nghttpd: windows follow the reader, other streams go on."""

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from locust_like.client.session import HttpSession
from locust_like.events import Events

from .peers import Peer, end, free_port, serve

LARGE = random.Random(7).randbytes(48 << 20)


@pytest.fixture
def nghttpd(tmp_path: Path) -> Iterator[Peer]:
    (tmp_path / "large").write_bytes(LARGE)
    (tmp_path / "small").write_text("small")
    port, log = free_port(), tmp_path / "log"
    command = ["nghttpd", "-v", "-a", "127.0.0.1", "-d", str(tmp_path), "--no-tls", str(port)]
    process = serve(command, port, log)
    yield Peer(f"http://127.0.0.1:{port}", log)
    end(process)


@pytest.fixture
def session(nghttpd: Peer) -> Iterator[HttpSession]:
    made = HttpSession(nghttpd.url, Events().request, http_version="h2c", read_timeout_s=10.0)
    yield made
    made.close()


def until_logged(peer: Peer, text: str) -> str:
    deadline = time.monotonic() + 10
    while text not in (log := peer.log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert text in log
    return log


def test_a_stream_that_is_not_read_holds_up_no_other(session: HttpSession, nghttpd: Peer) -> None:
    slow = session.get("/large", stream=True)
    assert slow.http_version == "2"
    digest = hashlib.sha256(slow.raw.read(100_000))
    for _ in range(5):
        assert session.get("/small").text == "small"
    assert len(session.get("/large", discard_body=True).content or b"") == 0
    for piece in slow.iter_content(None):
        digest.update(piece)
    assert digest.digest() == hashlib.sha256(LARGE).digest()
    assert slow.content_bytes == len(LARGE)
    log = until_logged(nghttpd, "WINDOW_UPDATE")
    assert len({line.split("]")[0] for line in log.splitlines() if "recv HEADERS" in line}) == 1


def test_leaving_early_resets_the_stream_alone(session: HttpSession, nghttpd: Peer) -> None:
    with session.get("/large", stream=True) as response:
        assert next(response.iter_content(1000)) == LARGE[:1000]
    assert response.error is None
    until_logged(nghttpd, "CANCEL")
    assert session.get("/small").text == "small"
    log = nghttpd.log.read_text()
    assert len({line.split("]")[0] for line in log.splitlines() if "recv HEADERS" in line}) == 1
