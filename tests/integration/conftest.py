"""Real processes: the product's command line, its demo server, and a server that misbehaves."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .pages import Program

ROOT = Path(__file__).resolve().parents[2]
ENOUGH_S = 60


@dataclass
class Server:
    """A server process that prints where it listens."""

    process: subprocess.Popen[str]
    url: str

    def counters(self) -> dict[str, Any]:
        """Return what the demo server has counted."""
        with urllib.request.urlopen(f"{self.url}/stats", timeout=ENOUGH_S) as reply:
            counted: dict[str, Any] = json.load(reply)
        return counted

    def stop(self) -> str:
        """End it and return what else it printed."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate(timeout=ENOUGH_S)[0]


@dataclass
class Finished:
    """A run that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """The entries of `--json`, by name."""
        return {entry["name"]: entry for entry in json.loads(self.stdout)}

    @property
    def accounting(self) -> dict[str, int]:
        """The terms of the accounting line, `exchanges` and `calls` among them."""
        (line,) = re.findall(r"^Accounting: (.*)$", self.stderr, re.MULTILINE)
        assert "DIFFERENCE" not in line
        terms = re.findall(r"([\d,]+) (exchanges|calls|hops|challenges|retries|never sent)", line)
        return {word: int(number.replace(",", "")) for number, word in terms}

    def sum_of(self, key: str) -> int:
        """Return the sum of a count over all entries."""
        return sum(int(entry[key]) for entry in self.entries.values())


class Start(Protocol):
    """Starts the command line with a locustfile; see the fixture `start`."""

    def __call__(self, locustfile: str, *options: str, inside: Sequence[str] = ()) -> "Running": ...


class Running:
    """A run that has been started."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen = ""

    def wait_for(self, words: str) -> None:
        """Read stderr until a line has these words."""
        self.wait_for_text(f"({re.escape(words)})")

    def wait_for_text(self, pattern: str) -> str:
        """Read stderr until a line matches, and return the first group of the match."""
        assert self.process.stderr is not None
        # Reading cannot be given a time limit, but it ends with the process.
        limit = threading.Timer(ENOUGH_S, self.process.kill)
        limit.start()
        try:
            for line in self.process.stderr:
                self.seen += line
                found = re.search(pattern, line)
                if found:
                    return found[1]
        finally:
            limit.cancel()
        raise AssertionError(f"the run ended without {pattern!r}:\n{self.seen}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def finish(self) -> Finished:
        """Wait for the end and return everything."""
        stdout, stderr = self.process.communicate(timeout=ENOUGH_S)
        # None where the test has closed the stream.
        return Finished(self.process.returncode, stdout or "", self.seen + (stderr or ""))


def clean_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("LOCUST_", "COLUMNS"))}


def serve(*command: str, inside: Sequence[str] = ()) -> Server:
    process = subprocess.Popen(
        [*inside, sys.executable, *command], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    return Server(process, line if line.startswith("http") else f"http://127.0.0.1:{line}")


@pytest.fixture
def target() -> Iterator[Server]:
    """Run `locust-like target` on a free port."""
    server = serve("-m", "locust_like", "target", "--port", "0", "--print-port")
    yield server
    server.stop()


@pytest.fixture
def bad_server() -> Iterator[Server]:
    """Run the server that misbehaves."""
    server = serve(str(ROOT / "tests/servers/fault_server.py"))
    yield server
    server.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts the command line in the test's folder."""
    started: list[Running] = []

    def run(locustfile: str, *options: str, inside: Sequence[str] = ()) -> Running:
        (tmp_path / "locustfile.py").write_text(locustfile)
        process = subprocess.Popen(
            [*inside, sys.executable, "-m", "locust_like", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=clean_environment(),
        )
        started.append(Running(process))
        return started[-1]

    yield run
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()


@pytest.fixture
def run(start: Start) -> Callable[..., Finished]:
    """Return a function that runs the command line headless, printing JSON, until it ends."""

    def finished(locustfile: str, *options: str) -> Finished:
        return start(locustfile, "--headless", "--json", *options).finish()

    return finished


@pytest.fixture
def program(start: Start, target: Server) -> "Callable[..., Program]":
    """Return a function that starts the command line with the web UI against the demo server."""
    from .pages import Program

    def started(locustfile: str, *options: str) -> Program:
        running = start(locustfile, "-H", target.url, "--web-port", "0", *options)
        running.wait_for("Starting web interface at ")
        return Program(running, re.findall(r"interface at (\S+)", running.seen)[-1])

    return started


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Run Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-quic"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: "Browser") -> "Iterator[Callable[..., Page]]":
    """Open pages that must not report any error of a script or of the security policy."""
    from playwright.sync_api import expect

    from .pages import PATIENCE_MS

    pages: list[Page] = []
    errors: list[str] = []

    def opened(url: str, **options: object) -> "Page":
        context = browser.new_context(**options)  # type: ignore[arg-type]  # sizes and colours
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda line: errors.append(line.text) if "Content Security" in line.text else None,
        )
        page.goto(url)
        pages.append(page)
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    for page in pages:
        page.context.close()
    assert errors == []


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return where pictures go."""
    asked: str | None = request.config.getoption("--pictures")
    path = tmp_path if asked is None else Path(asked).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path
