"""500 endpoints at about 1,000 requests a second, for the cost of showing them."""

from itertools import count

from locust import HttpUser, constant_throughput, task

NUMBERS = count()


class Visitor(HttpUser):
    wait_time = constant_throughput(100)

    @task
    def front(self) -> None:
        self.client.get("/", name=f"/api/v2/things/{next(NUMBERS) % 500:03}")
