"""A first load test: visitors who look at two pages.

Change `host` and the paths, then run it as told by `locust-like init`.
"""

from locust import HttpUser, between, task


class Visitor(HttpUser):
    # Where the requests go; -H on the command line wins over it.
    host = "http://127.0.0.1:8080"
    # Seconds that a visitor waits after each task.
    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Run once for each visitor, before the first task: log in, fetch a token ..."""

    # Three times as often as a task without a number.
    @task(3)
    def front_page(self) -> None:
        self.client.get("/")

    @task
    def article(self) -> None:
        # `name` puts requests with different URLs into one row of the statistics.
        for size in (10, 1000):
            self.client.get(f"/bytes/{size}", name="/bytes/[size]")
