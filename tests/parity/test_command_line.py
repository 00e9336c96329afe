"""Command lines that end at once: what they print and how they end, ours and Locust's."""

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from locust_like.plan.options import OPTIONS, UNAVAILABLE, USER_CLASSES

from .programs import ENOUGH_S, OURS, cleaned

LOCUSTFILE = """
from locust import HttpUser, TaskSet, tag, task

class Visitor(HttpUser):
    host = "http://127.0.0.1:1"
    weight = 3

    @task(3)
    def front(self): ...

    @task
    class Forum(TaskSet):
        @task
        def read(self): ...

class Buyer(HttpUser):
    fixed_count = 1

    @task
    def buy(self): ...
"""
TWIN = "from locust import User, task\nclass Buyer(User):\n    @task\n    def t(self): ...\n"
INIT_BREAKS = """
from locust import events

@events.init.add_listener
def on_init(**kwargs):
    raise ValueError("it broke")

"""


class Done(NamedTuple):
    """How a command line has ended."""

    code: int
    stdout: str
    stderr: str


Both = Callable[..., tuple[Done, Done]]


@pytest.fixture
def both(real_locust: Path, tmp_path: Path) -> Both:
    """Return a function that runs a command line by Locust and by ours."""
    (tmp_path / "locustfile.py").write_text(LOCUSTFILE)
    (tmp_path / "twin.py").write_text(TWIN)
    (tmp_path / "init_breaks.py").write_text(INIT_BREAKS + TWIN)

    def run(*options: str, environ: str = "") -> tuple[Done, Done]:
        programs = (str(real_locust.with_name("locust")),), OURS
        with ThreadPoolExecutor(max_workers=2) as pool:
            done = [pool.submit(_run, (*one, *options), tmp_path, environ) for one in programs]
        return done[0].result(), done[1].result()

    return run


def _run(command: tuple[str, ...], folder: Path, environ: str) -> Done:
    done = subprocess.run(
        command,
        cwd=folder,
        env=cleaned(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        (("--list",), ""),
        (("--show-task-ratio",), ""),
        (("--show-task-ratio", "-u", "7", "Visitor"), ""),
        (("--show-task-ratio",), "LOCUST_USERS=3"),
    ],
)
def test_lists_are_locusts(both: Both, options: tuple[str, ...], environ: str) -> None:
    theirs, ours = both(*options, environ=environ)
    assert (ours.code, ours.stdout) == (theirs.code, theirs.stdout)


def test_ratios_as_json_are_locusts(both: Both) -> None:
    theirs, ours = both("--show-task-ratio-json", "-u", "10")
    assert json.loads(ours.stdout) == json.loads(theirs.stdout)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--headless", "-f", "missing.py"), "Could not find"),
        (("--headless", "Nobody"), "Unknown User(s): Nobody"),
        (("--headless", "-f", "locustfile.py,twin.py"), "Duplicate user class names: Buyer is"),
        (("--headless", "--csv-full-history"), "'--csv-full-history' requires '--csv'."),
        (("--headless", "-t", "soon"), "Invalid time span format. Valid formats: 20, 20s, 3m, 2h"),
        (("--hedless",), "Did you mean"),
        (("--headless", "-f", "init_breaks.py"), "ValueError: it broke"),
    ],
)
def test_refusals_are_locusts(both: Both, options: tuple[str, ...], words: str) -> None:
    theirs, ours = both(*options)
    assert words in theirs.stderr
    assert words in ours.stderr
    assert ours.code == theirs.code


def test_every_option_and_variable_of_locust_is_ours_or_told(real_locust: Path) -> None:
    script = (
        "from locust.argument_parser import get_parser\n"
        "for a in get_parser([])._actions:\n"
        "    print(*a.option_strings, getattr(a, 'env_var', None) or '')\n"
    )
    done = _run((str(real_locust), "-c", script), real_locust.parent, "")
    words = set(done.stdout.split())
    ours = {word for option in OPTIONS for word in (*option.flags, *option.variables)}
    ours |= {*USER_CLASSES.variables, "-h", "--help", "-V", "--version", *UNAVAILABLE}
    ours |= {variable for variable, _ in UNAVAILABLE.values()}
    assert len(words) > 100, done.stderr
    assert words - ours == set()
