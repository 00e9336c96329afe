"""The rules of a build: figures of `environment.stats` decide on the exit code."""

import logging

from locust import HttpUser, constant, events, task


@events.quitting.add_listener
def _(environment, **kw):
    total = environment.stats.total
    if total.fail_ratio > 0.01:
        logging.error("Test failed due to failure ratio > 1%")
        environment.process_exit_code = 3
    elif total.avg_response_time > 20_000:
        environment.process_exit_code = 4
    elif total.get_response_time_percentile(0.95) > 80_000:
        environment.process_exit_code = 5
    else:
        environment.process_exit_code = 0
    entry = environment.stats.get("fails", "GET")
    print("all failed:", entry.num_requests == entry.num_failures > 0)


class MyUser(HttpUser):
    wait_time = constant(0.05)

    @task
    def t(self):
        self.client.get("/status/503", name="fails")
