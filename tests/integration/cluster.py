"""A master and workers as processes of their own, here or in network namespaces."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .conftest import ENOUGH_S, Running, clean_environment
from .endings import killed

PLAIN = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.005)

    @task(4)
    def front(self):
        self.client.get("/")

    @task
    def slow(self):
        self.client.get("/delay/20", name="slow")
"""


def environment_of(folder: Path) -> dict[str, str]:
    """Return an environment whose join token lies in a folder."""
    return {**clean_environment(), "XDG_STATE_HOME": str(folder / "state")}


@dataclass
class Cluster:
    """Processes that find each other by the token in a folder."""

    folder: Path
    locustfile: str = PLAIN
    started: list[Running] = field(default_factory=list)
    port: str = ""

    def run(self, *options: str, inside: Sequence[str] = ()) -> Running:
        """Start the command line, perhaps inside something else."""
        (self.folder / "locustfile.py").write_text(self.locustfile)
        process = subprocess.Popen(
            [*inside, sys.executable, "-m", "locust_like", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
            env=environment_of(self.folder),
        )  # fmt: skip
        self.started.append(Running(process))
        return self.started[-1]

    def master(self, *options: str, inside: Sequence[str] = ()) -> Running:
        """Start a headless master and wait until it listens."""
        running = self.run(
            "--master", "--headless", "--master-bind-port", self.port or "0", "--summary",
            "summary", *options, inside=inside,
        )  # fmt: skip
        self.port = running.wait_for_text(r"listening on \S+:(\d+) ")
        return running

    def worker(self, *options: str, inside: Sequence[str] = ()) -> Running:
        """Start a worker."""
        return self.run("--worker", "--master-port", self.port, *options, inside=inside)

    def summary(self) -> Any:
        """Return what the master has written."""
        return json.loads((self.folder / "summary").read_text())

    def stop(self) -> None:
        """Kill what is left."""
        for running in self.started:
            killed(running)


def counted(count: Any, expected: int) -> int:
    """Return a server's count, once it has read what was sent before connections closed."""
    deadline_s = time.monotonic() + ENOUGH_S
    while count() != expected and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return int(count())


def is_root() -> bool:
    """Tell whether network namespaces can be made."""
    return os.geteuid() == 0


class Namespace:
    """A network namespace with loopback, connected to others by virtual cables."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inside = ("ip", "netns", "exec", name)
        command("ip", "netns", "add", name)
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *words: str) -> str:
        return command(*self.inside, *words)

    def connect(self, other: "Namespace", subnet: str) -> None:
        """Lay a cable: we are `subnet`.1, the other is `subnet`.2."""
        ours, theirs = f"{self.name}-{other.name}"[:15], f"{other.name}-{self.name}"[:15]
        command("ip", "link", "add", ours, "netns", self.name, "type", "veth", "peer", "name",
                theirs, "netns", other.name)  # fmt: skip
        for space, end, host in ((self, ours, 1), (other, theirs, 2)):
            space.run("ip", "address", "add", f"{subnet}.{host}/24", "dev", end)
            space.run("ip", "link", "set", end, "up")

    def cut(self, port: str) -> None:
        """Let nothing through to or from a TCP port, without telling anybody."""
        rules = [
            f"add chain inet cut {name} {{ type filter hook {name} priority 0; }}; "
            f"add rule inet cut {name} tcp {end} {port} drop"
            for name, end in (("output", "dport"), ("input", "sport"))
        ]
        self.run("nft", "add table inet cut; " + "; ".join(rules))

    def heal(self) -> None:
        """Undo `cut`."""
        self.run("nft", "delete table inet cut")

    def reset(self, port: str) -> None:
        """Break the connections to a port."""
        self.run("ss", "--kill", "--tcp", "dport", "=", f":{port}")

    def __enter__(self) -> "Namespace":
        return self

    def __exit__(self, *exception: object) -> None:
        command("ip", "netns", "delete", self.name)


def command(*words: str) -> str:
    """Run a command that must succeed, and return what it prints."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=ENOUGH_S)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout
