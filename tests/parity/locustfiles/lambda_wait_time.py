"""A wait time of the script's own: a lambda, and a method of a task set."""

import random

from locust import HttpUser, TaskSet, task


class Slow(TaskSet):
    def wait_time(self):
        return 0.03

    @task
    def look(self):
        self.client.get("/json", name="slow")
        self.interrupt(reschedule=False)


class WebsiteUser(HttpUser):
    wait_time = lambda self: min(random.expovariate(50), 0.1)
    tasks = [Slow]

    @task
    def get_index(self):
        self.client.get("/", name="quick")
