"""Every example runs against the demo server and does what its text says."""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ENOUGH_S, clean_environment

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

# The rows that must have requests, by example.
EXPECTED = {
    "basic": {"/", "/json", "/bytes/[size]"},
    "validation": {"/bytes/64", "/status/404", "/redirect"},
    "sequential_flow": {"login", "browse", "order"},
    "custom_protocol": {"ask"},
    "mixed_rates": {"/json", "/chunked", "/echo", "health"},
    "csv_feed": {"login", "article"},
    "custom_arguments": {"page"},
    "exit_code_rules": {"page"},
    "json_checks": {"order"},
    "login_form": {"page", "log in"},
    "login_token": {"login", "profile"},
    "message_stream": {"say"},
    "load_shape": {"look", "buy"},
    "markov_chain": {"home", "catalogue", "product"},
    "nested_task_sets": {"forum: enter", "forum: list", "thread: read"},
    "own_wait_time": {"/", "reload"},
    "request_log": {"/"},
    "several_hosts": {"web: page", "api: from the page", "api: call", "api: backup"},
    "stepwise_load": {"/"},
    "weights_and_tags": {"look", "search", "buy", "preview"},
}
# This one has a host for each class, so it gets them by variables.
NO_HOST_OPTION = {"several_hosts"}


@dataclass
class Run:
    """What a run of an example has left."""

    code: int
    rows: dict[str, dict[str, str]]
    log: str


def run(path: Path, url: str, folder: Path, *options: str) -> Run:
    """Run a locustfile for a second; the statistics are by request name."""
    host = [] if path.stem in NO_HOST_OPTION else ["-H", url]
    command = [sys.executable, "-m", "locust_like", "-f", str(path), *host, "--headless"]
    load = ["-u", "11", "-r", "100", "-t", "1.5s", "--csv", str(folder / "run"), *options]
    done = subprocess.run(
        [*command, *load],
        cwd=folder,
        env=clean_environment() | {"WEB": url, "API": url.replace("127.0.0.1", "localhost")},
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    table = folder / "run_stats.csv"
    assert table.exists(), done.stderr
    with table.open(newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    return Run(done.returncode, rows, done.stderr)


def test_every_example_has_an_expectation() -> None:
    assert {path.stem for path in EXAMPLES} == set(EXPECTED)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example_runs_without_failures(path: Path, target_url: str, tmp_path: Path) -> None:
    done = run(path, target_url, tmp_path)
    assert done.code == 0, done.log
    rows = done.rows
    assert set(rows) == EXPECTED[path.stem] | {"Aggregated"}
    assert all(int(row["Request Count"]) > 0 for row in rows.values())
    assert int(rows["Aggregated"]["Failure Count"]) == 0


def test_tags_pick_the_tasks(target_url: str, tmp_path: Path) -> None:
    done = run(ROOT / "examples/mixed_rates.py", target_url, tmp_path, "--tags", "write")
    assert set(done.rows) == {"/echo", "health", "Aggregated"}


def test_custom_arguments_reach_the_users(target_url: str, tmp_path: Path) -> None:
    example = ROOT / "examples/custom_arguments.py"
    done = run(example, target_url, tmp_path, "--page-size", "321", "--region", "north")
    assert done.code == 0, done.log
    assert float(done.rows["page"]["Average Content Size"]) == 321


def test_the_script_decides_on_the_exit_code(target_url: str, tmp_path: Path) -> None:
    """Nothing listens on port 1, so every request fails."""
    done = run(ROOT / "examples/exit_code_rules.py", "http://127.0.0.1:1", tmp_path)
    assert done.code == 1
    assert "100.0 % of the requests failed" in done.log


def test_steps_follow_each_other(target_url: str, tmp_path: Path) -> None:
    """The run ends by itself, long before its time limit."""
    done = run(ROOT / "examples/stepwise_load.py", target_url, tmp_path, "-t", "10m")
    for users in (2, 5, 9):
        assert f"step of {users} users ends" in done.log


def test_each_request_is_a_line_of_the_log(target_url: str, tmp_path: Path) -> None:
    done = run(ROOT / "examples/request_log.py", target_url, tmp_path)
    with (tmp_path / "requests.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == int(done.rows["/"]["Request Count"])
    assert {(line["request_type"], line["status_code"]) for line in lines} == {("GET", "200")}


def test_every_example_is_listed_with_what_it_shows() -> None:
    page = (ROOT / "docs/examples.md").read_text()
    assert [path.name for path in EXAMPLES if f"`examples/{path.name}`" not in page] == []
