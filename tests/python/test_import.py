"""Importing the package patches nothing, starts no thread and stays quick."""

import json
import subprocess
import sys
from typing import Any

PROBE = """
import json, os, socket, ssl, subprocess, sys, threading, time
before = [socket.socket, ssl.SSLContext, time.sleep, threading.Thread, subprocess.Popen]
threads = len(os.listdir("/proc/self/task"))
import locust_like
after = [socket.socket, ssl.SSLContext, time.sleep, threading.Thread, subprocess.Popen]
print(json.dumps({
    "patched": before != after,
    "new_threads": len(os.listdir("/proc/self/task")) - threads,
    "modules": sorted(sys.modules),
}))
"""


def probe() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_import_patches_nothing() -> None:
    assert probe()["patched"] is False


def test_import_starts_no_thread() -> None:
    assert probe()["new_threads"] == 0


def test_import_loads_nothing_slow() -> None:
    """Each of these costs tens of milliseconds; `make bench` measures the time itself."""
    slow = {"requests", "flask", "urllib3", "asyncio", "email"}
    assert slow.isdisjoint(probe()["modules"])
