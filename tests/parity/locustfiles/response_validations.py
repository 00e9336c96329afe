"""Verdicts of the script, and a listener that abandons a task that met a failure."""

from locust import FastHttpUser, constant, events, task
from locust.exception import RescheduleTask, ResponseError

after_failure = []


class MyUser(FastHttpUser):
    wait_time = constant(0.02)

    @task
    def t(self):
        with self.rest("GET", "/status/404", name="rest") as resp:
            if resp.js is None:
                resp.failure("no JSON here")
        after_failure.append(1)

    @task
    def by_exception(self):
        with self.client.get("/", catch_response=True, name="raised") as resp:
            if resp.status_code == 200:
                raise ResponseError("too good")

    @task
    def success(self):
        with self.client.get("/status/500", catch_response=True, name="forgiven") as resp:
            resp.success()


@events.request.add_listener
def on_request(exception=None, **kwargs):
    if exception:
        raise RescheduleTask()


@events.quitting.add_listener
def _(environment, **kwargs):
    print("after failures:", len(after_failure))
    environment.process_exit_code = 0
