"""The same requests to the page of Locust and to ours: who is let in, and what is answered."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
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
    headers: Message

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
            return Answer(reply.status, reply.read().decode(), reply.headers)

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


READ = (
    "/stats/requests", "/stats/requests/csv", "/stats/failures/csv", "/exceptions",
    "/exceptions/csv", "/tasks", "/logs", "/worker-count", "/stats/requests_full_history/csv",
    "/nothing",
)  # fmt: skip
OURS_TOO = frozenset({"extended_stats", "total_avg_response_time", "safe_name"})
WRONG = (
    {"user_count": "x", "spawn_rate": "1"},
    {"user_count": "1", "spawn_rate": "x"},
    {"user_count": "-1", "spawn_rate": "1"},
    {"user_count": "1", "spawn_rate": "0"},
    {"user_count": "1", "spawn_rate": "1", "run_time": "abc"},
)
RUN = {
    "user_count": "3", "spawn_rate": "100", "run_time": "1m", "word": "typed", "flag": "true",
    "profile": "night", "user_classes": ["Visitor", "Buyer"],
}  # fmt: skip


def shape(value: Any) -> Any:
    """Return what a document is made of: keys and kinds; lists by their first row."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key not in OURS_TOO}
    if isinstance(value, list):
        return [shape(row) for row in value[:1]]
    return "number" if isinstance(value, int | float) else type(value).__name__


def readings(visitor: Visitor) -> dict[str, Any]:
    """Return what all routes answer that change nothing: status, form, names of files."""
    told: dict[str, Any] = {}
    for path in READ:
        reply = visitor.get(path)
        what: Any = reply.text.partition("\n")[0] if path.endswith("csv") else ""
        if reply.headers["Content-Type"] == "application/json" and reply.status == 200:
            what = shape(reply.json)
        file = reply.headers.get("Content-Disposition", "")
        told[path] = (reply.status, what if reply.status == 200 else "", file.strip('"')[-12:])
    return told


def until(visitor: Visitor, holds: Callable[[Any], bool]) -> None:
    """Wait until the figures are as wanted."""
    ends_s = time.monotonic() + ENOUGH_S
    while not holds(visitor.get("/stats/requests").json):
        assert time.monotonic() < ends_s
        time.sleep(0.05)


def test_the_routes_answer_alike(visit: Visit, target_url: str) -> None:
    pair = visit("routes", "--class-picker", "-H", target_url)
    for visitor in pair:
        # Locust answers with the figures of two seconds ago; so nothing is asked for twice.
        assert visitor.get("/stop").status == 405
    replies = [[visitor.get("/swarm", form).json for form in WRONG] for visitor in pair]
    for theirs, ours in zip(*replies, strict=True):
        assert (theirs["success"], theirs["host"]) == (ours["success"], ours["host"])
    started = [visitor.get("/swarm", RUN).json for visitor in pair]
    assert started[0] == started[1]
    for visitor in pair:
        until(visitor, lambda told: bool(told["errors"]) and len(told["stats"]) == 3)
        until_exceptions(visitor)
    assert readings(pair[0]) == readings(pair[1])
    for visitor in pair:
        mine = visitor.get("/mine").json
        assert mine == {"word": "typed", "flag": True, "profile": "night"}
        assert visitor.get("/stop", {}).json == {"success": True, "message": "Test stopped"}
        until(visitor, lambda told: told["state"] == "stopped")
        assert visitor.get("/stats/reset", {}).text == "ok"


def until_exceptions(visitor: Visitor) -> None:
    """Wait until a task has raised something."""
    ends_s = time.monotonic() + ENOUGH_S
    while not visitor.get("/exceptions").json["exceptions"]:
        assert time.monotonic() < ends_s
        time.sleep(0.05)


def test_a_tab_of_the_script_has_its_rows_in_both(visit: Visit) -> None:
    theirs, ours = visit("own_tab")
    rows = [{"name": "/", "content_length": 7}]
    for visitor in (theirs, ours):
        assert visitor.get("/extend").status == 200
        told = visitor.get("/stats/requests").json
        assert told["extended_stats"] == [{"key": "content-length", "data": rows}]
        assert visitor.get("/content-length/csv").text == "Name,Total\n"
    assert ours.get("/api/v1/extras").json == {
        "tables": [
            {
                "title": "Content Length",
                "columns": ["Name", "Total content length"],
                "rows": [["/", "7"]],
            }
        ],
        "files": [{"title": "Content length CSV", "href": "/content-length/csv"}],
    }
