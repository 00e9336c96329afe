"""What `-f URL` loads, and what it refuses."""

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.download import MOST_BYTES, downloaded
from locust_like.plan.finding import find_locustfiles

TEXT = b"from locust import HttpUser\n"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        bodies = {"/large.py": b"#" * (MOST_BYTES + 1), "/full.py": b"#" * MOST_BYTES}
        places = {"/here": "/my-test.py", "/elsewhere": "http://localhost:1/x.py"}
        if self.path in places:
            self.send_response(302)
            self.send_header("Location", places[self.path])
        elif self.path == "/gone.py":
            self.send_response(404)
        else:
            self.send_response(200)
            kind = "text/html" if self.path == "/page.py" else "text/plain"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(bodies.get(self.path, TEXT))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_is_a_file(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "locust.main"):
        (path,) = find_locustfiles(f"{url}/my-test.py")
    assert path.name == "my-test.py"
    assert path.read_bytes() == TEXT
    assert f"Loaded {url}/my-test.py, 28 bytes, SHA-256 " in caplog.text


def test_it_is_loaded_once(url: str) -> None:
    assert downloaded(f"{url}/my-test.py") is downloaded(f"{url}/my-test.py")


def test_it_is_alone_in_its_folder(url: str) -> None:
    path = downloaded(f"{url}/alone.py")
    assert list(path.parent.iterdir()) == [path]
    assert path.parent.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("name", ["/raw", "/", "/..py", "/a%2Fb.py", "/here", "/x.py?y=/../z"])
def test_odd_names_are_no_path(url: str, name: str) -> None:
    assert downloaded(f"{url}{name}").name in {"locustfile.py", "x.py"}


def test_the_largest_that_is_taken(url: str) -> None:
    assert downloaded(f"{url}/full.py").stat().st_size == MOST_BYTES


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gone.py", "Could not load .*/gone.py: HTTP Error 404"),
        ("/large.py", "has more than 1048576 bytes"),
        ("/page.py", "is a web page; name the URL of the file itself"),
        ("/elsewhere", "redirects to http://localhost:1/x.py, which may be somebody else's"),
    ],
)
def test_what_cannot_be_a_locustfile_is_told(url: str, path: str, words: str) -> None:
    with pytest.raises(LocustfileError, match=words):
        downloaded(f"{url}{path}")


def test_a_url_without_a_host_is_told() -> None:
    with pytest.raises(LocustfileError, match=r"Could not load http:///x\.py"):
        downloaded("http:///x.py")


def test_folders_are_removed_by_their_process(tmp_path: Path) -> None:
    from locust_like.plan.download import _remove

    _remove(tmp_path, owner=0)
    assert tmp_path.exists()
