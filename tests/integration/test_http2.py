"""HTTP/2 against servers of others: what nginx and nghttpd have logged is what a run reports."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .peers import Peer, end, free_port, make_certificate, serve

NGINX_CONF = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 1000; }}
http {{
  log_format seen "$server_protocol $status $connection"; access_log {folder}/access.log seen;
  keepalive_requests {requests_per_connection};
  client_max_body_size 100m; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
  server {{
    listen 127.0.0.1:{port} ssl http2; http2_max_concurrent_streams 8; root {folder}/files;
  }}
}}
"""

# One task of one user: `times` rounds of requests at the same time, then the run ends.
TEXT = """
from gevent.pool import Pool
from locust import FastHttpUser, task
from locust.exception import StopUser

class Visitor(FastHttpUser):
    http_version = {version!r}

    @task
    def call(self):
        for _ in range({times}):
            seen = Pool({at_once}).map(lambda path: self.client.get(path), {paths!r})
            assert {{one.http_version for one in seen}} == {{{expected!r}}}, seen[0].error
        self.environment.runner.quit()
        raise StopUser
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Make a folder with a certificate and files to serve."""
    make_certificate(tmp_path)
    (tmp_path / "files").mkdir()
    (tmp_path / "files/small").write_text("small")
    (tmp_path / "files/large").write_bytes(b"x" * 3_000_000)
    return tmp_path


@pytest.fixture(params=[1000, 25], ids=["long", "ended-often"])
def nginx(files: Path, request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Run nginx with HTTP/2 over TLS; it ends each connection after so many requests."""
    port = free_port()
    files.chmod(0o755)
    conf = NGINX_CONF.format(folder=files, port=port, requests_per_connection=request.param)
    (files / "nginx.conf").write_text(conf)
    command = ["nginx", "-c", f"{files}/nginx.conf", "-e", f"{files}/error.log"]
    process = serve(command, port, files / "nginx.out")
    yield Peer(f"https://127.0.0.1:{port}", files / "access.log")
    end(process)


@pytest.fixture(params=["h2c", "tls"])
def nghttpd(files: Path, request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Run nghttpd, which allows five streams a connection."""
    port, log = free_port(), files / "nghttpd.log"
    options = ["-v", "-a", "127.0.0.1", "-d", f"{files}/files", "-m", "5"]
    tls = request.param == "tls"
    where = [str(port), f"{files}/key.pem", f"{files}/cert.pem"] if tls else [str(port)]
    command = ["nghttpd", *options, *([] if tls else ["--no-tls"]), *where]
    process = serve(command, port, log)
    yield Peer(f"{'https' if tls else 'http'}://127.0.0.1:{port}", log)
    end(process)


def test_nginx_has_logged_what_is_reported(nginx: Peer, run: Callable[..., Any]) -> None:
    paths = ["/small", "/large", *["/small"] * 28]
    text = TEXT.format(version=None, times=10, at_once=30, paths=paths, expected="2")
    done = run(text, "-H", nginx.url, "-u", "1")
    assert done.code == 0, done.stderr
    logged = nginx.log.read_text().splitlines()
    assert {line.rpartition(" ")[0] for line in logged} == {"HTTP/2.0 200"}
    assert len(logged) == done.sum_of("num_requests") == 300
    # What nginx ended unprocessed is not in its log, but was sent again and counted.
    terms = done.accounting
    assert terms["exchanges"] - terms.get("retries", 0) == len(logged)
    assert done.entries["/large"]["total_content_length"] == 10 * 3_000_000


BATCH = """
from locust import FastHttpUser, task
from locust.exception import StopUser

class Visitor(FastHttpUser):
    @task
    def call(self):
        seen = self.client.batch(["/large", *["/small"] * 29])
        assert {one.http_version for one in seen} == {"2"}, seen[0].error
        # Eight streams are allowed; whoever waits for one says so.
        assert sum(one.timings["blocked"] > 0 for one in seen) >= 22
        self.environment.runner.quit()
        raise StopUser
"""


@pytest.mark.parametrize("nginx", [1000], indirect=True)
def test_a_batch_shares_a_connection(nginx: Peer, run: Callable[..., Any]) -> None:
    done = run(BATCH, "-H", nginx.url, "-u", "1")
    assert done.code == 0, done.stderr
    assert "AssertionError" not in done.stderr
    logged = [line.split() for line in nginx.log.read_text().splitlines()]
    assert len(logged) == 30
    assert len({connection for _, _, connection in logged}) == 1


def test_the_older_version_is_spoken_when_asked(nginx: Peer, run: Callable[..., Any]) -> None:
    text = TEXT.format(version="1.1", times=2, at_once=1, paths=["/small"], expected="1.1")
    done = run(text, "-H", nginx.url, "-u", "1")
    assert done.code == 0, done.stderr
    assert {line.split()[0] for line in nginx.log.read_text().splitlines()} == {"HTTP/1.1"}


def test_nghttpd_has_logged_what_is_reported(nghttpd: Peer, run: Callable[..., Any]) -> None:
    paths = ["/small", "/large", *["/small"] * 28]
    text = TEXT.format(version="h2c", times=10, at_once=30, paths=paths, expected="2")
    done = run(text, "-H", nghttpd.url, "-u", "1")
    assert done.code == 0, done.stderr
    logged = re.findall(r"recv \(stream_id=(\d+)\) :path: ", nghttpd.log.read_text())
    assert len(logged) == done.sum_of("num_requests") == done.accounting["exchanges"] == 300
    assert len(set(logged)) == 300  # each on a stream of the same connection
    assert done.entries["/large"]["total_content_length"] == 10 * 3_000_000
