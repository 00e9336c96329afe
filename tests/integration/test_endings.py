"""However a run ends, console, CSV, JSON, summary and the server's own count agree: difference 0.

Each ending happens three times at once, each time against a server of its own.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from locust_like._core import Target

from .conftest import ENOUGH_S, ROOT, Running, clean_environment
from .endings import CASES, MIXED, Case, check, killed, started

TIMES = 3


@pytest.fixture
def targets() -> Iterator[list[Target]]:
    made = [Target() for _ in range(TIMES)]
    yield made
    for target in made:
        target.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_request_is_accounted_for(case: Case, targets: list[Target], tmp_path: Path) -> None:
    runs: list[Running] = []
    try:
        for number, target in enumerate(targets):
            runs.append(started(case, tmp_path / str(number), target))
        for running in runs:
            case.act(running)
        for number, (running, target) in enumerate(zip(runs, targets, strict=True)):
            document = check(case, running.finish(), tmp_path / str(number), target)
            if case.name == "iterations":
                tasks = [entry for entry in document["entries"] if entry["name"] != "start"]
                assert sum(entry["num_requests"] for entry in tasks) == 200
    finally:
        for running in runs:
            killed(running)


WRITTEN = {
    "--csv": {
        "run_stats.csv", "run_stats_history.csv", "run_failures.csv", "run_exceptions.csv",
        "run.json", "summary.json",
    },
    "--html": {"report-10.html"},
}  # fmt: skip


@pytest.mark.parametrize("option", WRITTEN)
def test_commands_in_the_documentation_write_what_they_say(
    targets: list[Target], tmp_path: Path, option: str
) -> None:
    text = (ROOT / "docs/outputs.md").read_text()
    commands = re.findall(r"^```sh\nlocust-like (.*)\n```", text, re.MULTILINE)
    assert len(commands) == len(WRITTEN)
    (command,) = (each for each in commands if option in each)
    command = command.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{targets[0].port}")
    (tmp_path / "locustfile.py").write_text(MIXED)
    done = subprocess.run(
        [sys.executable, "-m", "locust_like", *shlex.split(command)], cwd=tmp_path,
        env=clean_environment(), capture_output=True, text=True, check=False, timeout=ENOUGH_S,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    written = {
        path.name for path in tmp_path.iterdir() if path.suffix in {".csv", ".json", ".html"}
    }
    assert written == WRITTEN[option]
