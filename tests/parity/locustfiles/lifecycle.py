"""Every event of a run prints its name once, in its order."""

from gevent.event import Event

from locust import HttpUser, constant, events, task
from locust.runners import LocalRunner

seen = []
ramped = Event()


def once(name):
    if name not in seen:
        seen.append(name)
        print("event:", name)


@events.init.add_listener
def init(environment, runner, web_ui, **kwargs):
    assert isinstance(environment.runner, LocalRunner) and runner is environment.runner
    once("init")


@events.test_start.add_listener
def test_start(environment, **kwargs):
    once("test_start")


@events.test_stopping.add_listener
def test_stopping(environment, **kwargs):
    once("test_stopping")


@events.test_stop.add_listener
def test_stop(environment, **kwargs):
    once("test_stop")


@events.spawning_complete.add_listener
def spawning_complete(user_count, **kwargs):
    once("spawning_complete")
    ramped.set()


@events.request.add_listener
def request(
    *,
    request_type,
    name,
    response_time,
    response_length,
    response,
    context,
    exception,
    start_time,
    url,
    **kwargs,
):
    once(f"request {request_type} {name} {response.status_code} {context} {exception}")


@events.user_error.add_listener
def user_error(user_instance, exception, tb, **kwargs):
    once(f"user_error {exception!r}")


@events.quitting.add_listener
def quitting(environment, **kwargs):
    once("quitting")


@events.quit.add_listener
def quit(exit_code, **kwargs):
    once(f"quit {exit_code}")


class MyUser(HttpUser):
    wait_time = constant(0.05)

    def context(self):
        return {"who": "me"}

    def on_start(self):
        once("on_start")

    def on_stop(self):
        once("on_stop")

    @task
    def t(self):
        ramped.wait()
        self.client.get("/", context={"what": "root"})
        raise ValueError("broken task")
