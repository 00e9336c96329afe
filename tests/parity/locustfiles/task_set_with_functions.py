"""A task set whose tasks are functions in a list, and methods, with on_start and on_stop."""

from locust import HttpUser, TaskSet, constant, task


def index(l):
    l.client.get("/")


def stats(l):
    l.client.get("/json")


class UserTasks(TaskSet):
    tasks = [index, stats]

    def on_start(self):
        self.client.get("/bytes/10", name="enter")

    def on_stop(self):
        print("left", self.user.__class__.__name__)

    @task
    def page404(self):
        with self.client.get("/status/404", catch_response=True) as response:
            if response.status_code == 404:
                response.success()


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)
    tasks = [UserTasks]
