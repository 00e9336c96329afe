"""Servers that are gone, hang, or break the protocol: runs go on, failures have a class."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = """
import json
from locust import HttpUser, constant, events, task

class Visitor(HttpUser):
    wait_time = constant({wait_s})

    @task
    def call(self):
        {call}

@events.quitting.add_listener
def tell(environment, **_):
    stats = environment.stats
    with open("seen.json", "w") as file:
        json.dump({{
            "codes": sorted({{error.code for error in stats.errors.values()}}),
            "requests": stats.num_requests,
            "failures": stats.num_failures,
        }}, file)
"""


def script(call: str, wait_s: float = 0.02) -> str:
    return TEXT.format(call=call, wait_s=wait_s)


def seen(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "seen.json").read_text())
    return found


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/hang", "timeout-read"),
        ("/close-early", "closed-early"),
        ("/no-reply", "closed-early"),
        ("/short-body", "closed-early"),
        ("/reset", "reset"),
        ("/garbage", "protocol"),
    ],
)
def test_each_fault_has_its_class(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path, path: str, code: str
) -> None:
    text = script(f'self.client.get("{path}", timeout=0.3)')
    done = run(text, "-H", bad_server.url, "-u", "3", "-r", "50", "-t", "2s", "-s", "5s")
    found = seen(tmp_path)
    assert done.code == 1, done.stderr
    assert found["codes"] == [code]
    assert found["failures"] == found["requests"] > 3
    assert "time limit reached" in done.stderr
    served = json.loads(bad_server.stop())
    assert done.accounting["exchanges"] == served[path]


@pytest.mark.parametrize("path", ["/ok", "/drip"])
def test_slow_and_good_replies_are_no_faults(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path, path: str
) -> None:
    """The gaps of the drip are shorter than the read timeout, the whole reply takes longer."""
    text = script(f'self.client.get("{path}", timeout=0.5)')
    done = run(text, "-H", bad_server.url, "-t", "3s", "-s", "5s")
    assert done.code == 0, done.stderr
    assert seen(tmp_path)["requests"] > 0


def test_a_dripping_reply_runs_into_the_total_limit(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    """No gap is long, so only the limit of the whole call ends it."""
    text = script('self.client.get("/drip", timeout=5, total_timeout=0.2)')
    done = run(text, "-H", bad_server.url, "-u", "3", "-r", "50", "-t", "2s", "-s", "5s")
    assert done.code == 1, done.stderr
    assert seen(tmp_path)["codes"] == ["timeout-total"]
    assert seen(tmp_path)["failures"] == seen(tmp_path)["requests"] > 3


def test_the_limits_of_many_users_all_fire(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    """How exactly they fire is measured by tests/bench/limits.py."""
    text = script('self.client.get("/hang", timeout=0.5)', wait_s=60)
    done = run(text, "-H", bad_server.url, "-u", "200", "-r", "1000", "-t", "4s")
    assert seen(tmp_path)["codes"] == ["timeout-read"], done.stderr
    assert seen(tmp_path)["failures"] == seen(tmp_path)["requests"] == 200


def test_a_connection_closed_while_idle_is_replaced_silently(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    text = script('self.client.get("/close-idle")')
    done = run(text, "-H", bad_server.url, "-u", "5", "-r", "50", "-t", "2s", "-s", "5s")
    assert done.code == 0, done.stderr
    assert seen(tmp_path)["codes"] == []
    assert seen(tmp_path)["requests"] > 20


def test_nobody_listens(run: Callable[..., Any], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = run(script('self.client.get("/")'), "-H", url, "-u", "3", "-r", "50", "-t", "1s")
    found = seen(tmp_path)
    assert done.code == 1
    assert found["codes"] == ["connect"]
    assert found["failures"] == found["requests"]
    assert done.accounting["exchanges"] == 0


def test_a_host_name_that_cannot_exist(run: Callable[..., Any], tmp_path: Path) -> None:
    """A label has at most 63 characters (RFC 1035 2.3.4), so no name server is asked."""
    text = script('self.client.get("/")')
    done = run(text, "-H", f"http://{'x' * 64}.invalid", "-t", "1s")
    assert done.code == 1
    assert seen(tmp_path)["codes"] == ["dns"]


def test_a_server_that_dies_in_the_middle(
    bad_server: Any, start: Callable[..., Any], tmp_path: Path
) -> None:
    text = script('self.client.get("/ok", timeout=2)')
    running = start(
        text, "--headless", "--json", "-H", bad_server.url, "-u", "5", "-r", "50", "-t", "3s"
    )
    running.wait_for("All users spawned")
    bad_server.stop()
    done = running.finish()
    found = seen(tmp_path)
    assert done.code == 1, done.stderr
    assert found["requests"] > found["failures"] > 0
    assert set(found["codes"]) <= {"connect", "reset", "closed-early"}
    assert "connect" in found["codes"]
    assert "time limit reached" in done.stderr


def test_a_mix_of_faults_does_not_spoil_good_calls(
    bad_server: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    faults = ("/close-early", "/reset", "/short-body", "/garbage", "/no-reply")
    text = script(f"[self.client.get(path) for path in {('/ok', *faults)}]")
    done = run(text, "-H", bad_server.url, "-u", "10", "-r", "100", "-t", "3s", "-s", "5s")
    entries = done.entries
    assert entries["/ok"]["num_failures"] == 0
    assert all(entries[path]["num_failures"] == entries[path]["num_requests"] for path in faults)
    assert seen(tmp_path)["codes"] == ["closed-early", "protocol", "reset"]
