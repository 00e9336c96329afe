"""The same requests to the page of Locust and to ours: who is let in, and what is answered."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from .programs import ENOUGH_S, OURS, cleaned

FOLDER = Path(__file__).parent / "web"


class Answer(NamedTuple):
    """What a server has said."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def place(self) -> str:
        """The path that a redirect leads to."""
        return urlsplit(self.headers.get("Location", "")).path

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


class Visitor:
    """A browser without scripts: it has cookies, and follows nothing."""

    def __init__(self, url: str) -> None:
        self._url = url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(_Stays, cookies)

    def get(self, path: str, form: Mapping[str, object] | None = None, **more: str) -> Answer:
        """Ask for a path; with a form, send that."""
        data = None if form is None else urlencode(form, doseq=True).encode()
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        request = urllib.request.Request(f"{self._url}{path}", data, headers)
        try:
            reply = self._opener.open(request, timeout=ENOUGH_S)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return Answer(reply.status, reply.read().decode(), dict(reply.headers.items()))

    def until_here(self) -> None:
        """Wait until somebody answers."""
        ends_s = time.monotonic() + ENOUGH_S
        while time.monotonic() < ends_s:
            try:
                self.get("/login")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("nobody has answered")


Pair = tuple[Visitor, Visitor]
Visit = Callable[..., Pair]


@pytest.fixture
def visit(real_locust: Path, tmp_path: Path) -> Iterator[Visit]:
    """Return a function that starts both with a locustfile, and returns a visitor of each."""
    running = []

    def start(name: str, *options: str) -> Pair:
        visitors = []
        for program in ((str(real_locust.with_name("locust")),), OURS):
            port = _free_port()
            path = ("-f", str(FOLDER / f"{name}.py"), "--web-host", "127.0.0.1")
            command = [*program, *path, "--web-port", str(port), *options]
            running.append(
                subprocess.Popen(
                    command,
                    cwd=tmp_path,
                    env=cleaned("FLASK_SECRET_KEY=not-secret"),
                    stdin=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            visitors.append(Visitor(f"http://127.0.0.1:{port}"))
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(Visitor.until_here, visitors))
        return visitors[0], visitors[1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("base", ["", "/load"])
def test_a_login_of_the_script_lets_the_same_people_in(visit: Visit, base: str) -> None:
    pair = visit("own_login", "--web-login", "--web-base-path", base)
    seen = []
    for visitor in pair:
        log_in = f"{base}/login_submit"
        wrong = visitor.get(log_in, {"username": "ann", "password": "no"})
        page = visitor.get(f"{base}/login")
        right = visitor.get(log_in, {"username": "ann", "password": "secret"})
        inside = [
            visitor.get(f"{base}{path}").status
            for path in ("/", "/stats/requests", "/tasks", "/login_submit/inside")
        ]
        seen.append((wrong.status, wrong.place, page.status, right.status, right.place, inside))
        assert "No such user" in page.text
    assert seen[0] == seen[1]
    assert seen[1][-1] == [200] * 4


def test_strangers_are_sent_to_the_login_page_or_told(visit: Visit) -> None:
    theirs, ours = visit("own_login", "--web-login")
    for path in ("/", "/login_submit/inside"):
        assert theirs.get(path).place == ours.get(path).place == "/login"
    for path in ("/stats/requests", "/mine", "/tasks"):
        assert theirs.get(path).place == "/login"
        assert ours.get(path).status == 401
        assert ours.get(path, Sec_Fetch_Mode="navigate").place == "/login"
    for visitor in (theirs, ours):
        assert visitor.get("/login/example").status == 302
        assert visitor.get("/stats/requests").json["state"] == "ready"
        visitor.get("/leave")
    assert (theirs.get("/mine").status, ours.get("/mine").status) == (302, 401)
