"""A header that each user sets once, and cookies of its own."""

from locust import HttpUser, constant, task


class WebsiteUser(HttpUser):
    wait_time = constant(0.02)
    counter = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        WebsiteUser.counter += 1
        self.address = f"10.0.0.{WebsiteUser.counter}"
        self.client.headers.update({"X-Forwarded-For": self.address})
        self.client.cookies.set("session", self.address)

    @task
    def index(self):
        sent = {k.lower(): v for k, v in self.client.get("/echo", name="echo").json()["headers"]}
        assert sent["x-forwarded-for"] == self.address, sent
        assert sent["cookie"] == f"session={self.address}", sent
