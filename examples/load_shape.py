"""A load shape: waves of visitors, with buyers added for the second one. It ends the run itself."""

import math

from locust import HttpUser, LoadTestShape, constant, task


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.05)

    @task
    def look(self) -> None:
        self.client.get("/", name="look")


class Buyer(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.05)

    @task
    def buy(self) -> None:
        self.client.post("/echo", json={"item": 1}, name="buy")


class Waves(LoadTestShape):
    wave_s = 2.0
    peak_users = 8

    def tick(self):  # type: ignore[no-untyped-def]  # as Locust's users write it
        # Called once a second; what it returns holds until it returns something else.
        waves, into_wave = divmod(self.get_run_time(), self.wave_s)
        if waves >= 2:
            return None  # the end of the run
        users = max(1, round(self.peak_users * math.sin(math.pi * into_wave / self.wave_s)))
        # The third part says which classes new users have; those that run already stay.
        return users, 100, [Visitor] if waves == 0 else [Buyer]
