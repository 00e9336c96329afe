"""A run on a real terminal: the live region, keys, and a terminal that is left as it was found."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyte
import pytest
from rich.cells import cell_len

from .conftest import ENOUGH_S, Server, Start, clean_environment

VISITOR = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def look(self):
        self.client.get("/", name="/a/name/" + "that/is/long/" * 20)

    @task
    def tell(self):
        print("printed by a task")
"""
BROKEN = (
    VISITOR
    + """
from locust import events

@events.test_start.add_listener
def _break(environment, **_):
    environment.events.quitting = None  # which the command line fires at the end
"""
)
BLOCKING = """
import time
from locust import HttpUser, constant, task

def parse():
    end_s = time.perf_counter() + 0.3
    while time.perf_counter() < end_s:
        pass

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def look(self):
        self.client.get("/")
        parse()
"""
SIZES = [(80, 24), (120, 40), (200, 50), (80, 10)]
_HINT = "w/W +1/+10 users"
_HINT_END = "? help"
_PIECE_BYTES = 512
"""So little is read at once that screens which are only half drawn are seen often, not seldom."""
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A process on a terminal of its own, with a screen to look at and keys to press."""

    def __init__(self, width: int, height: int, *options: str, folder: Path, **environ: str):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.settings = termios.tcgetattr(self.slave)
        self.raw = b""
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        hidden = ("CI", "NO_COLOR", "FORCE_COLOR")
        kept = {k: v for k, v in clean_environment().items() if k not in hidden}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "locust_like", "--headless", *options],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            cwd=folder,
            env={**kept, "TERM": "xterm-256color", **environ},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread
        )

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def read(self) -> None:
        if select.select([self.master], [], [], 0.05)[0]:
            data = os.read(self.master, _PIECE_BYTES)
            self.raw += data
            self._stream.feed(data)

    def until(self, what: str | Callable[[], object]) -> None:
        """Read until a text has been written, or something is so."""
        end_s = time.monotonic() + ENOUGH_S
        while not (what in self.text if isinstance(what, str) else what()):
            if time.monotonic() > end_s:
                raise AssertionError(f"it did not come about: {what}\n{self.text}")
            self.read()

    @property
    def text(self) -> str:
        """All that was written, without escape sequences."""
        return _ESCAPE.sub("", self.raw.decode(errors="replace"))

    def lines(self) -> list[str]:
        """Return the lines on the screen now that are not empty."""
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def shows(self, first: str) -> bool:
        """Tell whether a line on the screen begins so."""
        return any(line.startswith(first) for line in self.lines())

    def region(self) -> list[str]:
        """Return the last line above the region and the region, once it is drawn to its end."""
        lines = self.lines()
        if not lines or not (lines[-1].startswith(_HINT) and lines[-1].endswith(_HINT_END)):
            return []
        first = next((i for i, line in enumerate(lines) if line.startswith("running")), 0)
        return lines[max(first - 1, 0) :]

    def finish(self) -> int:
        self.until(lambda: self.process.poll() is not None)
        for _ in range(100):  # what the terminal still holds
            before = len(self.raw)
            self.read()
            if len(self.raw) == before:
                break
        return self.process.returncode

    def is_restored(self) -> bool:
        return termios.tcgetattr(self.slave) == self.settings

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(target: Server, tmp_path: Path) -> Iterator[Open]:
    """Return a function that starts a run on a terminal."""
    opened: list[Terminal] = []

    def start(*size: int, locustfile: str = VISITOR, **environ: str) -> Terminal:
        (tmp_path / "locustfile.py").write_text(locustfile)
        width, height = size or (80, 24)
        options = ("-H", target.url, "-u", "2", "-r", "100")
        opened.append(Terminal(width, height, *options, folder=tmp_path, **environ))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_region_stays_at_the_bottom_and_the_summary_fits(
    terminal: Open, size: tuple[int, int]
) -> None:
    run = terminal(*size)
    run.until(lambda: run.shows("busiest") and run.shows("printed by a task"))
    run.until(lambda: run.shows("running  2 users"))
    # A line of the log may be wrapped, and may be there for one drawing only.
    run.until(lambda: run.region()[:1] == ["printed by a task"])
    region = run.region()[1:]
    assert region[0].startswith("running  2 users")
    assert len(region) < size[1]
    assert any(line.startswith("generator ") for line in region)
    run.press("q")
    assert run.finish() == 0
    summary = run.text[run.text.rindex("Type") :]
    assert "stopped with the key q" in summary
    assert "busiest" not in summary
    assert max(cell_len(line.rstrip("\r")) for line in summary.split("\n")) <= size[0]


def test_keys_change_pause_and_stop_the_load(terminal: Open) -> None:
    run = terminal()
    run.until(lambda: run.shows("running  2 users"))
    run.press("w")
    run.until(lambda: run.shows("running  3 users"))
    run.press("W")
    run.until(lambda: run.shows("running  13 users"))
    run.press("sS\x1b[A")  # and an arrow, whose A is no key
    run.until(lambda: run.shows("running  2 users"))
    run.press("S")
    run.until(lambda: run.shows("running  0 users"))
    run.press("w?p")
    run.until(lambda: run.shows("paused  1 users"))
    run.until("1 or 10 users more")
    run.press("p")
    run.until(lambda: run.shows("running  1 users"))
    run.press("q")
    assert run.finish() == 0


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (lambda run: run.press("q"), "stopped with the key q"),
        (lambda run: run.press("\x03"), "interrupted by Ctrl-C"),
        (lambda run: run.process.send_signal(signal.SIGTERM), "interrupted by SIGTERM"),
        (lambda run: run.process.send_signal(signal.SIGQUIT), ""),
    ],
    ids=["q", "Ctrl-C", "SIGTERM", "SIGQUIT"],
)
def test_every_ending_restores_the_terminal(
    terminal: Open, end: Callable[[Terminal], Any], told: str
) -> None:
    run = terminal()
    run.until(lambda: run.shows("busiest"))
    assert not run.is_restored()
    end(run)
    run.finish()
    assert run.is_restored()
    assert told in run.text
    assert not run.shows("busiest")


def test_an_exception_restores_the_terminal(terminal: Open) -> None:
    run = terminal(locustfile=BROKEN)
    run.until(lambda: run.shows("busiest"))
    run.press("q")
    assert run.finish() != 0
    assert "Traceback" in run.text
    assert run.is_restored()


def test_a_suspended_run_leaves_the_terminal_to_the_shell(terminal: Open) -> None:
    run = terminal()
    run.until(lambda: run.shows("busiest"))
    run.press("\x1a")
    pid = run.process.pid
    run.until(lambda: os.waitpid(pid, os.WUNTRACED | os.WNOHANG)[0] == pid)
    assert run.is_restored()
    run.until(lambda: not run.shows("busiest"))
    os.kill(pid, signal.SIGCONT)
    run.until(lambda: run.shows("busiest"))
    assert not run.is_restored()
    run.press("q")
    assert run.finish() == 0
    assert run.is_restored()


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"TERM": "dumb"}], ids=["CI", "dumb"])
def test_ci_and_dumb_terminals_get_plain_lines(terminal: Open, environ: dict[str, str]) -> None:
    run = terminal(NO_COLOR="1", **environ)
    run.until("printed by a task")
    run.until("health")
    run.until(" running ")
    assert run.is_restored()
    run.press("\x03")
    assert run.finish() == 0
    assert b"\x1b" not in run.raw


def test_colours_can_be_turned_off(terminal: Open) -> None:
    for environ, colours in (({"NO_COLOR": "1"}, False), ({}, True)):
        run = terminal(**environ)
        run.until(partial(run.shows, "busiest"))
        run.press("q")
        run.finish()
        assert bool(re.search(rb"\x1b\[[0-9;]*3[1-7]m", run.raw)) is colours


def test_the_summary_names_the_function_that_blocks_python(start: Start, target: Server) -> None:
    running = start(BLOCKING, "--headless", "-H", target.url, "-u", "4", "-r", "100", "-t", "4s")
    text = running.finish().stderr
    assert re.search(r"^Generator: (LATE|INVALID) ", text, re.MULTILINE)
    assert re.search(r"^  Python blocked by locustfile.py:\d+ in parse \(", text, re.MULTILINE)
