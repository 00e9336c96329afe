"""The genuine requests library as the client of a run, from a shell."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .conftest import ENOUGH_S, Server, clean_environment

TEXT = """
import requests
from locust import HttpUser, task

class Visitor(HttpUser):
    @task
    def call(self):
        print(isinstance(self.client, requests.Session), flush=True)
        self.client.get("/redirect/2", name="chain")
        self.client.post("/echo", json={"a": 1}, name="echo")
"""


def test_the_option_changes_the_client_and_not_the_account(
    target: Server, run: Callable[..., Any]
) -> None:
    done = run(TEXT, "-H", target.url, "-u", "1", "--iterations", "5", "--http-client", "Requests")
    assert done.code == 0, done.stderr
    lines, _, document = done.stdout.partition("[")
    assert lines.split() == ["True"] * 5
    done.stdout = "[" + document
    assert {name: entry["num_requests"] for name, entry in done.entries.items()} == {
        "chain": 5,
        "echo": 5,
    }
    assert target.counters()["requests"] == 5 * 3 + 5  # two hops a chain


def test_workers_do_as_their_master(target: Server, tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(TEXT)
    command = [sys.executable, "-m", "locust_like", "--headless", "--processes", "2"]
    options = ["-H", target.url, "-u", "2", "--iterations", "4", "--http-client", "requests"]
    done = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split().count("True") == 4


def test_another_client_is_refused(run: Callable[..., Any]) -> None:
    done = run(TEXT, "--http-client", "urllib")
    assert done.code == 2
    assert "'urllib' is none of native, requests" in done.stderr
