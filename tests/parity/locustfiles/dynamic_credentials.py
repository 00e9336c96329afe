"""Credentials that users take from a list; the class is called as the base class."""

from locust import HttpUser, TaskSet, constant, task

USER_CREDENTIALS = [(f"user{i}", f"password{i}") for i in range(10)]


class UserBehaviour(TaskSet):
    def on_start(self):
        if len(USER_CREDENTIALS) > 0:
            user, passw = USER_CREDENTIALS.pop()
            self.client.post("/echo", {"username": user, "password": passw}, name="/login")

    @task
    def some_task(self):
        self.client.get("/", auth=("a", "b"))


class User(HttpUser):
    tasks = [UserBehaviour]
    wait_time = constant(0.02)
