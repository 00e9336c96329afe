"""Messages between master and workers; without workers they come back to the sender."""

from locust import User, constant, events, task
from locust.runners import MasterRunner, WorkerRunner

user_names = []


def setup_test_users(environment, msg, **kwargs):
    user_names.extend(map(str, msg.data))
    environment.runner.send_message("acknowledge_users", f"Thanks for the {len(msg.data)} users!")


@events.init.add_listener
def on_locust_init(environment, **_kwargs):
    if not isinstance(environment.runner, MasterRunner):
        environment.runner.register_message("test_users", setup_test_users)
    if not isinstance(environment.runner, WorkerRunner):
        environment.runner.register_message(
            "acknowledge_users", lambda msg, **_: print(msg.data), concurrent=True
        )


@events.test_start.add_listener
def on_test_start(environment, **_kwargs):
    if not isinstance(environment.runner, WorkerRunner):
        environment.runner.send_message("test_users", [1, 2, 3, 4, 5])


class NamedUser(User):
    wait_time = constant(0.05)

    def __init__(self, parent):
        self.username = user_names.pop()
        super().__init__(parent)

    @task
    def say(self):
        self.environment.events.request.fire(
            request_type="SAY",
            name=self.username,
            response_time=1.5,
            response_length=0,
            exception=None,
            context={},
        )
