"""More users step by step: a greenlet of the script gives the runner a new number of users.

-u and -r say only how the run starts; it ends after the last step.
"""

import logging
from typing import Any

import gevent
from locust import HttpUser, constant, events, task

STEPS = [2, 5, 9]
STEP_S = 0.3
STARTS_PER_S = 100


def climb(runner: Any) -> None:
    for users in STEPS:
        # Users that run go on; only those that are missing, or too many, start or stop.
        runner.start(users, STARTS_PER_S, wait=True)
        gevent.sleep(STEP_S)
        done = runner.stats.total.num_requests
        logging.info("step of %d users ends, %d requests so far", users, done)
    # Ends the process, with complete results.
    runner.quit()


@events.test_start.add_listener
def begin(environment: Any, **_kwargs: object) -> None:
    if environment.runner is not None:
        gevent.spawn(climb, environment.runner)


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.05)

    @task
    def page(self) -> None:
        self.client.get("/")
