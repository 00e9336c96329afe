"""Every way to name requests: request_name, rename_request, name=, absolute URLs."""

from locust import HttpUser, constant, task


class MyUser(HttpUser):
    wait_time = constant(0.02)

    @task
    def attribute(self):
        self.client.request_name = "by attribute"
        self.client.get("/bytes/1")
        self.client.get("/bytes/2")
        self.client.request_name = None

    @task
    def block(self):
        with self.client.rename_request("by block"):
            self.client.get("/bytes/3")
            self.client.get("/bytes/4")

    @task
    def absolute(self):
        self.client.get(f"{self.host}/bytes/5?x=1", name="absolute")
        self.client.get("/bytes/6", params={"q": "1"})
