"""Weights say how often, tags say which.

locust-like -f examples/weights_and_tags.py --headless -u 10 -t 10s --tags browse
locust-like -f examples/weights_and_tags.py --headless -u 10 -t 10s --exclude-tags slow
"""

from locust import HttpUser, between, tag, task


class Shopper(HttpUser):
    host = "http://127.0.0.1:8080"
    weight = 3  # three shoppers for each editor
    wait_time = between(0.05, 0.1)

    @tag("browse")
    @task(5)
    def look(self) -> None:
        self.client.get("/json", name="look")

    @tag("browse", "slow")
    @task(2)
    def search(self) -> None:
        self.client.get("/delay/20", name="search")

    @tag("buy")
    @task(1)
    def buy(self) -> None:
        self.client.post("/echo", json={"article": 7}, name="buy")


class Editor(HttpUser):
    host = "http://127.0.0.1:8080"
    weight = 1
    wait_time = between(0.05, 0.1)

    @tag("browse")
    @task
    def preview(self) -> None:
        self.client.get("/bytes/2000", name="preview")
