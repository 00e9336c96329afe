"""The first page of any tutorial: log in, weighted tasks, one name for many URLs, time.sleep."""

import time

from locust import HttpUser, between, task


class QuickstartUser(HttpUser):
    wait_time = between(0.05, 0.1)

    @task
    def hello_world(self):
        self.client.get("/")
        time.sleep(0.01)
        self.client.get("/json")

    @task(3)
    def view_items(self):
        for item_id in range(3):
            self.client.get(f"/bytes/1?id={item_id}", name="/item")

    def on_start(self):
        self.client.post("/echo", json={"username": "foo", "password": "bar"}, name="/login")
