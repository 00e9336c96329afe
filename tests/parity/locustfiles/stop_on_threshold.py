"""A greenlet that watches the figures and quits the run."""

import gevent
from locust import HttpUser, constant, events, task
from locust.runners import (
    STATE_CLEANUP,
    STATE_STOPPED,
    STATE_STOPPING,
    MasterRunner,
    WorkerRunner,
)


def checker(environment):
    while environment.runner.state not in [STATE_STOPPING, STATE_STOPPED, STATE_CLEANUP]:
        gevent.sleep(0.2)
        if environment.runner.stats.total.fail_ratio > 0.2:
            print(f"fail ratio was {environment.runner.stats.total.fail_ratio:.1f}, quitting")
            environment.process_exit_code = 7
            environment.runner.quit()
            return


@events.init.add_listener
def on_locust_init(environment, **_kwargs):
    if not isinstance(environment.runner, WorkerRunner):
        gevent.spawn(checker, environment)


class MyUser(HttpUser):
    wait_time = constant(0.02)

    @task
    def my_task(self):
        self.client.get("/status/500", name="fails")
