"""FastHttpUser with its own parameters, and rest() with its verdicts."""

from locust import FastHttpUser, between, run_single_user, task


class ApiUser(FastHttpUser):
    wait_time = between(0.01, 0.02)
    default_headers = {"X-Who": "me"}
    network_timeout = 5.0
    connection_timeout = 5.0
    max_retries = 1

    @task
    def index(self):
        self.client.get("/")

    @task
    def json(self):
        with self.rest("GET", "/json") as resp:
            if resp.js is None:
                resp.failure("no JSON")

    @task
    def created(self):
        with self.rest("POST", "/echo", json={"foo": 1}) as resp:
            assert resp.js["body"] == '{"foo": 1}', "not what was sent,"

    @task
    def wrong(self):
        with self.rest("GET", "/json", name="wrong") as resp:
            assert "no such key" in resp.js, "the key is missing"


if __name__ == "__main__":
    run_single_user(ApiUser)
