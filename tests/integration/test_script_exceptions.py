"""An exception of the script is shown once, with traceback and count, and the exit code says so."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
from locust import HttpUser, SequentialTaskSet, constant, events, task

class Visitor(HttpUser):
    wait_time = constant(0.05)

    @task
    def call(self):
        self.client.get("/")
        raised(self, "task")

    def on_start(self):
        raised(self, "on_start")

    def on_stop(self):
        raised(self, "on_stop")

class Maker(HttpUser):
    wait_time = constant(0.05)

    def __init__(self, environment):
        raised(self, "__init__")
        super().__init__(environment)

    @task
    class Steps(SequentialTaskSet):
        @task
        def step(self):
            self.client.get("/")
            self.interrupt()

        def on_stop(self):
            raised(self, "on_stop of a set")

def raised(who, place):
    if place == "{place}":
        raise KeyError("broken " + place)

@events.request.add_listener
def heard(**_):
    raised(None, "listener of request")

@events.test_start.add_listener
def begun(**_):
    raised(None, "listener of test_start")

@events.quitting.add_listener
def quitting(**_):
    raised(None, "listener of quitting")
"""

PLACES = [
    ("task", 1),
    ("on_start", 1),
    ("on_stop", 1),
    ("__init__", 1),
    ("on_stop of a set", 1),
    ("listener of request", 2),
    ("listener of test_start", 2),
    ("listener of quitting", 2),
]


@pytest.mark.parametrize(("place", "code"), PLACES, ids=[place for place, _ in PLACES])
def test_it_is_shown_once_with_its_count(
    target: Any, run: Callable[..., Any], tmp_path: Path, place: str, code: int
) -> None:
    options = ("-u", "4", "-r", "100", "-t", "1s", "--summary", "summary", "--csv", "run")
    done = run(SCRIPT.replace("{place}", place), "-H", target.url, *options)
    assert done.code == code, done.stderr
    text = f"broken {place}"
    document = json.loads((tmp_path / "summary").read_text())
    (row,) = document["exceptions"]
    assert row["title"] == f"KeyError: '{text}'"
    assert row["count"] >= 1
    summary = done.stderr[done.stderr.index("Shutting down") :]
    times = "once" if row["count"] == 1 else f"{row['count']:,} times"
    assert summary.count("Exception raised") == 1
    assert f"Exception raised {times}: KeyError: '{text}'" in summary
    assert "locustfile.py" in summary
    with (tmp_path / "run_exceptions.csv").open(newline="") as file:
        (cells,) = csv.DictReader(file)
    assert (int(cells["Count"]), cells["Message"]) == (row["count"], f"'{text}'")
    assert document["accounting"]["difference"] == 0
    assert document["accounting"]["exchanges"] == target.counters()["requests"]


@pytest.mark.parametrize("place", ["on_start", "__init__"])
@pytest.mark.parametrize(
    ("options", "fate"), [([], "it is replaced"), (["--no-replace"], "it is not replaced")]
)
def test_what_becomes_of_a_dead_user_is_said(
    target: Any, run: Callable[..., Any], place: str, options: list[str], fate: str
) -> None:
    name = "Visitor" if place == "on_start" else "Maker"
    text = SCRIPT.replace("{place}", place)
    done = run(text, "-H", target.url, "-u", "2", "-r", "100", "-t", "1s", *options, name)
    assert done.code == 1
    (line,) = [line for line in done.stderr.splitlines() if "has died" in line]
    assert f"A {name} has died of an exception while it started; {fate}" in line
