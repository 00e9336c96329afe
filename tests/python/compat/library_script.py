# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc,untyped-decorator"
"""Uses Locust as a library, after the page of that name in Locust's documentation."""

import sys
import urllib.request

import gevent
from locust import HttpUser, events, task
from locust.env import Environment
from locust.log import setup_logging
from locust.stats import stats_history, stats_printer

setup_logging("INFO")


class Visitor(HttpUser):
    host = sys.argv[1]

    @task
    def page(self) -> None:
        self.client.get("/")


env = Environment(user_classes=[Visitor], events=events)
runner = env.create_local_runner()
web_ui = env.create_web_ui("127.0.0.1", 0)
env.events.init.fire(environment=env, runner=runner, web_ui=web_ui)
gevent.spawn(stats_printer(env.stats))
gevent.spawn(stats_history, env.runner)
runner.start(2, spawn_rate=100)


def stop_when_enough() -> None:
    while not (env.stats.num_requests > 20 and env.stats.history):
        gevent.sleep(0.01)
    url = f"http://127.0.0.1:{web_ui.server.server_port}/stats/requests"
    with gevent.get_hub().threadpool.apply(urllib.request.urlopen, (url,)) as reply:
        print("state" in reply.read().decode())
    runner.quit()


gevent.spawn(stop_when_enough)
runner.greenlet.join()
web_ui.stop()
total = env.stats.total
print(runner.user_count, total.num_requests > 20, total.num_failures, runner.state)
print(list(env.stats.entries), total.get_response_time_percentile(1) <= total.max_response_time)
print(env.stats.history[0]["user_count"][1] >= 0, runner.exceptions, runner.errors)
