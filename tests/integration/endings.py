"""Ways in which a run can end, and what has to hold whichever it was."""

import csv
import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from locust_like._core import Target

from .conftest import ENOUGH_S, ROOT, Finished, Running, clean_environment

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


def started(case: Case, folder: Path, target: Target, *options: str) -> Running:
    """Start a run in a folder of its own, writing everything that can be written."""
    folder.mkdir()
    (folder / "locustfile.py").write_text(case.text)
    arguments = [
        "--headless", "--json", "--json-file", "run", "--csv", "run", "--summary", "summary",
        "-H", f"http://127.0.0.1:{target.port}", "-u", "5", "-r", "100",
        "--exit-code-on-error", "0", *shlex.split(case.options), *options,
    ]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "locust_like", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=clean_environment(),
    )  # fmt: skip
    if case.closed:
        stream = getattr(process, case.closed)
        stream.close()
        setattr(process, case.closed, None)
    return Running(process)


def killed(running: Running) -> None:
    """End what a failed test has left."""
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
