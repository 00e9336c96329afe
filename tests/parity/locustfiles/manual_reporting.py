"""Figures that the script reports itself: a decorator, a context manager and `measure`."""

import random
from contextlib import contextmanager
from time import perf_counter, sleep, time

from locust import User, constant, events, task


@contextmanager
def reported(environment, name):
    started, began = perf_counter(), time()
    try:
        yield
    except Exception as e:
        failure = e
    else:
        failure = None
    environment.events.request.fire(
        request_type="manual",
        name=name,
        response_time=(perf_counter() - started) * 1000,
        response_length=0,
        response=None,
        context={},
        exception=failure,
        start_time=began,
        url=None,
    )


class ManualUser(User):
    wait_time = constant(0.02)

    @task
    def in_a_block(self):
        with reported(self.environment, "block"):
            sleep(random.uniform(0.001, 0.005))

    @task
    def measured(self):
        with self.environment.events.request.measure("manual", "measured") as request:
            sleep(0.001)
            request["response_length"] = 7

    @task
    def failing(self):
        with self.environment.events.request.measure("manual", "failing"):
            raise RuntimeError("oops")
