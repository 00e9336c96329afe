"""What scripts ask `locust.argument_parser` and `locust.main` for, and plugins that add options."""

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from locust_like.compat.arguments import create_environment, get_parser, parse_options
from locust_like.users.user import User

PLUGIN = """
import locust.stats
from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.runners import Runner, WorkerRunner

@events.init_command_line_parser.add_listener
def add(parser: LocustArgumentParser) -> None:
    group = parser.add_argument_group("mine")
    group.add_argument("-i", "--iterations", type=int, default=0)
    group.add_argument("--check-rps", type=float, env_var="LOCUST_CHECK_RPS")

@events.quitting.add_listener
def check(environment, **_kwargs):
    options = environment.parsed_options
    print("plugin", options.iterations, options.check_rps)
    if environment.runner.stats.total.num_requests < options.check_rps:
        environment.process_exit_code = 3
"""
LOCUSTFILE = """
from locust import User, task

class Caller(User):
    @task
    def call(self):
        with self.environment.events.request.measure("RPC", "call"):
            pass
"""


class Visitor(User):
    pass


def test_options_are_parsed_as_for_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCUST_SPAWN_RATE", "2.5")
    options = parse_options(["-u", "3", "-t", "1m", "--tags", "a"])
    assert (options.num_users, options.spawn_rate, options.run_time) == (3, 2.5, 60)
    assert isinstance(options.run_time, int)
    assert options.tags == ["a"]
    monkeypatch.setattr(sys, "argv", ["script.py", "--headless"])
    assert parse_options().headless is True


def test_a_parser_takes_arguments_of_scripts() -> None:
    parser = get_parser()
    parser.add_argument("--colour", choices=["red", "blue"], default="red")
    options = parser.parse_args(["-u", "2", "--colour", "blue"])
    assert (options.num_users, options.colour) == (2, "blue")
    assert parser.parse_args([]).colour == "red"
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args(["--color", "blue"])


def test_a_parser_has_groups_and_lets_strangers_pass() -> None:
    parser = get_parser()
    group = parser.add_argument_group("Ours", "what we add")
    group.add_mutually_exclusive_group().add_argument("--pool", type=int, default=1)
    options, strangers = parser.parse_known_args(["-u", "2", "--pool", "3", "--nobodys"])
    assert (options.num_users, options.pool, strangers) == (2, 3, ["--nobodys"])
    assert "--pool" in parser.format_help()


def test_an_environment_of_options() -> None:
    options = Namespace(host="", reset_stats=True, stop_timeout=3.0, tags=["a"], profile="soak")
    environment = create_environment([Visitor], options, locustfile="x.py")
    assert (environment.host, environment.reset_stats, environment.stop_timeout) == ("", True, 3)
    assert (environment.tags, environment.exclude_tags) == ({"a"}, None)
    assert (environment.profile, environment.locustfile) == ("soak", "x.py")
    assert environment.parsed_options is options


def ran(tmp_path: Path, *options: str, plugin: str = PLUGIN) -> subprocess.CompletedProcess[str]:
    (tmp_path / "locust_plugins.py").write_text(plugin)
    (tmp_path / "locustfile.py").write_text(LOCUSTFILE)
    return subprocess.run(
        [sys.executable, "-m", "locust_like", "--headless", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )


def test_plugins_are_imported_where_they_are_installed(tmp_path: Path) -> None:
    done = ran(tmp_path, "-i", "5", "--check-rps", "100")
    assert done.stdout == "plugin 5 100.0\n", done.stderr
    assert done.returncode == 3


def test_a_plugin_that_cannot_be_imported_is_left_out(tmp_path: Path) -> None:
    done = ran(tmp_path, "--iterations", "5", plugin="from locust import NoSuchThing")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("locust-like: locust_plugins is left out: cannot import name")
