"""Where we differ from Locust on purpose: both outcomes, and the row of the page that says so."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from .programs import OURS, finished

PAGE = Path(__file__).parents[2] / "docs/migration-from-locust.md"
HEAD = """
import gevent, time
from locust import LoadTestShape, User, constant, events, task
from locust.exception import InterruptTaskSet, RescheduleTask, StopTest

def fire(user):
    user.environment.events.request.fire(request_type="X", name="x", response_time=1,
        response_length=0, exception=ValueError("v"), context={})

class U(User):
    wait_time = constant(0.1)
"""


class Difference(NamedTuple):
    """What a locustfile prints, and how its run ends; `row` starts a row of the page."""

    row: str
    text: str
    theirs: tuple[str, int]
    ours: tuple[str, int]


DIFFERENCES = [
    Difference(
        "`interrupt()` in a task of a user",
        """
    fixed_count = 1
    rounds = 0
    @task
    def t(self):
        self.rounds += 1
        print("round", self.rounds)
        if self.rounds == 2:
            self.environment.runner.quit()
        raise InterruptTaskSet()
""",
        theirs=("round 1\n", 0),
        ours=("round 1\nround 2\n", 1),
    ),
    Difference(
        "`StopTest` in a task",
        """
    raised, rounds = False, 0
    @task
    def t(self):
        if not U.raised:
            U.raised = True
            raise StopTest()
        U.rounds += 1
@events.test_stop.add_listener
def _(**kw):
    print("the other went on" if U.rounds > 5 else "all stopped")
""",
        theirs=("the other went on\n", 0),
        ours=("all stopped\n", 0),
    ),
    Difference(
        "a `gevent.Timeout` that leaves a task",
        """
    fixed_count = 1
    rounds = 0
    @task
    def t(self):
        self.rounds += 1
        print("round", self.rounds)
        if self.rounds == 2:
            self.environment.runner.quit()
        with gevent.Timeout(0.01):
            gevent.sleep(10)
""",
        theirs=("round 1\n", 0),
        ours=("round 1\nround 2\n", 1),
    ),
    Difference(
        "users that die in `on_start`",
        """
    fixed_count, made = 1, 0
    def on_start(self):
        U.made += 1
        if U.made == 1:
            raise ValueError("first")
    @task
    def t(self):
        print("works")
        self.environment.runner.quit()
""",
        theirs=("", 1),
        ours=("works\n", 1),
    ),
    Difference(
        "a `request` listener that raises `RescheduleTask`",
        """
    @task
    def t(self):
        fire(self)
@events.request.add_listener
def _(**kw):
    raise RescheduleTask()
@events.quitting.add_listener
def _(environment, **kw):
    print("counted" if environment.stats.total.num_requests else "not counted")
""",
        theirs=("not counted\n", 0),
        ours=("counted\n", 1),
    ),
    Difference(
        "a shape whose `tick()` raises",
        """
    @task
    def t(self): ...
class Shape(LoadTestShape):
    def tick(self):
        raise KeyError("curve")
""",
        theirs=("", 2),
        ours=("", 1),
    ),
]


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.row)
def test_the_difference_is_as_the_page_says(
    case: Difference, real_locust: Path, tmp_path: Path
) -> None:
    assert f"\n| {case.row}" in PAGE.read_text()
    path = tmp_path / "differs.py"
    path.write_text(HEAD + case.text)
    locust = (str(real_locust.with_name("locust")),)
    load = () if "Shape" in case.text else ("-u", "2", "-r", "10", "-t", "3s")
    with ThreadPoolExecutor(max_workers=2) as pool:
        theirs = pool.submit(finished, locust, path, tmp_path / "theirs", *load)
        ours = pool.submit(finished, OURS, path, tmp_path / "ours", *load)
    assert (theirs.result().stdout, theirs.result().code) == case.theirs, theirs.result().stderr
    assert (ours.result().stdout, ours.result().code) == case.ours, ours.result().stderr
