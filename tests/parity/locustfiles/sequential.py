"""Steps in their order, one of them a task set of its own, and a dict of weights."""

from locust import HttpUser, SequentialTaskSet, TaskSet, constant, task


class Shopping(SequentialTaskSet):
    def on_start(self):
        self.step = 0

    @task
    def first(self):
        assert self.step % 4 == 0
        self.step += 1
        self.client.get("/", name="1 open")

    @task
    class Browse(TaskSet):
        @task
        def look(self):
            self.parent.step += 1
            self.client.get("/json", name="2 look")
            self.interrupt()

    @task(2)
    def third(self):
        self.step += 1
        self.client.get("/bytes/5", name="3 pay")


class Shopper(HttpUser):
    wait_time = constant(0.02)
    tasks = {Shopping: 1}
