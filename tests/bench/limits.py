"""How exactly limits of time fire: 1,000 users at once, one call each, limits of 1 s.

Usage: limits.py [--users N]. Run by hand, on a quiet machine; fails when a call ended in another
class, or more than 100 ms away from its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from generators import OURS, ROOT

LIMIT_MS = 1000.0
ALLOWED_MS = 100.0


@contextmanager
def full_listener() -> Iterator[str]:
    """Yield the URL of a port whose SYNs are dropped: its queue of connections is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@contextmanager
def fault_server() -> Iterator[str]:
    """Yield the base URL of tests/servers/fault_server.py."""
    command = [sys.executable, str(ROOT / "tests/servers/fault_server.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        process.communicate()  # it says what it served


def measure(kind: str, users: int, server: str, full: str) -> bool:
    """Run one kind of limit and print how far from it the calls ended; True when all are near."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ended.json"
        environment = {
            **os.environ,
            "LIMITS_CALL": kind,
            "LIMITS_FILE": str(file),
            "LIMITS_FULL": full,
            "LIMITS_USERS": str(users),
        }
        locustfile = str(ROOT / "tests/bench/locustfiles/limits.py")
        options = ["--headless", "-H", server, "-u", str(users), "-r", str(users), "-t", "30s"]
        subprocess.run(
            [str(OURS), "-f", locustfile, *options],
            env=environment,
            check=False,
            capture_output=True,
        )
        ended = json.loads(file.read_text())
    others = [code for code, _ in ended if code != kind]
    off = sorted(time_ms - LIMIT_MS for _, time_ms in ended)
    near = len(ended) == users and not others and off[0] >= -ALLOWED_MS and off[-1] <= ALLOWED_MS
    sys.stdout.write(
        f"{kind}: {len(ended)} calls, {len(others)} in another class, off by {off[0]:+.1f} to "
        f"{off[-1]:+.1f} ms (median {off[len(off) // 2]:+.1f}): {'good' if near else 'NOT GOOD'}\n"
    )
    return near


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1000)
    users = parser.parse_args().users
    with fault_server() as server, full_listener() as full:
        kinds = ("timeout-connect", "timeout-read", "timeout-total")
        good = [measure(kind, users, server, full) for kind in kinds]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
