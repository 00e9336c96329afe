"""Wait times: kinds, pacing, inheritance by task sets."""

import time

from locust import (
    TaskSet,
    User,
    between,
    constant,
    constant_pacing,
    constant_throughput,
    events,
    task,
)


class Sets(TaskSet):
    wait_time = constant(3)

    @task
    def t(self):
        pass


class Inherits(TaskSet):
    @task
    def t(self):
        pass


class Waits(User):
    wait_time = constant(2)

    @task
    def t(self):
        pass

    def on_start(self):
        self.environment.runner.quit()


class Env:
    host = None


class Paced(Waits):
    wait_time = constant_pacing(0.5)


class Often(Waits):
    wait_time = constant_throughput(4)


user = Waits(Env())
print(user.wait_time(), Sets(user).wait_time(), Inherits(user).wait_time())
values = [between(1, 2)(user) for _ in range(200)]
print(1 <= min(values) < 1.2, 1.8 < max(values) <= 2)
for cls, period in ((Paced, 0.5), (Often, 0.25)):
    paced = cls(Env())
    time.sleep(period * 1.2)
    print(
        cls.__name__, "late:", paced.wait_time() == 0, "at once:", 0 < paced.wait_time() <= period
    )
del cls


class Plain(Waits):
    pass


class Method(Waits):
    def wait_time(self):
        return 7


print(Plain(Env()).wait_time(), Method(Env()).wait_time())
