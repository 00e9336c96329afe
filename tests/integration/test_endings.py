"""However a run ends, console, CSV, JSON, summary and the server's own count agree: difference 0.

Each ending happens three times at once, each time against a server of its own.
"""

import csv
import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from locust_like._core import Target

from .conftest import ENOUGH_S, ROOT, Finished, Running, clean_environment

TIMES = 3

MIXED = """
import gevent
from locust import HttpUser, constant, events, task
from locust.exception import StopTest

class Visitor(HttpUser):
    wait_time = constant(0.002)

    def on_start(self):
        self.client.get("/status/503", name="start")

    @task(4)
    def front(self):
        self.client.get("/")

    @task
    def redirected(self):
        self.client.get("/redirect/2", name="redirected")

    @task
    def slow(self):
        self.client.get("/delay/20", name="slow")
"""

ONE_CALL = """
import gevent
from locust import HttpUser, task
from locust.exception import StopTest

class Visitor(HttpUser):
    @task
    def call(self):
        self.client.get("/delay/{delay_ms}")
        {after}
"""


CATCHING = """
from locust import HttpUser, task

class Visitor(HttpUser):
    @task
    def call(self):
        try:
            self.client.get("/delay/100")
        except:
            pass
"""


def by_listener(event: str, action: str) -> str:
    return f"{MIXED}\n@events.{event}.add_listener\ndef end(**_):\n    {action}\n"


def by_greenlet(action: str) -> str:
    body = f"def later():\n        gevent.sleep(0.5)\n        {action}\n    gevent.spawn(later)"
    return (
        f"{MIXED}\n@events.test_start.add_listener\n"
        f"def begin(environment, **_):\n    runner = environment.runner\n    {body}\n"
    )


def signalled(first: signal.Signals) -> Callable[[Running], None]:
    """Send a signal when all users run."""

    def act(running: Running) -> None:
        running.wait_for("All users spawned")
        running.signal(first)

    return act


def signalled_twice(running: Running) -> None:
    """Send a second signal when the first has been seen."""
    signalled(signal.SIGINT)(running)
    running.wait_for("CTRL+C")
    running.signal(signal.SIGTERM)


def nothing(running: Running) -> None:
    """Let it end by itself."""


@dataclass(frozen=True)
class Case:
    """One way to end; `told` is the summary's reason."""

    name: str
    text: str
    options: str
    told: str
    act: Callable[[Running], None] = nothing
    closed: str = ""
    code: int = 0


QUIT = "ended by the script"
LIMIT = "time limit reached"
CASES = [
    Case("time limit", MIXED, "-t 1s", LIMIT),
    Case("time limit and stop timeout", MIXED, "-t 1s -s 30", LIMIT),
    Case("stop timeout passes", ONE_CALL.format(delay_ms=600_000, after="pass"), "-t 1s -s 0.2",
         LIMIT),
    Case("iterations", MIXED, "--iterations 200", "all iterations done"),
    Case("SIGINT", MIXED, "-s 30", "interrupted by Ctrl-C", signalled(signal.SIGINT)),
    Case("SIGTERM", MIXED, "", "interrupted by SIGTERM", signalled(signal.SIGTERM)),
    Case("SIGHUP", MIXED, "", "interrupted by SIGHUP", signalled(signal.SIGHUP)),
    Case("second signal", ONE_CALL.format(delay_ms=600_000, after="pass"), "-s 1h",
         "interrupted by Ctrl-C", signalled_twice),
    Case("a task catches the kill", CATCHING, "-t 1s", LIMIT),
    Case("quit by a task", ONE_CALL.format(delay_ms=50, after="self.environment.runner.quit()"),
         "-s 30", QUIT),
    Case("quit by a listener", MIXED + "\n@events.spawning_complete.add_listener\n"
         "def end(**_):\n    Visitor.runner.quit()\n\n@events.init.add_listener\n"
         "def keep(runner, **_):\n    Visitor.runner = runner\n", "", QUIT),
    Case("quit by a greenlet", by_greenlet("runner.quit()"), "", QUIT),
    Case("StopTest in a task", ONE_CALL.format(delay_ms=50, after="raise StopTest"), "", QUIT),
    Case("StopTest in a listener", by_listener("spawning_complete", "raise StopTest"), "", QUIT),
    Case("StopTest before the load", by_listener("test_start", "raise StopTest"), "", QUIT),
    Case("StopTest in a greenlet", by_greenlet("raise StopTest"), "", QUIT),
    Case("fewer users", by_greenlet("runner.start(1, 100)"), "-t 1s", LIMIT),
    Case("stdout closed", MIXED, "-t 1s", LIMIT, closed="stdout", code=1),
    Case("stderr closed", MIXED, "-t 1s", LIMIT, closed="stderr"),
]  # fmt: skip


@pytest.fixture
def targets() -> Iterator[list[Target]]:
    made = [Target() for _ in range(TIMES)]
    yield made
    for target in made:
        target.stop()


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[[Case, int, Target], Running]]:
    """Return a function that starts one run in a folder of its own."""
    started: list[Running] = []

    def run(case: Case, number: int, target: Target) -> Running:
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "locustfile.py").write_text(case.text)
        options = [
            "--headless", "--json", "--json-file", "run", "--csv", "run", "--summary", "summary",
            "-H", f"http://127.0.0.1:{target.port}", "-u", "5", "-r", "100",
            "--exit-code-on-error", "0", *shlex.split(case.options),
        ]  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "locust_like", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
            env=clean_environment(),
        )  # fmt: skip
        if case.closed:
            stream = getattr(process, case.closed)
            stream.close()
            setattr(process, case.closed, None)
        started.append(Running(process))
        return started[-1]

    yield run
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
        for stream in (running.process.stdout, running.process.stderr):
            if stream is not None:
                stream.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def served_by(target: Target, expected: int) -> int:
    """Return the server's count, once it has read what was sent before the connections closed."""
    deadline_s = time.monotonic() + ENOUGH_S
    while target.counters()["requests"] != expected and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return int(target.counters()["requests"])


def summary_of(path: Path) -> Any:
    document = json.loads(path.read_text())
    schema = json.loads((ROOT / "docs/summary.schema.json").read_text())
    jsonschema.validate(document, schema)
    return document


def check_console(done: Finished, document: Any) -> None:
    totals, terms = document["totals"], document["accounting"]
    assert f"Requests: {totals['num_requests']:,} (" in done.stderr
    cancelled = totals["num_cancelled"]
    assert re.findall(r"Cancelled: ([\d,]+)", done.stderr) == ([f"{cancelled:,}"] * bool(cancelled))
    shown = done.accounting
    assert {name: shown.get(name, 0) for name in ("exchanges", "calls", "hops")} == {
        name: terms[name] for name in ("exchanges", "calls", "hops")
    }
    assert f"Shutting down (exit code {0 if done.code == 1 else done.code})" in done.stderr
    assert "Traceback" not in done.stderr


def check(case: Case, done: Finished, folder: Path, target: Target) -> Any:
    """Hold every output of one run against the others, and all against the server's count."""
    assert done.code == case.code, done.stderr
    document = summary_of(folder / "summary")
    totals, terms = document["totals"], document["accounting"]
    assert (document["run"]["ending"], document["run"]["exit_code"]) == (case.told, case.code)

    assert terms["difference"] == 0
    assert terms["exchanges"] == served_by(target, terms["exchanges"])
    assert terms["calls"] == totals["num_requests"] + totals["num_cancelled"]
    assert terms["exchanges"] == (
        terms["calls"] + terms["hops"] + terms["challenges"] + terms["retries"]
        - terms["never_sent"]
    )  # fmt: skip

    entries = json.loads((folder / "run.json").read_text())
    for key in ("num_requests", "num_failures", "num_cancelled"):
        assert sum(entry[key] for entry in entries) == totals[key]
        assert sum(entry[key] for entry in document["entries"]) == totals[key]
    if case.closed != "stdout":
        assert json.loads(done.stdout) == entries

    count, failed = str(totals["num_requests"]), str(totals["num_failures"])
    total = rows(folder / "run_stats.csv")[-1]
    assert (total["Name"], total["Request Count"], total["Failure Count"]) == (
        "Aggregated", count, failed,
    )  # fmt: skip
    last = rows(folder / "run_stats_history.csv")[-1]
    assert (last["Total Request Count"], last["Total Failure Count"]) == (count, failed)
    failures = rows(folder / "run_failures.csv")
    assert sum(int(row["Occurrences"]) for row in failures) == totals["num_failures"]

    if case.closed != "stderr":
        check_console(done, document)
    return document


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_request_is_accounted_for(
    case: Case, launch: Any, targets: list[Target], tmp_path: Path
) -> None:
    runs = [launch(case, number, target) for number, target in enumerate(targets)]
    for running in runs:
        case.act(running)
    for number, (running, target) in enumerate(zip(runs, targets, strict=True)):
        document = check(case, running.finish(), tmp_path / str(number), target)
        if case.name == "iterations":
            tasks = [entry for entry in document["entries"] if entry["name"] != "start"]
            assert sum(entry["num_requests"] for entry in tasks) == 200


def test_the_command_in_the_documentation_writes_what_it_says(
    launch: Any, targets: list[Target], tmp_path: Path
) -> None:
    text = (ROOT / "docs/outputs.md").read_text()
    (command,) = re.findall(r"^```sh\nlocust-like (.*)\n```", text, re.MULTILINE)
    command = command.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{targets[0].port}")
    (tmp_path / "locustfile.py").write_text(MIXED)
    done = subprocess.run(
        [sys.executable, "-m", "locust_like", *shlex.split(command)], cwd=tmp_path,
        env=clean_environment(), capture_output=True, text=True, check=False, timeout=ENOUGH_S,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert {path.name for path in tmp_path.glob("run*")} | {"summary.json"} == {
        "run_stats.csv", "run_stats_history.csv", "run_failures.csv", "run_exceptions.csv",
        "run.json", "summary.json",
    }  # fmt: skip
    assert summary_of(tmp_path / "summary.json")["run"]["exit_code"] == 1
