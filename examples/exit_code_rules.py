"""Decide yourself when a run has failed: listeners watch it, `quitting` sets the exit code."""

import logging
from typing import Any

from locust import HttpUser, constant, events, task

MOST_FAILURES = 0.01  # share of all requests
SLOWEST_P95_MS = 2_000

slow_names: set[str] = set()


@events.request.add_listener
def look_at_each(name: str, response_time: float | None, **_kwargs: object) -> None:
    # Called for every request: keep it short.
    if response_time is not None and response_time > SLOWEST_P95_MS:
        slow_names.add(name)


@events.quitting.add_listener
def judge(environment: Any, **_kwargs: object) -> None:
    total = environment.stats.total
    p95_ms = total.get_response_time_percentile(0.95)
    if total.num_requests == 0:
        logging.error("nothing was measured")
        environment.process_exit_code = 3
    elif total.fail_ratio > MOST_FAILURES:
        logging.error("%.1f %% of the requests failed", total.fail_ratio * 100)
        environment.process_exit_code = 1
    elif p95_ms > SLOWEST_P95_MS:
        logging.error("95 %% within %d ms; slow: %s", p95_ms, ", ".join(sorted(slow_names)))
        environment.process_exit_code = 1
    else:
        # A few failures are allowed here; without this line one alone would mean exit code 1.
        environment.process_exit_code = 0


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.1)

    @task
    def page(self) -> None:
        self.client.get("/delay/5", name="page")
