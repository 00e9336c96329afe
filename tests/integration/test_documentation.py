"""Every locustfile and every command that the documentation shows runs as it stands."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ENOUGH_S, clean_environment

ROOT = Path(__file__).resolve().parents[2]
# Commands of the last one belong together: see test_distributed_commands.py.
TOGETHER = "distributed"
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
LOCUSTFILE = """
from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def page(self):
        self.client.get("/")
"""


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a language, each with the name of its page and its number."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [
        (f"{document.stem}-{number}", code)
        for document in DOCUMENTS
        for number, code in enumerate(pattern.findall(document.read_text()), 1)
    ]


def commands() -> list[str]:
    """Return each command of ours that is shown, without its comment, once."""
    alone = [code for name, code in blocks("sh") if not name.startswith(f"{TOGETHER}-")]
    lines = [line.split("  #")[0].strip() for code in alone for line in code.splitlines()]
    ours = [line.rstrip("& ") for line in lines if line.startswith(("locust-like", "LOCUST_"))]
    # `locust-like [options] [UserClass ...]` is a synopsis.
    return [line for line in dict.fromkeys(ours) if not line.startswith("locust-like [")]


SHOWN = blocks("python")
COMMANDS = commands()


def made_to_end(command: str, url: str) -> str:
    """Return a command against our server that ends soon; nothing else of it is changed."""
    command = command.replace("http://127.0.0.1:8080", url).replace(" FILE", " locustfile.py")
    command = re.sub(r" -t \S+", " -t 1s", command)
    if command == "locust-like target":
        # It serves until somebody stops it; tests/integration/conftest.py does that.
        return "locust-like target --help"
    return re.sub(r" \[[^]]*\]", "", command)


def test_there_are_examples() -> None:
    assert len(SHOWN) >= 5
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("code", [c for _, c in SHOWN], ids=[name for name, _ in SHOWN])
def test_shown_locustfile_runs(code: str, target_url: str, tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(code)
    command = [sys.executable, "-m", "locust_like", "-H", target_url, "--headless"]
    load = ["-u", "10", "-r", "100", "-t", "1s"]
    done = subprocess.run(
        [*command, *load], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_shown_command_runs(command: str, target_url: str, tmp_path: Path) -> None:
    line = made_to_end(command, target_url)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    if not line.startswith("locust-like init"):
        (tmp_path / "locustfile.py").write_text(LOCUSTFILE)
    path = f"{Path(sys.executable).parent}:{clean_environment()['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=tmp_path,
        env=clean_environment() | {"PATH": path, "LOCUST_HOST": target_url},
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
