"""The ways to run a script with `locust` meaning us."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from locust_like.compat.scripts import debugger_needs_its_threads

PROBE = """
import socket, sys
from gevent import monkey
import beside
import locust
print(sys.argv[1:], __name__, monkey.is_module_patched("socket"), beside.NAME)
print(locust.User.__module__)
sys.exit(int(sys.argv[1]))
"""


def ran(tmp_path: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "beside.py").write_text("NAME = 'beside'\n")
    (tmp_path / "script.py").write_text(PROBE)
    return subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize("way", [("locust_like", "exec"), ("locust_like.compat",)])
def test_a_script_runs_as_python_runs_it(way: tuple[str, ...], tmp_path: Path) -> None:
    done = ran(tmp_path, *way, str(tmp_path / "script.py"), "3", "--csv")
    assert done.stdout.splitlines() == [
        "['3', '--csv'] __main__ True beside",
        "locust_like.users.user",
    ], done.stderr
    assert done.returncode == 3


def test_patching_can_be_skipped(tmp_path: Path) -> None:
    done = ran(
        tmp_path,
        "locust_like.compat",
        str(tmp_path / "script.py"),
        "0",
        LOCUST_SKIP_MONKEY_PATCH="1",
    )
    assert "__main__ False" in done.stdout, done.stderr


def test_wrong_use_is_told(tmp_path: Path) -> None:
    done = ran(tmp_path, "locust_like", "exec", "nowhere.py")
    assert done.returncode == 2
    assert done.stderr == "locust-like exec: error: there is no file nowhere.py.\n"
    assert "Usage: locust-like exec FILE" in ran(tmp_path, "locust_like", "exec").stderr
    assert ran(tmp_path, "locust_like", "exec", "--help").returncode == 0
    assert "Usage: python -m" in ran(tmp_path, "locust_like.compat").stderr


def test_an_interrupt_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text(
        "import gevent, os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "gevent.spawn(os.kill, os.getpid(), signal.SIGINT)\n"
        "gevent.sleep(30)\n"
    )
    done = ran(tmp_path, "locust_like", "exec", str(tmp_path / "busy.py"))
    assert (done.returncode, done.stderr) == (1, "locust-like exec: interrupted.\n")


def test_a_debugger_keeps_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not debugger_needs_its_threads()
    monkeypatch.setitem(sys.modules, "pydevd", sys)
    assert debugger_needs_its_threads()
    monkeypatch.setenv("GEVENT_SUPPORT", "True")
    assert not debugger_needs_its_threads()
