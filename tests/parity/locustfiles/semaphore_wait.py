"""All users wait for each other at a semaphore until spawning is complete."""

from gevent.lock import Semaphore
from locust import HttpUser, TaskSet, constant, events, task

all_locusts_spawned = Semaphore()
all_locusts_spawned.acquire()


@events.init.add_listener
def _(environment, **kw):
    @environment.events.spawning_complete.add_listener
    def on_spawning_complete(user_count, **kw):
        print("released", user_count)
        all_locusts_spawned.release()


class UserTasks(TaskSet):
    def on_start(self):
        all_locusts_spawned.wait()
        self.wait()

    @task
    def index(self):
        self.client.get("/")


class WebsiteUser(HttpUser):
    wait_time = constant(0.05)
    tasks = [UserTasks]
