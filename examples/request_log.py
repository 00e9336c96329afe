"""One line for each request, in a CSV file beside the statistics."""

from typing import Any

from locust import HttpUser, between, events, task
from locust.contrib.csv_request_logger import CsvRequestLogger


@events.init.add_listener
def log_requests(environment: Any, **kwargs: object) -> None:
    # A hundred lines at a time: cheaper, and a killed process loses at most so many.
    CsvRequestLogger("requests.csv", flush_interval=100).register(environment)


class Visitor(HttpUser):
    wait_time = between(0.05, 0.1)

    @task
    def page(self) -> None:
        self.client.get("/")
