"""Each user makes one call that runs into a limit of time; LIMITS_CALL says which."""

import json
import os
from typing import Any

from locust import HttpUser, constant, events, task

KINDS: dict[str, dict[str, Any]] = {
    "timeout-read": {"url": "/hang", "timeout": (10, 1.0)},
    "timeout-total": {"url": "/drip-for-ever", "timeout": 10, "total_timeout": 1.0},
    "timeout-connect": {"url": os.environ.get("LIMITS_FULL", ""), "timeout": (1.0, 10)},
}
CALL = KINDS[os.environ["LIMITS_CALL"]]
ended: list[tuple[str, float]] = []


class Visitor(HttpUser):
    wait_time = constant(3600)

    @task
    def call(self) -> None:
        with self.client.get(name="limited", catch_response=True, **CALL) as response:
            ended.append((response.failure_code, response.response_time_ms))
        if len(ended) == int(os.environ["LIMITS_USERS"]):
            self.environment.runner.quit()


@events.quitting.add_listener
def tell(**_: Any) -> None:
    with open(os.environ["LIMITS_FILE"], "w", encoding="utf-8") as file:
        json.dump(ended, file)
