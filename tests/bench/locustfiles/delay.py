import json
import os
import time
from pathlib import Path

from locust import HttpUser, events, task
from locust.env import Environment

WORK_S = float(os.environ.get("BENCH_WORK_S", "0"))


class Delay(HttpUser):
    @task
    def t(self) -> None:
        self.client.get("/delay/10")
        until = time.perf_counter() + WORK_S
        while time.perf_counter() < until:
            pass


@events.test_stop.add_listener
def write(environment: Environment, **_: object) -> None:
    total = environment.stats.total
    shares = {"p50_ms": 0.5, "p99_ms": 0.99}
    found = {key: total.get_response_time_percentile(share) for key, share in shares.items()}
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(found))
