"""A shape that waits until all users are there, whose classes are slow to be made."""

import time
from collections import namedtuple

from locust import HttpUser, LoadTestShape, constant, task

Step = namedtuple("Step", ["users", "dwell"])


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)

    def __init__(self, *args, **kwargs):
        time.sleep(0.1)
        super().__init__(*args, **kwargs)

    @task
    def get_root(self):
        self.client.get("/")


class StepLoadShape(LoadTestShape):
    targets_with_times = (Step(2, 0.2), Step(4, 0.2))

    def __init__(self, *args, **kwargs):
        self.step = 0
        self.time_active = False
        super().__init__(*args, **kwargs)

    def tick(self):
        if self.step >= len(self.targets_with_times):
            return None
        target = self.targets_with_times[self.step]
        users = self.get_current_user_count()
        if target.users == users:
            if not self.time_active:
                self.reset_time()
                self.time_active = True
            if self.get_run_time() > target.dwell:
                print("step done with", users)
                self.step += 1
                self.time_active = False
        return (target.users, 100)
