"""Every example runs against the demo server and does what its text says."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

# The rows that must have requests, by example.
EXPECTED = {
    "basic": {"/", "/json", "/bytes/[size]"},
    "validation": {"/bytes/64", "/status/404", "/redirect"},
    "sequential_flow": {"login", "browse", "order"},
    "custom_protocol": {"ask"},
    "mixed_rates": {"/json", "/chunked", "/echo", "health"},
}


def run(path: Path, url: str, folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """Run a locustfile for 2 s and return the statistics by request name."""
    command = [sys.executable, "-m", "locust_like", "-f", str(path), "-H", url, "--headless"]
    load = ["-u", "11", "-r", "100", "-t", "2s", "--csv", str(folder / "run"), *options]
    done = subprocess.run(
        [*command, *load], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "run_stats.csv").open(newline="") as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def test_every_example_has_an_expectation() -> None:
    assert {path.stem for path in EXAMPLES} == set(EXPECTED)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example_runs_without_failures(path: Path, target_url: str, tmp_path: Path) -> None:
    rows = run(path, target_url, tmp_path)
    assert set(rows) == EXPECTED[path.stem] | {"Aggregated"}
    assert all(int(row["Request Count"]) > 0 for row in rows.values())
    assert int(rows["Aggregated"]["Failure Count"]) == 0


def test_tags_pick_the_tasks(target_url: str, tmp_path: Path) -> None:
    rows = run(ROOT / "examples/mixed_rates.py", target_url, tmp_path, "--tags", "write")
    assert set(rows) == {"/echo", "health", "Aggregated"}
