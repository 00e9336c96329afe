"""`UsersDispatcher` gives the steps that Locust's does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from locust_like.compat.dispatcher import UsersDispatcher
from locust_like.runtime.clients import WorkerNode
from locust_like.users.user import User

SAME_IN_BOTH = """
import json
from locust import User
from locust.dispatch import UsersDispatcher
from locust.runners import WorkerNode

class A(User):
    weight = 3
class B(User):
    weight = 2
class C(User):
    fixed_count = 2
workers = [WorkerNode("one_1"), WorkerNode("one_2"), WorkerNode("two_1")]
dispatcher = UsersDispatcher(worker_nodes=workers, user_classes=[A, B, C])
steps = []
for target, rate in ((9, 3), (13, 100), (13, 1), (4, 4.5), (0, 10)):
    dispatcher.new_dispatch(target_user_count=target, spawn_rate=rate)
    dispatcher._wait_between_dispatch = 0
    steps.append(list(dispatcher))
    steps.append([dispatcher.get_current_user_count(), dispatcher.dispatch_in_progress])
print(json.dumps(steps))
"""


class Visitor(User):
    pass


class Buyer(User):
    pass


def test_the_steps_of_ramps_are_locusts(real_locust: Path) -> None:
    ours = f"from locust_like import compat\ncompat.install()\n{SAME_IN_BOTH}"
    mine, theirs = (
        json.loads(
            subprocess.run([str(p), "-c", code], capture_output=True, text=True, check=True).stdout
        )
        for p, code in ((sys.executable, ours), (real_locust, SAME_IN_BOTH))
    )
    assert mine == theirs


def test_wrong_numbers_are_refused() -> None:
    dispatcher = UsersDispatcher([WorkerNode("one")], [Visitor])
    for count, rate, text in (
        (-1, 1.0, "target_user_count must be >= 0, got -1"),
        (1, 0.0, "spawn_rate must be > 0, got 0.0"),
        (1, float("inf"), "spawn_rate must be a finite number, got inf"),
    ):
        with pytest.raises(ValueError, match=text):
            dispatcher.new_dispatch(count, rate)


def test_workers_that_come_and_go_share_the_users() -> None:
    one, two = WorkerNode("one"), WorkerNode("two")
    dispatcher = UsersDispatcher([one], [Visitor])
    dispatcher.new_dispatch(4, 100)
    assert list(dispatcher) == [{"one": {"Visitor": 4}}]
    dispatcher.add_worker(two)
    dispatcher.new_dispatch(4, 100)
    assert list(dispatcher)[-1] == {"one": {"Visitor": 2}, "two": {"Visitor": 2}}
    dispatcher.remove_worker(one)
    dispatcher.new_dispatch(4, 100)
    assert list(dispatcher)[-1] == {"two": {"Visitor": 4}}


def test_a_ramp_may_choose_other_classes() -> None:
    dispatcher = UsersDispatcher([WorkerNode("one")], [Visitor, Buyer])
    dispatcher.new_dispatch(2, 100, user_classes=[Buyer])
    assert list(dispatcher)[-1] == {"one": {"Buyer": 2, "Visitor": 0}}
