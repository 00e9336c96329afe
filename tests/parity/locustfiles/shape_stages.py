"""A load shape with stages; it ends the run by itself."""

from locust import HttpUser, LoadTestShape, TaskSet, constant, task


class UserTasks(TaskSet):
    @task
    def get_root(self):
        self.client.get("/")


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)
    tasks = [UserTasks]


class StagesShape(LoadTestShape):
    stages = [
        {"duration": 1.2, "users": 4, "spawn_rate": 20},
        {"duration": 2.2, "users": 1, "spawn_rate": 20},
    ]

    def tick(self):
        run_time = self.get_run_time()
        for stage in self.stages:
            if run_time < stage["duration"]:
                return (stage["users"], stage["spawn_rate"])
        return None
