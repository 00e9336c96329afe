"""Several kinds of users at fixed rates; `--tags` picks what they do.

locust-like -f examples/mixed_rates.py --headless -u 11 -r 11 -t 10s --tags read
"""

from locust_like import HttpUser, constant_throughput, tag, task


class Reader(HttpUser):
    """Each asks ten times a second, however long the answers take."""

    host = "http://127.0.0.1:8080"
    weight = 10
    wait_time = constant_throughput(10)

    @tag("read", "small")
    @task(4)
    def small(self) -> None:
        self.client.get("/json")

    @tag("read", "large")
    @task
    def large(self) -> None:
        self.client.get("/chunked/100", name="/chunked")

    @tag("write")
    @task
    def write(self) -> None:
        self.client.post("/echo", data={"comment": "good"})


class Monitor(HttpUser):
    """Exactly one of these runs, whatever the number of users."""

    host = "http://127.0.0.1:8080"
    fixed_count = 1
    wait_time = constant_throughput(1)

    @tag("read", "write")
    @task
    def health(self) -> None:
        self.client.get("/delay/10", name="health")
