"""The command line as a shell sees it: wrong use, lists, versions, the demo server."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOOD = """
from locust import HttpUser, task

class Visitor(HttpUser):
    @task
    def front(self):
        self.client.get("/")

class Buyer(Visitor):
    pass
"""


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "locust_like", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=cwd,
    )


@pytest.mark.parametrize("head", ["", "import sys; sys.stdout.close(); sys.stderr.close()"])
def test_a_run_without_any_streams(tmp_path: Path, target: Any, head: str) -> None:
    """Daemons and `nohup` may start a process with closed descriptors; a script may close them."""
    (tmp_path / "locustfile.py").write_text(f"{head}\n{GOOD}")
    closed = "exec 0<&-" if head else "exec 0<&- 1>&- 2>&-"
    run = f"{sys.executable} -m locust_like --headless -t 1s --summary s.json -H {target.url}"
    done = subprocess.run(
        ["sh", "-c", f"{closed}; {run}"],
        capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert json.loads((tmp_path / "s.json").read_text())["totals"]["num_requests"] > 0


@pytest.mark.parametrize(
    ("text", "arguments", "code", "words"),
    [
        (GOOD, ["--web-host", "nowhere.invalid"], 1, "the web UI cannot listen on nowhere.invalid"),
        (GOOD, ["--headless", "-u", "many"], 2, "'many' is not a number"),
        (GOOD, ["--headless", "--hots", "x"], 2, "Did you mean --host?"),
        (GOOD, ["--master", "--worker"], 2, "--master and --worker exclude each other"),
        (GOOD, ["--headless", "-f", "missing.py"], 1, "Could not find missing.py"),
        (GOOD, ["--headless", "-H", "example.org"], 1, "must start with http:// or https://"),
        (GOOD, ["--headless", "Vistor"], 1, "Unknown User(s): Vistor; did you mean Visitor?"),
        ("class User(:", ["--headless"], 1, "locustfile.py:1: syntax error: "),
        ("import nothing_like_this", ["--headless"], 1, "cannot import nothing_like_this"),
        ("1 / 0", ["--headless"], 1, "locustfile.py:1: ZeroDivisionError: division by zero"),
        ("", ["--headless"], 1, "No User class found in "),
        (
            GOOD + "    weight = 0\nVisitor.weight = 0",
            ["--headless"],
            1,
            "no users with weight > 0",
        ),
        (GOOD, ["--headless", "--tags", "none"], 1, "no task is left by --tags"),
        (GOOD, ["--headless", "--csv", "locustfile.py/x"], 1, "results could not be written"),
        (GOOD, ["--headless", "--logfile", "locustfile.py/x"], 1, "cannot write the log"),
    ],
)
def test_wrong_use_is_one_sentence(
    tmp_path: Path, text: str, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "locustfile.py").write_text(text)
    done = command(*arguments, cwd=tmp_path)
    errors = [line for line in done.stderr.splitlines() if line.startswith("locust-like: error:")]
    assert (done.returncode, len(errors)) == (code, 1), done.stderr
    assert words in errors[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_wrong_environment_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCUST_USERS", "lots")
    done = command("--headless", cwd=tmp_path)
    assert done.returncode == 2
    assert "environment variable LOCUST_USERS: 'lots' is not a number" in done.stderr


def test_list(tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(GOOD)
    done = command("--list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Available Users:\n    Visitor\n    Buyer\n")


def test_help_and_version_load_nothing_slow(tmp_path: Path) -> None:
    probe = (
        "import sys\nfrom locust_like.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as e:\n"
        "    slow = {'gevent', 'locust_like._core', 'dataclasses'} & set(sys.modules)\n"
        "    sys.stderr.write(f'{e.code} {sorted(slow)}')\n"
    )
    # The version names the libraries of the extension, so it is loaded.
    for option, loaded in (("--help", "0 []"), ("--version", "0 ['locust_like._core']")):
        done = subprocess.run(
            [sys.executable, "-c", probe, option],
            capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path,
        )  # fmt: skip
        assert done.stderr == loaded
        assert "locust-like" in done.stdout


def test_target_counts_and_tells(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "locust_like", "target", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert process.stdout is not None
    greeting = process.stdout.readline()
    assert greeting.startswith("target listens on http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    counters = json.loads(process.communicate(timeout=60)[0])
    assert (process.returncode, counters["requests"]) == (0, 0)


def test_target_says_that_its_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("target", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("locust-like target: error: ")
    assert str(port) in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "'70000' is no port"),
        (["--tls-port", "0"], "--tls-port needs --cert"),
        (["--prot", "1"], "unrecognized arguments: --prot"),
    ],
)
def test_target_refuses_wrong_use(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = command("target", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_log_lines_that_tools_search_for(target: Any, run: Callable[..., Any]) -> None:
    done = run(GOOD, "-H", target.url, "-u", "2", "-r", "10", "-t", "1s", "Visitor")
    for words in (
        "/INFO/locust.main: Starting Locust ",
        "/INFO/locust.main: Run time limit set to 1 seconds",
        "/INFO/locust.runners: Ramping to 2 users at a rate of 10.00 per second",
        '/INFO/locust.runners: All users spawned: {"Visitor": 2} (2 total users)',
        "/INFO/locust.main: --run-time limit reached, shutting down",
        "/INFO/locust.main: Shutting down (exit code 0)",
    ):
        assert words in done.stderr


def test_a_log_file_takes_the_log(target: Any, run: Callable[..., Any], tmp_path: Path) -> None:
    done = run(GOOD, "-H", target.url, "-t", "1s", "--logfile", "logs/run.log")
    assert done.code == 0
    assert "INFO" not in done.stderr
    assert "Shutting down (exit code 0)" in (tmp_path / "logs/run.log").read_text()


def test_streams_that_the_parent_has_closed(target: Any, tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(GOOD)
    options = f"--headless --json --json-file kept -H {target.url} -t 1s >&- 2>&-"
    line = f"exec {sys.executable} -m locust_like {options}"
    done = subprocess.run(["sh", "-c", line], check=False, timeout=60, cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads((tmp_path / "kept.json").read_text())
