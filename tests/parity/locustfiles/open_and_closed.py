"""Closed and paced users, the kinds of wait times side by side."""

from locust import HttpUser, constant, constant_pacing, constant_throughput, task


class ClosedWorkload(HttpUser):
    wait_time = constant(0.1)
    fixed_count = 1

    @task
    def t(self):
        self.client.get("/delay/50", name="closed")


class OpenWorkload(HttpUser):
    wait_time = constant_pacing(0.1)
    fixed_count = 1

    @task
    def t(self):
        self.client.get("/delay/50", name="open")


class Throughput(HttpUser):
    wait_time = constant_throughput(10)
    weight = 3

    @task
    def t(self):
        self.client.get("/delay/50", name="throughput")
