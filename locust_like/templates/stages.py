"""Load in stages: up, hold, peak, down, end.

Load shapes as classes are not in this version, so a greenlet gives the runner a new number of users
when a stage begins. -u and -r only say how the run starts; the stages follow from there.
"""

from typing import Any

import gevent
from locust import HttpUser, between, events, task

# (seconds, users, users that start or stop in a second)
STAGES = [
    (60, 10, 1),
    (120, 50, 5),
    (60, 100, 10),
    (60, 10, 10),
]


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.5, 1.5)

    @task
    def front_page(self) -> None:
        self.client.get("/")


def follow_stages(runner: Any) -> None:
    for seconds, users, per_s in STAGES:
        runner.start(users, per_s)
        gevent.sleep(seconds)
    # Ends the process with complete results.
    runner.quit()


@events.test_start.add_listener
def begin(environment: Any, **_kwargs: object) -> None:
    # `locust-like debug` runs one user without a runner.
    if environment.runner is not None:
        gevent.spawn(follow_stages, environment.runner)
