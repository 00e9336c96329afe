"""Prints what a script meets that runs a master and its workers itself; Locust and ours agree."""

# A script of users prints.
# ruff: noqa: T201
# There is no locust for the type checker.
# mypy: disable-error-code="misc,untyped-decorator"

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import gevent
from locust import User, constant, task
from locust.env import Environment

logging.disable()


class Visitor(User):
    wait_time = constant(0.05)

    @task
    def look(self) -> None:
        fire = self.environment.events.request.fire
        fire(request_type="RPC", name="look", response_time=10, response_length=5)


class Buyer(Visitor):
    pass


def until(condition: Callable[[], object]) -> None:
    with gevent.Timeout(20):
        while not condition():
            gevent.sleep(0.02)


told: list[Any] = []
master = Environment(user_classes=[Visitor, Buyer]).create_master_runner("127.0.0.1", 0)
workers = []
for number in (1, 2):
    environment = Environment(user_classes=[Visitor, Buyer])
    workers.append(environment.create_worker_runner("127.0.0.1", master.server.port))
    until(lambda number=number: len(master.clients.ready) == number)
print("clients", len(master.clients), master.worker_count, len(master.clients.ready))
until(lambda: sorted(one.worker_index for one in workers) == [0, 1])
print("names", sorted(master.clients) == sorted(one.client_id for one in workers))

master.register_message("up", lambda msg, **_: told.append((msg.data, msg.node_id)))
for worker in workers:
    worker.register_message("down", lambda msg, worker=worker, **_: told.append((msg.data, worker)))
master.send_message("down", {"a": 1})
until(lambda: len(told) == 2)
print("to all", [data for data, _ in told])
told.clear()
master.send_message("down", "one", client_id=workers[1].client_id)
until(lambda: told)
print("to one", told[0][0], told[0][1] is workers[1])
told.clear()
workers[0].send_message("up", [1, 2])
until(lambda: told)
print("up", told[0][0], told[0][1] == workers[0].client_id)

master.start(4, spawn_rate=100)
until(lambda: len(master.clients.running) == 2 and master.state == "running")
print("target", dict(master.target_user_classes_count), master.target_user_count)
until(lambda: sum(one.user_count for one in master.clients.values()) == 4)
print("users", master.user_count, [one.user_count for one in workers])
for worker in workers:
    node = master.clients[worker.client_id]
    print("of one", sum(node.user_classes_count.values()), node.state)
until(lambda: master.stats.total.num_requests > 8)
print("counted", sorted(master.stats.entries))
master.stop()
until(lambda: not any(one.user_count for one in workers))
print("stopped", master.user_count, master.state)
sys.stdout.flush()
# Locust's quit waits for its workers, which are in this process, too.
os._exit(0)
