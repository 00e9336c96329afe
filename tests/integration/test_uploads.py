"""Uploads from files and generators to servers of others, which keep or send back what came."""

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest

from locust_like.client.session import HttpSession
from locust_like.events import Events

from .peers import Peer, end, free_port, make_certificate, serve

CONTENT = random.Random(11).randbytes(8 << 20)
NGINX_CONF = """
daemon off; master_process off; user root; pid {folder}/nginx.pid;
error_log {folder}/error.log warn; events {{ worker_connections 100; }}
http {{
  log_format seen "$server_protocol $request_method $status $connection";
  access_log {folder}/access.log seen; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
  server {{
    listen 127.0.0.1:{port} ssl http2; root {folder}/files; client_max_body_size 16m;
    location / {{ dav_methods PUT; }}
  }}
}}
"""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Peer]:
    """Run nginx, which stores what is PUT."""
    make_certificate(tmp_path)
    (tmp_path / "files").mkdir()
    port = free_port()
    (tmp_path / "nginx.conf").write_text(NGINX_CONF.format(folder=tmp_path, port=port))
    command = ["nginx", "-c", f"{tmp_path}/nginx.conf", "-e", f"{tmp_path}/error.log"]
    process = serve(command, port, tmp_path / "nginx.out")
    yield Peer(f"https://127.0.0.1:{port}", tmp_path / "access.log")
    end(process)


@pytest.fixture
def nghttpd(tmp_path: Path) -> Iterator[Peer]:
    port, log = free_port(), tmp_path / "log"
    command = ["nghttpd", "-v", "-a", "127.0.0.1", "--echo-upload", "--no-tls", str(port)]
    process = serve(command, port, log)
    yield Peer(f"http://127.0.0.1:{port}", log)
    end(process)


def session_of(peer: Peer, version: Any) -> HttpSession:
    return HttpSession(
        peer.url, Events().request, verify=False, http_version=version, read_timeout_s=20.0
    )


def pieces(size: int = 50_000) -> Iterator[bytes]:
    for start in range(0, len(CONTENT), size):
        if start == 10 * size:
            gevent.sleep(0.05)
        yield CONTENT[start : start + size]


def logged_by(peer: Peer, count: int) -> list[list[str]]:
    """Wait until so many requests are logged; one that is cut short is so late."""
    deadline = time.monotonic() + 10
    while len(lines := peer.log.read_text().splitlines()) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [line.split() for line in lines]


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_nginx_keeps_what_was_sent(nginx: Peer, version: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(CONTENT)
    session = session_of(nginx, version)
    with (tmp_path / "source").open("rb") as file:
        first = session.put("/a", data=file)
    second = session.put("/b", data=pieces())
    too_large = session.put("/c", data=(bytes(1 << 20) for _ in range(1000)))
    after = session.put("/d", data=b"x")
    session.close()
    assert [first.status_code, second.status_code, after.status_code] == [201] * 3, first.error
    assert too_large.status_code == 413
    assert [(tmp_path / "files" / name).read_bytes() == CONTENT for name in "ab"] == [True, True]
    logged = logged_by(nginx, 4)
    assert sorted(line[2] for line in logged) == ["201", "201", "201", "413"]
    assert logged[0][3] == logged[1][3]  # one connection


def test_uploads_at_the_same_time_share_a_connection(nghttpd: Peer) -> None:
    session = session_of(nghttpd, "h2c")
    calls = [
        gevent.spawn(session.post, f"/{number}", data=pieces(30_000 + number))
        for number in range(3)
    ]
    digest = hashlib.sha256(CONTENT).digest()
    for call in gevent.joinall(calls, timeout=30, raise_error=True):
        assert hashlib.sha256(call.value.content).digest() == digest, call.value.error
    session.close()
    heads = [line for line in nghttpd.log.read_text().splitlines() if "recv HEADERS" in line]
    assert len(heads) == 3
    assert len({line.split("]")[0] for line in heads}) == 1
