"""The web UI of the real program, over real sockets: without a browser."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import ENOUGH_S, Finished, Running, Server, Start

LOCUSTFILE = """
from locust import HttpUser, constant, events, task

@events.init.add_listener
def add_route(environment, web_ui, **kwargs):
    @web_ui.app.route("/mine")
    def mine():
        return f"users: {environment.runner.user_count}"

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def front(self):
        self.client.get("/")

class Buyer(HttpUser):
    wait_time = constant(0.01)

    @task
    def data(self):
        self.client.get("/json")
"""


class Page:
    """A running program with its web UI."""

    def __init__(self, running: Running, url: str) -> None:
        self.running = running
        self.url = url

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=ENOUGH_S) as reply:
            return json.load(reply)

    def ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "locust_like", "ctl", "--url", self.url, "--json", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=ENOUGH_S,
        )

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask for the state until it is as wanted."""
        ends_s = time.monotonic() + ENOUGH_S
        while time.monotonic() < ends_s:
            status: dict[str, Any] = self.get("/api/v1/status")
            if holds(status):
                return status
            time.sleep(0.02)
        raise AssertionError(f"it did not come about: {status}")

    def end(self) -> Finished:
        self.running.signal(signal.SIGTERM)
        return self.running.finish()


@pytest.fixture
def open_page(start: Start, target: Server) -> Callable[..., Page]:
    def opened(*options: str) -> Page:
        running = start(LOCUSTFILE, "-H", target.url, "--web-port", "0", *options)
        running.wait_for("Starting web interface at ")
        found = re.findall(r"Starting web interface at (\S+)", running.seen)
        return Page(running, found[-1])

    return opened


def test_a_second_terminal_steers_the_real_load(
    open_page: Callable[..., Page], target: Server
) -> None:
    page = open_page()
    assert page.get("/api/v1/status")["state"] == "ready"
    assert target.counters()["requests"] == 0
    assert page.ctl("start", "-u", "4", "-r", "100").returncode == 0
    page.until(lambda status: status["state"] == "running" and status["users"] == 4)
    assert page.ctl("edit", "-u", "6", "-c", "Buyer=off").returncode == 0
    page.until(lambda status: status["classes"] == {"Visitor": 6, "Buyer": 0})
    assert page.ctl("undo").returncode == 0
    page.until(lambda status: status["classes"] == {"Visitor": 2, "Buyer": 2})
    assert json.loads(page.ctl("pause").stdout)["state"] == "paused"
    assert json.loads(page.ctl("resume").stdout)["state"] != "paused"
    assert page.ctl("mark", "half", "way").returncode == 0
    assert page.ctl("stop").returncode == 0
    page.until(lambda status: status["state"] == "stopped")
    served = target.counters()["by_path"]
    assert served["root"] > 0
    assert served["json"] > 0
    refused = page.ctl("pause")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no run is active" in refused.stderr
    with urllib.request.urlopen(f"{page.url}/mine", timeout=ENOUGH_S) as reply:
        assert reply.read() == b"users: 0"
    ended = page.end()
    assert ended.code == 0
    assert "Run ended after" in ended.stderr
    assert "stopped by api" in ended.stderr


def test_what_the_page_shows_equals_the_summary(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page("--summary", "run.json", "-u", "3", "-r", "100", "--autostart")
    page.until(lambda status: status["users"] == 3)
    page.ctl("stop")
    page.until(lambda status: status["state"] == "stopped")
    endpoints = [page.get(f"/api/v1/endpoints/{number}") for number in range(len(_names(page)))]
    shown = {row["name"]: row["row"] for row in endpoints}
    page.end()
    summary = json.loads((tmp_path / "run.json").read_text())
    assert sorted(shown) == ["/", "/json"]
    for entry in summary["entries"]:
        row = shown[entry["name"]]
        assert row[1] == entry["num_requests"]
        percentiles = entry["response_time"]["percentiles_ms"]
        assert row[9:13] == [percentiles[key] for key in ("50", "90", "95", "99")]


def _names(page: Page) -> list[Any]:
    names: list[Any] = page.get("/api/v1/poll")["tick"]["names"]
    return names


def test_two_runs_in_one_process_are_counted_apart(
    open_page: Callable[..., Page], target: Server
) -> None:
    page = open_page("-u", "2", "-r", "100", "-t", "1s")
    for run in (1, 2):
        page.ctl("start")
        status = page.until(lambda status: status["state"] == "stopped")
        assert (status["run"], status["ending"]) == (run, "time limit reached")
    last = page.get("/stats/requests")["stats"][-1]["num_requests"]
    assert 0 < last < target.counters()["requests"]
    assert "time limit reached" in page.end().stderr


def test_the_summary_says_how_the_last_run_ended(open_page: Callable[..., Page]) -> None:
    page = open_page("-u", "2", "-r", "100")
    page.ctl("start")
    page.ctl("stop")
    page.until(lambda status: status["state"] == "stopped")
    page.ctl("start")
    page.until(lambda status: status["state"] == "running")
    assert ": interrupted by SIGTERM" in page.end().stderr


def test_seconds_that_were_streamed_are_those_of_the_history(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("-u", "5", "-r", "100", "--autostart")
    parts = urlsplit(page.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=ENOUGH_S)
    connection.request("GET", "/api/v1/stream")
    stream = connection.getresponse()
    streamed: dict[float, list[Any]] = {}
    while len(streamed) < 6:
        line = stream.readline()
        if line.startswith(b"data: ") and b'"points"' in line:
            points = json.loads(line.removeprefix(b"data: "))["points"]
            streamed |= {point[0]: point[2:6] for point in points}
    connection.close()
    page.ctl("stop")
    history = page.get("/api/v1/history")["points"]
    kept = {point[0]: point[2:6] for point in history}
    assert {wall_s: kept[wall_s] for wall_s in streamed} == streamed
    page.end()


def test_streams_end_when_the_program_ends(open_page: Callable[..., Page]) -> None:
    page = open_page()
    parts = urlsplit(page.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=ENOUGH_S)
    connection.request("GET", "/api/v1/stream")
    stream = connection.getresponse()
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert stream.readline() == b"retry: 1000\n"
    page.running.signal(signal.SIGTERM)
    assert b"event: bye" in stream.read()
    connection.close()
    assert page.running.finish().code == 0


def test_a_wider_bind_prints_the_token_once_and_demands_it(open_page: Callable[..., Page]) -> None:
    page = open_page("--web-host", "0.0.0.0")
    page.running.wait_for("The web UI demands a token. Open ")
    (token,) = re.findall(r"\?token=(\S+)", page.running.seen)
    assert "no web UI" not in page.ctl("status").stderr
    assert page.ctl("status").returncode == 1
    request = urllib.request.Request(
        f"{page.url}/api/v1/logs", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=ENOUGH_S) as reply:
        assert token not in reply.read().decode()
    assert page.end().stderr.count(token) == 1


def test_a_port_that_is_taken_is_told(open_page: Callable[..., Page], start: Start) -> None:
    page = open_page()
    port = str(urlsplit(page.url).port)
    refused = start(LOCUSTFILE, "-H", "http://127.0.0.1:1", "--web-port", port).finish()
    assert refused.code == 1
    assert f"the web UI cannot listen on 127.0.0.1:{port}: Address already in use" in refused.stderr
    assert "--web-port" in refused.stderr
    assert "Traceback" not in refused.stderr
    page.end()
