"""A shape whose ticks name the classes of new users, sometimes without the third part."""

from collections import Counter

from locust import HttpUser, LoadTestShape, constant, events, task


class WebsiteUserA(HttpUser):
    wait_time = constant(0.05)

    @task
    def get_root(self):
        self.client.get("/", name="A")


class WebsiteUserB(HttpUser):
    wait_time = constant(0.05)

    @task
    def get_root(self):
        self.client.get("/", name="B")


class StagesShapeWithCustomUsers(LoadTestShape):
    stages = [
        {"duration": 0.9, "users": 3, "spawn_rate": 50, "user_classes": [WebsiteUserA]},
        {"duration": 1.9, "users": 5, "spawn_rate": 50, "user_classes": [WebsiteUserB]},
        {"duration": 2.9, "users": 1, "spawn_rate": 50},
    ]

    def tick(self):
        for stage in self.stages:
            if self.get_run_time() < stage["duration"]:
                try:
                    return (stage["users"], stage["spawn_rate"], stage["user_classes"])
                except KeyError:
                    return (stage["users"], stage["spawn_rate"])
        return None


@events.spawning_complete.add_listener
def _(user_count, **kwargs):
    print("complete with", user_count)
