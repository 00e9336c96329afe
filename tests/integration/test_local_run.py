"""Whole runs against the demo server: every ending accounts for every request."""

import csv
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FAST = """
from locust import HttpUser, task

class Visitor(HttpUser):
    @task(3)
    def front(self):
        self.client.get("/")

    @task
    def document(self):
        self.client.get("/json", name="document")
"""

SLOW = """
from locust import HttpUser, task

class Visitor(HttpUser):
    @task
    def wait(self):
        self.client.get("/delay/300")
"""

ONE_CALL = """
from locust import HttpUser, constant, events, task

class Visitor(HttpUser):
    wait_time = constant(0.05)

    @task
    def call(self):
        self.client.get("{path}")
        {after}

{more}
"""


def script(path: str = "/", after: str = "pass", more: str = "") -> str:
    return ONE_CALL.format(path=path, after=after, more=more)


def check(done: Any, target: Any) -> None:
    """Hold the laws of accounting between a finished run and the server's own count."""
    served = target.counters()["requests"]
    reported, cancelled = done.sum_of("num_requests"), done.sum_of("num_cancelled")
    terms = done.accounting
    assert terms["exchanges"] == served
    assert terms["calls"] == reported + cancelled
    more = sum(terms.get(word, 0) for word in ("hops", "challenges", "retries"))
    assert served <= reported + cancelled + more
    assert reported - terms.get("never sent", 0) <= served


@pytest.mark.parametrize("stop_timeout", ["0", "5"])
def test_a_time_limit_loses_nothing(
    target: Any, run: Callable[..., Any], stop_timeout: str
) -> None:
    done = run(FAST, "-H", target.url, "-u", "20", "-r", "100", "-t", "2s", "-s", stop_timeout)
    assert done.code == 0, done.stderr
    assert set(done.entries) == {"/", "document"}
    assert done.sum_of("num_requests") > 100
    check(done, target)
    assert re.search(r"Run ended after 0:\d\d: time limit reached", done.stderr)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("stop_timeout", ["0", "5"])
def test_a_signal_loses_nothing(
    target: Any, start: Callable[..., Any], number: Any, stop_timeout: str
) -> None:
    running = start(
        FAST, "--headless", "--json", "-H", target.url, "-u", "10", "-r", "100", "-s", stop_timeout
    )
    running.wait_for("All users spawned")
    running.signal(number)
    done = running.finish()
    assert done.code == 0, done.stderr
    check(done, target)
    name = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
    assert f"interrupted by {name}" in done.stderr


def test_a_signal_while_users_spawn_loses_nothing(target: Any, start: Callable[..., Any]) -> None:
    first = 'print("first", file=__import__("sys").stderr, flush=True)'
    text = FAST + f"\n    def on_start(self):\n        {first}\n"
    running = start(text, "--headless", "--json", "-H", target.url, "-u", "1000", "-r", "20")
    running.wait_for("first")
    running.signal(signal.SIGINT)
    done = running.finish()
    assert done.code == 0, done.stderr
    check(done, target)
    assert "All users spawned" not in done.stderr
    assert "interrupted by Ctrl-C" in done.stderr


def test_calls_in_flight_at_the_end_are_cancelled(target: Any, run: Callable[..., Any]) -> None:
    done = run(SLOW, "-H", target.url, "-u", "10", "-r", "100", "-t", "1s")
    assert done.code == 0, done.stderr
    check(done, target)
    cancelled = done.sum_of("num_cancelled")
    assert cancelled > 0
    assert f"Cancelled: {cancelled}" in done.stderr


def test_a_stop_timeout_lets_calls_finish(target: Any, run: Callable[..., Any]) -> None:
    done = run(SLOW, "-H", target.url, "-u", "10", "-r", "100", "-t", "1s", "-s", "10s")
    assert done.code == 0, done.stderr
    check(done, target)
    assert done.sum_of("num_cancelled") == 0
    assert "Cancelled" not in done.stderr


def test_a_second_signal_does_not_wait(
    target: Any, start: Callable[..., Any], tmp_path: Path
) -> None:
    """The calls last ten minutes, the stop timeout is longer: only the second signal ends it."""
    running = start(
        SLOW.replace("300", "600000"), "--headless", "--json", "-H", target.url, "-u", "3",
        "-r", "100", "-s", "1h", "--csv", "run",
    )  # fmt: skip
    running.wait_for("All users spawned")
    running.signal(signal.SIGINT)
    running.wait_for("CTRL+C")
    running.signal(signal.SIGINT)
    done = running.finish()
    assert done.accounting["calls"] == 3
    assert "Cancelled: 3" in done.stderr
    assert (tmp_path / "run_stats.csv").exists()


@pytest.mark.parametrize(
    "after",
    ["self.environment.runner.quit()", "from locust.exception import StopTest; raise StopTest"],
)
def test_a_task_may_end_the_run(target: Any, run: Callable[..., Any], after: str) -> None:
    """Nothing that follows in the task runs, with whatever stop timeout."""
    text = script(after=f"{after}\n        self.client.get('/more')")
    done = run(text, "-H", target.url, "-s", "10s")
    assert done.code == 0, done.stderr
    assert list(done.entries) == ["/"]
    assert done.sum_of("num_requests") == 1
    check(done, target)
    assert "ended by the script" in done.stderr


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (script("/status/500"), [], 1),
        (script("/status/500"), ["--exit-code-on-error", "0"], 0),
        (script("/status/500"), ["--exit-code-on-error", "7"], 7),
        (script(after="raise KeyError('no such key')"), [], 1),
        (
            script(more="@events.test_start.add_listener\ndef broken(**_):\n    raise ValueError"),
            [],
            2,
        ),
        (
            script(
                "/status/500",
                more="@events.quitting.add_listener\n"
                "def verdict(environment, **_):\n    environment.process_exit_code = 42",
            ),
            [],
            42,
        ),
    ],
)
def test_exit_codes(
    target: Any, run: Callable[..., Any], text: str, options: list[str], code: int
) -> None:
    done = run(text, "-H", target.url, "-t", "1s", *options)
    assert done.code == code, done.stderr
    assert f"Shutting down (exit code {code})" in done.stderr
    check(done, target)


def test_an_exception_in_a_task_is_shown_once_with_its_count(
    target: Any, run: Callable[..., Any]
) -> None:
    done = run(script(after="raise KeyError('no such key')"), "-H", target.url, "-t", "1s")
    summary = done.stderr[done.stderr.index("Shutting down") :]
    assert summary.count("Exception raised") == 1
    assert "times: KeyError: 'no such key'" in summary
    assert "locustfile.py" in summary
    assert done.sum_of("num_requests") > 1


def test_every_output_tells_the_same(target: Any, run: Callable[..., Any], tmp_path: Path) -> None:
    more = '@task\n    def broken(self):\n        self.client.get("/status/503", name="=broken")\n'
    text = FAST.replace("@task(3)", more + "\n    @task(3)")
    done = run(text, "-H", target.url, "-u", "5", "-r", "50", "-t", "2s", "--csv", "out/run",
               "--json-file", "out/run")  # fmt: skip
    assert done.code == 1, done.stderr
    check(done, target)
    assert json.loads((tmp_path / "out/run.json").read_text()) == json.loads(done.stdout)
    with (tmp_path / "out/run_stats.csv").open(newline="") as file:
        rows = {row["Name"].removeprefix("'"): row for row in csv.DictReader(file)}
    total = rows.pop("Aggregated")
    counts = {name: (int(r["Request Count"]), int(r["Failure Count"])) for name, r in rows.items()}
    assert counts == {
        name: (entry["num_requests"], entry["num_failures"]) for name, entry in done.entries.items()
    }
    assert int(total["Request Count"]) == done.sum_of("num_requests")
    assert f"Requests: {int(total['Request Count']):,} (" in done.stderr
    with (tmp_path / "out/run_stats_history.csv").open(newline="") as file:
        assert list(csv.DictReader(file))[-1]["Total Request Count"] == total["Request Count"]
    with (tmp_path / "out/run_failures.csv").open(newline="") as file:
        (failure,) = csv.DictReader(file)
    assert failure["Name"] == "'=broken"
    assert int(failure["Occurrences"]) == done.entries["=broken"]["num_failures"]
    for kind in ("stats", "stats_history", "failures", "exceptions"):
        assert f"Written: out/run_{kind}.csv" in done.stderr


def test_live_lines_and_only_summary(target: Any, run: Callable[..., Any]) -> None:
    options = ("-H", target.url, "-u", "5", "-r", "50", "-t", "3s")
    lines = [line.split() for line in run(FAST, *options).stderr.splitlines()]
    assert [line[1:3] for line in lines if line[:1] == ["0:02/0:03"]] == [["running", "5"]]
    quiet = run(FAST, *options, "--only-summary").stderr
    assert "0:02/0:03" not in quiet
    assert "Run ended after 0:03" in quiet


def test_no_line_is_wider_than_eighty_columns(target: Any, run: Callable[..., Any]) -> None:
    text = script("/status/500?" + "x" * 200)
    done = run(text, "-H", target.url, "-t", "3s", "--logfile", "run.log")
    assert [line for line in done.stderr.splitlines() if len(line) > 80] == []


def test_a_closed_stdout_keeps_the_files(target: Any, tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(FAST)
    options = ["--headless", "--json", "--json-file", "kept", "-H", target.url, "-t", "1s"]
    process = subprocess.Popen(
        [sys.executable, "-m", "locust_like", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    stderr = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "could not be written" in stderr
    assert "Traceback" not in stderr
    assert json.loads((tmp_path / "kept.json").read_text())


def test_users_that_die_at_start_are_replaced_unless_told_not_to(
    target: Any, run: Callable[..., Any]
) -> None:
    text = script(more="Visitor.on_start = lambda self: 1 / 0")
    options = ("-H", target.url, "-t", "3s")
    replaced = run(text, *options)
    alone = run(text, *options, "--no-replace")
    assert (replaced.code, alone.code) == (1, 1)
    assert "Exception raised once" in alone.stderr
    assert "Exception raised once" not in replaced.stderr
