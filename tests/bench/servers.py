"""The servers under test: nginx, and the product's own target for delays.

Both are pinned to one core and speak on loopback only.
"""

import gzip
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0

# One process: its counters are then the whole truth, and its core is the whole cost.
NGINX_CONF = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
worker_rlimit_nofile 40000;
events {{ worker_connections 30000; }}
http {{
  access_log off; http2_max_concurrent_streams 256; client_max_body_size 1m;
  client_body_buffer_size 64k; tcp_nodelay on;
  keepalive_timeout 3600s; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.3;
  server {{
    listen 127.0.0.1:{port} backlog=16384;
    listen 127.0.0.1:{tls_port} ssl backlog=16384;
    listen 127.0.0.1:{h2_port} http2 backlog=16384;
    location = /status {{ stub_status; }}
    location = /failing {{ default_type text/plain;
      return 500 "Hello, this is a small plain body.\\n"; }}
    location = /download {{ root {folder}; }}
    location = /gzip {{ root {folder}; default_type text/plain; add_header Content-Encoding gzip; }}
    location = /cookie {{ add_header Set-Cookie "session=0123456789abcdef; Path=/; HttpOnly";
      default_type text/plain; return 200 "Hello, this is a small plain body.\\n"; }}
    location / {{ default_type text/plain; return 200 "Hello, this is a small plain body.\\n"; }}
  }}
}}
"""


DOWNLOAD_BYTES = 1_000_000


def page() -> str:
    """Return about 20 KB of text that compresses as pages do, to a quarter or so."""
    rows = (f"<li class='item'><a href='/item/{n * 7919 % 10007}'>{n * n}</a>" for n in range(350))
    return "\n".join(rows)


@dataclass(frozen=True)
class Nginx:
    """A running nginx: where it listens and which certificate it shows.

    `h2_url` speaks HTTP/2 without TLS, by prior knowledge.
    """

    url: str
    tls_url: str
    h2_url: str
    certificate: Path

    def requests(self) -> int:
        """Return how many requests it has answered, this question left out."""
        with urllib.request.urlopen(f"{self.url}/status", timeout=10) as reply:
            text = reply.read().decode()
        found = re.search(r"\n ?\d+ \d+ (\d+)", text)
        assert found, text
        return int(found[1])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "-c", str(core), *command]


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a server on its core until the block ends."""
    process = subprocess.Popen(pinned(SERVER_CORE, command), stdout=subprocess.DEVNULL)
    try:
        wait_until_listening(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def make_certificate(folder: Path) -> None:
    """Write a certificate for the loopback address that trusts itself."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    identity = "-subj /CN=bench -addext subjectAltName=IP:127.0.0.1"
    files = f"-keyout {folder}/key.pem -out {folder}/cert.pem"
    command = f"{request} {identity} {files}".split()
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def nginx() -> Iterator[Nginx]:
    """Start nginx from a configuration of its own in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as name:
        folder = Path(name)
        port, tls_port, h2_port = free_port(), free_port(), free_port()
        make_certificate(folder)
        (folder / "download").write_bytes(os.urandom(DOWNLOAD_BYTES))
        (folder / "gzip").write_bytes(gzip.compress(page().encode()))
        conf = folder / "nginx.conf"
        conf.write_text(
            NGINX_CONF.format(folder=folder, port=port, tls_port=tls_port, h2_port=h2_port)
        )
        os.chmod(folder, 0o755)
        command = ["nginx", "-c", str(conf), "-e", str(folder / "error.log")]
        with running(command, port):
            yield Nginx(
                f"http://127.0.0.1:{port}",
                f"https://127.0.0.1:{tls_port}",
                f"http://127.0.0.1:{h2_port}",
                folder / "cert.pem",
            )


@contextmanager
def target(locust_like: Path) -> Iterator[str]:
    """Start `locust-like target` and return its base URL."""
    port = free_port()
    with running([str(locust_like), "target", "--port", str(port)], port):
        yield f"http://127.0.0.1:{port}"
