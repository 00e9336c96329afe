"""A shape from its first tick to its end."""

from locust import LoadTestShape, User, constant, events, task


class Waiter(User):
    wait_time = constant(100)

    @task
    def t(self):
        pass


class Shape(LoadTestShape):
    def __init__(self):
        super().__init__()
        self.ticks = 0

    def tick(self):
        self.ticks += 1
        print(
            "tick", self.ticks, "users", self.get_current_user_count(), type(self.runner).__name__
        )
        assert self.get_run_time() < 5
        return {1: (2, 100), 2: (2, 100), 3: (1, 100)}.get(self.ticks)


@events.spawning_complete.add_listener
def _(user_count, **kw):
    print("spawned", user_count)


@events.test_start.add_listener
def _(environment, **kw):
    print("start", type(environment.shape_class).__name__)


@events.test_stop.add_listener
def _(**kw):
    print("stop")
