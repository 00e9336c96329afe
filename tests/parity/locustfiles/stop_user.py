"""Users that end by themselves: StopUser in a task, in on_start, and environment.runner.quit()."""

from locust import HttpUser, constant, events, task
from locust.exception import StopUser

ended = []


class Short(HttpUser):
    wait_time = constant(0.01)
    rounds = 0

    @task
    def t(self):
        self.client.get("/")
        self.rounds += 1
        if self.rounds == 3:
            raise StopUser()

    def on_stop(self):
        ended.append(self.rounds)
        if len(ended) == 5:
            self.environment.runner.quit()


@events.test_stop.add_listener
def _(environment, **kwargs):
    print("ended", ended)
