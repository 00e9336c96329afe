"""A soak test: steady load for hours, to find leaks and slow decay.

The rate is fixed, however long the replies take, so the server gets the same load in the last hour
as in the first. Every MINUTES_APART minutes the log tells how the last ten seconds were.
"""

import logging
from typing import Any

import gevent
from locust import HttpUser, constant_throughput, events, task

MINUTES_APART = 10


class Steady(HttpUser):
    host = "http://127.0.0.1:8080"
    # Tasks a second for each user: 100 users make 100 requests a second.
    wait_time = constant_throughput(1)
    # A reply that does not come must not keep a user for ever.
    network_timeout = 30.0

    @task(9)
    def read(self) -> None:
        self.client.get("/json")

    @task
    def write(self) -> None:
        self.client.post("/echo", json={"comment": "good"}, name="write")


def tell(environment: Any) -> None:
    while True:
        total = environment.stats.total
        logging.info(
            "soak: %d requests, %d failures, %.1f requests/s, 95%% within %s ms",
            total.num_requests,
            total.num_failures,
            total.current_rps,
            total.get_current_response_time_percentile(0.95),
        )
        gevent.sleep(MINUTES_APART * 60)


@events.test_start.add_listener
def begin(environment: Any, **_kwargs: object) -> None:
    gevent.spawn(tell, environment)
