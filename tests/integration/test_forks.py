"""Tasks that fork: the children neither take part in the run nor hold it up."""

import re
from collections.abc import Callable

from .conftest import Finished, Server

TEXT = """
import multiprocessing
import os
import signal
import subprocess
import sys

import gevent
from gevent.monkey import get_original
from locust import HttpUser, constant, task

def tell(*words):
    print("told:", *words, file=sys.stderr, flush=True)

def process(status):
    gevent.sleep(0.01)
    sys.exit(status)

class Other(HttpUser):
    fixed_count = 1
    wait_time = constant(0.001)

    @task
    def call(self):
        self.client.get("/json")

# The parent is slow: children that end at once have ended before it goes on.
os.register_at_fork(after_in_parent=lambda: get_original("time", "sleep")(0.05))
READY, IS_READY = os.pipe()

def waits_for_a_signal():
    os.write(IS_READY, b".")
    gevent.sleep(600)

def waits():
    gevent.sleep(0.05)
    os._exit(7)

CHILDREN = {
    "exits": lambda user: os._exit(7),
    "raises SystemExit": lambda user: sys.exit(7),
    "raises SystemExit with a text": lambda user: sys.exit("said by the child"),
    "comes back": lambda user: None,
    "raises": lambda user: 1 / 0,
    "waits": lambda user: waits(),
    "has a greenlet": lambda user: gevent.spawn(os._exit, 7).join(),
    "calls": lambda user: os._exit(user.client.get("/").status_code - 193),
    "starts a program": lambda user: os._exit(subprocess.run(["false"]).returncode),
    "is told to end": lambda user: waits_for_a_signal(),
}

class Forker(HttpUser):
    fixed_count = 1

    @task
    def fork(self):
        for name, child in CHILDREN.items():
            self.client.get("/", name="parent")
            pid = os.fork()
            if pid == 0:
                child(self)
                return
            if name == "is told to end":
                os.read(READY, 1)
                os.kill(pid, signal.SIGTERM)
            tell(name, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        started = multiprocessing.get_context("fork").Process(target=process, args=(7,))
        started.start()
        started.join()
        tell("multiprocessing", started.exitcode)
        self.client.get("/", name="parent")
        self.environment.runner.quit()
        self.stop()

    def on_stop(self):
        tell("on_stop")
"""

ENDED = [
    "exits 7",
    "raises SystemExit 7",
    "raises SystemExit with a text 1",
    "comes back 0",
    "raises 0",
    "waits 7",
    "has a greenlet 7",
    "calls 7",
    "starts a program 1",
    "is told to end -15",
    "multiprocessing 7",
    "on_stop",
]


def test_what_tasks_fork_is_apart_from_the_run(
    target: Server, run: Callable[..., Finished]
) -> None:
    done = run(TEXT, "-u", "2", "-r", "100", "-t", "50s", "-H", target.url)
    assert done.code == 0
    assert re.findall(r"^told: (.*)$", done.stderr, re.MULTILINE) == ENDED
    assert done.entries["parent"]["num_requests"] == 11
    assert done.entries["/json"]["num_requests"] > 1
    assert done.stderr.count("Shutting down") == 1
    assert done.stderr.count("let it come back to the run: it ends here") == 2
    assert "said by the child\n" in done.stderr
    # The other user's last call may have been cancelled.
    assert done.accounting["calls"] - done.sum_of("num_requests") in (0, 1)
