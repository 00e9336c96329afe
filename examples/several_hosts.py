"""One run against several services: each class has its host; some have an exact number of users.

Without -H, because that would win over the hosts of all classes. WEB and API name the services.
"""

import os

from locust import HttpUser, constant, task

WEB = os.environ.get("WEB", "http://127.0.0.1:8080")
API = os.environ.get("API", "http://localhost:8080")


class Visitor(HttpUser):
    host = WEB
    wait_time = constant(0.1)

    @task
    def page(self) -> None:
        self.client.get("/", name="web: page")
        # An absolute URL goes where it says.
        self.client.get(f"{API}/json", name="api: from the page")


class ApiClient(HttpUser):
    host = API
    wait_time = constant(0.1)

    @task
    def call(self) -> None:
        self.client.post("/echo", json={"n": 1}, name="api: call")


class Backup(HttpUser):
    # Exactly two of these, taken before the others share out the rest.
    fixed_count = 2
    host = API
    wait_time = constant(0.3)

    @task
    def download(self) -> None:
        self.client.get("/bytes/100000", name="api: backup")
