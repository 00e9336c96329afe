"""`--processes N`: exact counts whatever the ending, and processes that die."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from locust_like._core import Target

from .conftest import ENOUGH_S, Finished, Running, Server, Start, clean_environment
from .endings import CASES, Case, check, killed, started

WORKERS = (1, 2, 4)

PLAIN = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.005)

    @task
    def front(self):
        self.client.get("/")
"""

THREADS = (
    """
import helper_with_threads
"""
    + PLAIN
)

HELPER = """
import socket
socket.getaddrinfo("localhost", 80)  # gevent looks names up in threads
"""


@pytest.fixture
def targets() -> Iterator[list[Target]]:
    made = [Target() for _ in WORKERS]
    yield made
    for target in made:
        target.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_request_of_all_processes_is_accounted_for(
    case: Case, targets: list[Target], tmp_path: Path
) -> None:
    runs: list[Running] = []
    try:
        for workers, target in zip(WORKERS, targets, strict=True):
            options = ("--processes", str(workers))
            runs.append(started(case, tmp_path / str(workers), target, *options))
        for running in runs:
            case.act(running)
        for workers, running, target in zip(WORKERS, runs, targets, strict=True):
            document = check(case, running.finish(), tmp_path / str(workers), target)
            assert not document["run"]["degraded"]
            took_part = 0 if case.name == "StopTest before the load" else workers
            assert len(document["workers"]) == took_part
            if case.name == "iterations":
                tasks = [entry for entry in document["entries"] if entry["name"] != "start"]
                assert sum(entry["num_requests"] for entry in tasks) == 200
    finally:
        for running in runs:
            killed(running)


def children_of(running: Running) -> list[int]:
    """Return the worker processes, oldest first."""
    pid = running.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(text) for text in found]


def has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def wait_for_end(pids: list[int]) -> None:
    deadline_s = time.monotonic() + ENOUGH_S
    while not all(has_ended(pid) for pid in pids):
        assert time.monotonic() < deadline_s, pids
        time.sleep(0.05)


def test_nobody_waits_for_processes_that_die_before_the_load(start: Start, target: Server) -> None:
    dying = f"""{PLAIN}
import os
from locust import events

@events.init.add_listener
def die(environment, **_):
    if type(environment.runner).__name__ == "WorkerRunner":
        os._exit(9)
"""
    done = start(dying, "--processes", "1", "--headless", "-H", target.url).finish()
    assert done.code == 1
    assert "exit code 9; it is not started a second time" in done.stderr
    assert "waiting for workers to connect, 0 of 1 are here:" in done.stderr
    assert target.counters()["requests"] == 0


def test_a_process_that_dies_is_started_again_once(start: Start, target: Server) -> None:
    running = start(
        PLAIN, "--processes", "2", "--headless", "-H", target.url, "-u", "6", "-r", "100",
        "--json", "--summary", "summary",
    )  # fmt: skip
    running.wait_for("All users spawned")
    victim = children_of(running)[1]
    os.kill(victim, signal.SIGKILL)
    killed_s = time.time()
    running.wait_for(f"worker process {victim} (2 of 2) has ended: SIGKILL; it is started again")
    noticed_s = time.time() - killed_s
    running.wait_for("2 workers connected")
    (again,) = set(children_of(running)) - {victim, children_of(running)[0]}
    os.kill(again, signal.SIGKILL)
    running.wait_for("it is not started a second time")
    # On a busy machine the link may notice first that the connection is gone.
    running.wait_for_text(r"lost: (exited \(SIGKILL\)|disconnected)")
    running.signal(signal.SIGTERM)
    done = running.finish()
    assert noticed_s < 5, "half a second is promised; the machine may be busy"
    assert done.code == 1
    assert "; the run is degraded" in done.stderr
    losses = re.findall(r"worker \S+ lost: (exited \(SIGKILL\)|disconnected)", done.stderr)
    assert len(losses) == 2
    # What the dead had not reported is missing, and said to be.
    assert "Unaccounted: what " in done.stderr
    assert done.accounting["calls"] <= target.counters()["requests"]


def test_a_loss_may_be_allowed(start: Start, target: Server, tmp_path: Path) -> None:
    running = start(
        PLAIN, "--processes", "2", "--headless", "-H", target.url, "-u", "6", "-r", "100",
        "--allow-worker-loss", "--summary", "summary", "-t", "3s",
    )  # fmt: skip
    running.wait_for("All users spawned")
    os.kill(children_of(running)[0], signal.SIGKILL)
    done = running.finish()
    assert done.code == 0
    document = json.loads((tmp_path / "summary").read_text())
    assert document["run"]["degraded"]
    assert sorted(row["lost"] for row in document["workers"])[-1] == "exited (SIGKILL)"


def test_where_imports_have_started_threads_each_process_imports_by_itself(
    start: Start, target: Server, tmp_path: Path
) -> None:
    (tmp_path / "helper_with_threads.py").write_text(HELPER)
    done = start(
        THREADS, "--processes", "2", "--headless", "--json", "-H", target.url, "-u", "4", "-r",
        "100", "-t", "1s",
    ).finish()  # fmt: skip
    assert done.code == 0
    assert "helper_with_threads has started threads, so processes cannot be forked" in done.stderr
    assert done.accounting["exchanges"] == target.counters()["requests"] > 0


@pytest.fixture
def plain_url() -> Iterator[str]:
    """Serve PLAIN by HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PLAIN.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    # By name, so that it is looked up in a thread.
    yield f"http://localhost:{server.server_address[1]}/plain.py"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_locustfile_of_a_url_is_loaded_once_and_forked(plain_url: str, target: Server) -> None:
    command = [sys.executable, "-m", "locust_like", "-f", plain_url, "--processes", "2"]
    done = subprocess.run(
        [*command, "--headless", "-H", target.url, "-u", "4", "-r", "100", "--iterations", "40"],
        capture_output=True, text=True, env=clean_environment(), timeout=ENOUGH_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(f"Loaded {plain_url}") == 1
    assert "cannot be forked" not in done.stderr


def test_processes_go_when_their_parent_dies(start: Start, target: Server) -> None:
    running = start(PLAIN, "--processes", "2", "--headless", "-H", target.url, "-u", "2")
    running.wait_for("All users spawned")
    pids = children_of(running)
    running.signal(signal.SIGKILL)
    wait_for_end(pids)
    running.finish()


EXITS = (
    PLAIN
    + """
from locust import events

@events.quitting.add_listener
def choose(environment, **_):
    if hasattr(environment.runner, "leave"):
        environment.process_exit_code = 7
"""
)


def test_the_exit_code_of_a_process_is_passed_on(start: Start, target: Server) -> None:
    done = start(
        EXITS, "--processes", "2", "--headless", "-H", target.url, "-u", "2", "-t", "1s"
    ).finish()
    assert done.code == 7


def test_as_many_as_there_are_cores(start: Start, target: Server) -> None:
    done = start(
        PLAIN, "--processes", "-1", "--headless", "-H", target.url, "-u", "2", "-t", "1s"
    ).finish()
    assert done.code == 0
    assert f"Workers: {len(os.sched_getaffinity(0))}" in done.stderr


def test_workers_alone_as_processes(start: Start, target: Server, tmp_path: Path) -> None:
    environment = {**clean_environment(), "XDG_STATE_HOME": str(tmp_path)}
    master = subprocess.Popen(
        [
            sys.executable, "-m", "locust_like", "--master", "--master-bind-port", "0",
            "--headless", "--json", "--expect-workers", "2", "-H", target.url, "-u", "4", "-r",
            "100", "-t", "1s",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    (tmp_path / "locustfile.py").write_text(PLAIN)
    running = Running(master)
    try:
        port = running.wait_for_text(r"listening on 127\.0\.0\.1:(\d+) ")
        parent = subprocess.run(
            [
                sys.executable, "-m", "locust_like", "--worker", "--processes", "2",
                "--master-port", port,
            ],
            cwd=tmp_path, env=environment, check=False, timeout=ENOUGH_S,
        )  # fmt: skip
        done: Finished = running.finish()
    finally:
        killed(running)
    assert (done.code, parent.returncode) == (0, 0)
    assert done.accounting["exchanges"] == target.counters()["requests"] > 0
