"""`import locust` gives ours after install(), in a process of its own."""

import subprocess
import sys

import pytest


def run(script: str) -> str:
    """Run a script after install() and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"from locust_like import compat\ncompat.install()\n{script}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_names_are_ours() -> None:
    out = run(
        "import locust, locust_like\n"
        "from locust import HttpUser, between, events, task\n"
        "from locust.contrib.fasthttp import FastHttpUser\n"
        "from locust.exception import StopUser\n"
        "print(HttpUser is locust_like.HttpUser, events is locust_like.events,\n"
        "      FastHttpUser is locust_like.FastHttpUser, locust.__version__, StopUser.__module__)"
    )
    assert out.startswith("True True True")
    assert out.endswith("locust_like.errors")


def test_the_decorator_is_not_hidden_by_the_submodule_of_its_name() -> None:
    out = run(
        "from locust.user.task import DefaultTaskSet\n"
        "from locust.user import task\n"
        "import locust_like\n"
        "print(task is locust_like.task)"
    )
    assert out == "True"


def test_star_import_takes_the_public_names() -> None:
    assert run("from locust import *\nprint(HttpUser.__name__, constant(2)(None))") == "HttpUser 2"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("from locust import Nothing", "ImportError"),
        ("import locust.nothing", "ModuleNotFoundError"),
    ],
)
def test_what_is_not_there_fails_as_any_import(statement: str, error: str) -> None:
    out = run(f"try:\n    {statement}\nexcept ImportError as e:\n    print(type(e).__name__)")
    assert out == error


def test_a_second_install_changes_nothing() -> None:
    out = run(
        "import sys\nbefore = list(sys.meta_path)\ncompat.install()\nprint(sys.meta_path == before)"
    )
    assert out == "True"


def test_a_real_locust_that_is_imported_already_is_refused() -> None:
    script = (
        "import sys, types\n"
        "sys.modules['locust'] = types.ModuleType('locust')\n"
        "from locust_like import compat\n"
        "compat.install()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "LocustError: locust is imported already" in done.stderr
