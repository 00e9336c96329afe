"""Figures that can be known beforehand, compared with what a run reports."""

from collections.abc import Callable
from typing import Any

TEXT = """
from locust import HttpUser, task
from locust.exception import StopUser

class Visitor(HttpUser):
    @task
    def call(self):
        {calls}
        self.environment.runner.quit()
        raise StopUser
"""


def calls(*lines: str) -> str:
    return TEXT.format(calls="\n        ".join(lines))


def test_redirects_are_hops_of_one_call(target: Any, run: Callable[..., Any]) -> None:
    done = run(calls('self.client.get("/redirect/3")'), "-H", target.url)
    assert done.code == 0, done.stderr
    assert done.accounting == {"exchanges": 4, "calls": 1, "hops": 3}
    assert list(done.entries) == ["/redirect/3"]
    assert target.counters()["requests"] == 4


def test_content_lengths_are_exact(target: Any, run: Callable[..., Any]) -> None:
    done = run(calls('for size in (1, 1000, 70000): self.client.get(f"/bytes/{size}")'),
               "-H", target.url)  # fmt: skip
    sizes = {name: entry["total_content_length"] for name, entry in done.entries.items()}
    assert sizes == {"/bytes/1": 1, "/bytes/1000": 1000, "/bytes/70000": 70_000}


def test_a_slow_server_is_not_reported_as_fast(target: Any, run: Callable[..., Any]) -> None:
    done = run(calls('for _ in range(30): self.client.get("/delay/20")'), "-H", target.url)
    entry = done.entries["/delay/20"]
    assert entry["num_requests"] == 30
    # The server answers no sooner; the fastest of thirty is close even on a busy machine.
    assert 20 <= entry["min_response_time"] < 40
    assert entry["min_response_time"] <= entry["max_response_time"]
    average = entry["total_response_time"] / 30
    assert entry["min_response_time"] <= average <= entry["max_response_time"]


def test_busy_python_does_not_make_the_server_look_slow(
    target: Any, run: Callable[..., Any]
) -> None:
    """Each call comes back while another task computes; the I/O thread has stamped it by then."""
    text = """
import time
from locust import HttpUser, task

class Busy(HttpUser):
    @task
    def call(self):
        began = time.perf_counter()
        self.client.get("/")
        back = time.perf_counter()
        self.environment.events.request.fire(request_type="PYTHON", name="seen by the task",
            response_time=(back - began) * 1000, response_length=0, exception=None, context={})
        while time.perf_counter() < back + 0.02:
            pass
"""
    done = run(text, "-H", target.url, "-u", "10", "-r", "100", "-t", "2s")
    measured, stamped_in_python = (
        entry["total_response_time"] / entry["num_requests"]
        for entry in (done.entries["/"], done.entries["seen by the task"])
    )
    # A user waits 180 ms for its turn; a generator that stamps in Python reports that.
    assert measured < stamped_in_python / 3


def test_fired_events_and_verdicts_count(target: Any, run: Callable[..., Any]) -> None:
    done = run(
        calls(
            'fire = self.environment.events.request.fire',
            'fire(request_type="SQL", name="select", response_time=12.5, response_length=7)',
            'fire(request_type="SQL", name="select", response_time=None, response_length=0,'
            ' exception=ValueError("no rows"))',
            'with self.client.get("/json", catch_response=True) as reply: reply.failure("bad")',
            'with self.client.get("/status/404", catch_response=True) as reply: reply.success()',
        ),
        "-H", target.url,
    )  # fmt: skip
    assert done.code == 1
    entries = done.entries
    assert (entries["select"]["num_requests"], entries["select"]["num_failures"]) == (2, 1)
    assert entries["select"]["num_none_requests"] == 1
    assert entries["select"]["total_response_time"] == 12.5
    assert entries["/json"]["num_failures"] == 1
    assert entries["/status/404"]["num_failures"] == 0
    assert done.accounting == {"exchanges": 2, "calls": 2}
    assert "2 reported by scripts" in done.stderr


def test_users_per_class_follow_weights_and_fixed_counts(
    target: Any, run: Callable[..., Any]
) -> None:
    text = """
from locust import HttpUser, constant, task

class Base(HttpUser):
    abstract = True
    wait_time = constant(100)
    @task
    def call(self):
        self.client.get("/", name=type(self).__name__)

class Heavy(Base):
    weight = 3

class Light(Base):
    weight = 1

class Fixed(Base):
    fixed_count = 2
"""
    done = run(text, "-H", target.url, "-u", "10", "-r", "1k", "-t", "1s")
    assert {name: e["num_requests"] for name, e in done.entries.items()} == (
        {"Heavy": 6, "Light": 2, "Fixed": 2}
    )
