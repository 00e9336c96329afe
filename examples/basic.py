"""Two kinds of requests with weights: the front page three times as often as the data."""

from locust import HttpUser, between, task


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.1, 0.5)

    @task(3)
    def front_page(self) -> None:
        self.client.get("/")

    @task
    def data(self) -> None:
        self.client.get("/json")

    @task
    def download(self) -> None:
        # One row in the statistics for all sizes.
        for size in (100, 1_000, 10_000):
            self.client.get(f"/bytes/{size}", name="/bytes/[size]")
