"""A wait time of one's own: mostly short pauses, now and then a long one, as people read."""

import random
from typing import Any

from locust import HttpUser, task


def reading_time(user: Any) -> float:
    """Return seconds; called after each task with the user."""
    if random.random() < 0.05:
        return random.uniform(0.5, 1.0)
    # Most people are quick, few are slow: a log-normal distribution around 50 ms, cut at 300 ms.
    return float(min(random.lognormvariate(-3.0, 0.5), user.longest_s))


class Reader(HttpUser):
    host = "http://127.0.0.1:8080"
    longest_s = 0.3
    wait_time = reading_time

    @task
    def page(self) -> None:
        self.client.get("/")


class Impatient(HttpUser):
    host = "http://127.0.0.1:8080"

    # A method does as well, and may look at what the user has done.
    def wait_time(self) -> float:
        return 0.02 if random.random() < 0.5 else 0.2

    @task
    def reload(self) -> None:
        self.client.get("/json", name="reload")
