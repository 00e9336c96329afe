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
    names = run("import locust\nprint({'__version__', 'Events'} & {*locust.__all__})")
    assert names == "{'__version__'}"


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


def test_an_assignment_takes_effect_where_the_name_lives() -> None:
    out = run(
        "import locust.stats\n"
        "from locust.env import Environment\n"
        "locust.stats.bucket_response_time = lambda ms: 7\n"
        "locust.stats.PERCENTILES_TO_STATISTICS = [0.5]\n"
        "stats = Environment().stats\n"
        "stats.log_request('GET', '/', 12, 0)\n"
        "row = stats.total.to_dict()\n"
        "print(stats.total.response_times, [k for k in row if 'percentile' in k])"
    )
    assert out == "{7: 1} ['response_time_percentile_0.5']"


def test_assigned_events_are_ours_from_then_on() -> None:
    out = run(
        "import locust, locust_like\n"
        "locust.events = locust.Events()\n"
        "print(locust_like.events is locust.events)"
    )
    assert out == "True"


@pytest.mark.parametrize("is_read_before", [True, False])
def test_a_patch_of_a_test_is_taken_back(is_read_before: bool) -> None:
    out = run(
        "import locust.stats, locust_like.stats.settings as ours\n"
        "from unittest import mock\n"
        f"{'locust.stats.PERCENTILES_TO_CHART' if is_read_before else 'pass'}\n"
        "with mock.patch('locust.stats.PERCENTILES_TO_CHART', new=[0.9]):\n"
        "    print(ours.PERCENTILES_TO_CHART)\n"
        "print(ours.PERCENTILES_TO_CHART, locust.stats.PERCENTILES_TO_CHART)"
    )
    assert out == "[0.9]\n[0.5, 0.95] [0.5, 0.95]"


def test_modules_need_no_import_of_their_own() -> None:
    out = run(
        "import locust\n"
        "print(locust.stats.STATS_TYPE_WIDTH, locust.contrib.fasthttp.FastHttpUser.__name__)"
    )
    assert out == "8 FastHttpUser"


def test_names_of_scripts_are_kept_and_deleted() -> None:
    out = run("import locust\nlocust.mine = 1\ndel locust.mine\nprint(hasattr(locust, 'mine'))")
    assert out == "False"


def test_old_names_say_what_they_are_called_now() -> None:
    out = run(
        "from locust import Locust\n"
        "try:\n    class Mine(Locust): pass\nexcept ImportError as e:\n    print(e)"
    )
    assert out.startswith("The Locust class has been renamed to User in version 1.0.")


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
