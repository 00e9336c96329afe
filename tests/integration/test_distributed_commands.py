"""The commands of docs/distributed.md work as they stand, each block in terminals side by side.

And so do those of the compose file, which needs no engine for that. What is changed: the address of
the system under test, the run time, the port (tests run beside each other), and the address of the
other machine, whose home is another folder here; ssh is a script that goes there.
"""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import ENOUGH_S, ROOT, clean_environment

PAGE = (ROOT / "docs/distributed.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
HERE, THERE = "192.0.2.10", "192.0.2.11"
SSH = """#!/bin/bash
[[ $1 == {there} ]] || exit 255
cd "$OTHER_HOME" && HOME=$OTHER_HOME exec bash -c "$2"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Terminals:
    """Two machines in one folder: `here` with the examples, `there` with nothing.

    A command that names another machine as its master runs there.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self._here, self._there = folder / "here", folder / "there"
        self._url = url
        self._port = str(free_port())
        tools = folder / "bin"
        for place in (self._here, self._there, tools):
            place.mkdir()
        shutil.copytree(ROOT / "examples", self._here / "examples")
        (tools / "ssh").write_text(SSH.format(there=THERE))
        (tools / "ssh").chmod(0o755)
        clean = {k: v for k, v in clean_environment().items() if k != "XDG_STATE_HOME"}
        self._environment = clean | {
            "PATH": f"{tools}:{Path(sys.executable).parent}:{clean['PATH']}",
            "OTHER_HOME": str(self._there),
            "LOCUST_MASTER_BIND_PORT": self._port,
            "LOCUST_MASTER_NODE_PORT": self._port,
        }

    def start(self, command: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command on the machine that it belongs to."""
        home = self._there if HERE in command else self._here
        line = command.replace("http://127.0.0.1:8080", self._url).replace(HERE, "127.0.0.1")
        return subprocess.Popen(
            ["bash", "-c", re.sub(r"( -t |--run-time=)\S+", r"\g<1>2s", line)],
            cwd=home,
            env=self._environment | {"HOME": str(home)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def terminals(tmp_path_factory: pytest.TempPathFactory, target_url: str) -> Terminals:
    """Return both machines; what one block leaves there, such as a token, the next ones find."""
    return Terminals(tmp_path_factory.mktemp("machines"), target_url)


def outputs_of(commands: list[str], running: list[subprocess.Popen[str]]) -> list[str]:
    """Wait until all have ended well and return what they printed; none is left behind."""
    outputs = []
    try:
        for command, process in zip(commands, running, strict=True):
            outputs.append(process.communicate(timeout=ENOUGH_S)[0])
            assert process.returncode == 0, f"{command}\n{outputs[-1]}"
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.communicate()
    return outputs


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS)
def test_shown_commands_work_together(block: str, terminals: Terminals) -> None:
    commands = block.splitlines()
    # A block runs a load, side by side, or prepares one, step by step.
    if " --headless " in block:
        outputs = outputs_of(commands, [terminals.start(command) for command in commands])
        assert "degraded" not in outputs[0]
    else:
        for command in commands:
            outputs_of([command], [terminals.start(command)])


def test_commands_of_the_compose_file_work_together(terminals: Terminals) -> None:
    services = yaml.safe_load((ROOT / "examples/deploy/compose.yaml").read_text())["services"]
    # The image's entry point, and its folder with the tests.
    roles = ["master"] + ["worker"] * services["worker"]["deploy"]["replicas"]
    lines = [" ".join(["cd examples; locust-like", *services[role]["command"]]) for role in roles]
    lines = [line.replace("//target:8080", "//127.0.0.1:8080") for line in lines]
    lines = [line.replace("--master-host=master", "--master-host=127.0.0.1") for line in lines]
    asking = ["locust-like --print-join-token"]
    (token,) = outputs_of(asking, [terminals.start(asking[0])])
    running = [terminals.start(line, LOCUST_LIKE_JOIN_TOKEN=token.strip()) for line in lines]
    outputs = outputs_of(lines, running)
    assert "2 workers connected" in outputs[0]
    assert "degraded" not in outputs[0]
