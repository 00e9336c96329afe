"""Judge replies yourself: a 200 with the wrong content fails, an expected 404 does not."""

from locust_like import HttpUser, constant, task


class Inspector(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.1)

    @task
    def content(self) -> None:
        with self.client.get("/bytes/64", catch_response=True) as response:
            if len(response.content or b"") != 64:
                response.failure("the body does not have 64 bytes")
            elif response.elapsed.total_seconds() > 1:
                response.failure("took more than a second")

    @task
    def missing_page(self) -> None:
        with self.client.get("/status/404", catch_response=True) as response:
            if response.status_code == 404:
                response.success()

    @task
    def redirected(self) -> None:
        with self.client.get("/redirect/2", name="/redirect", catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"ended with {response.status_code}")
