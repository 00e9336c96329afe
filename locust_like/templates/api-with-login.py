"""A JSON API behind a login: each user gets a token once and sends it with every request."""

from locust import HttpUser, between, task
from locust.exception import StopUser


class ApiUser(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        # /echo of the demo server stands for your login: it sends back what it gets.
        with self.client.post(
            "/echo?raw=1", json={"token": "secret-of-ada"}, name="login", catch_response=True
        ) as response:
            if not response.ok or "token" not in response.json():
                response.failure(f"no token in the reply, status {response.status_code}")
                # Without a token every further request would fail, so this user ends here.
                raise StopUser
            self.client.headers["Authorization"] = f"Bearer {response.json()['token']}"

    @task(4)
    def read(self) -> None:
        # A 200 with the wrong content is a failure only if the script says so.
        with self.client.get("/json", catch_response=True) as response:
            if not response.text.startswith("{"):
                response.failure("the reply is no JSON object")

    @task
    def write(self) -> None:
        self.client.post("/echo", json={"comment": "good"}, name="write")
