"""Turns: a user that never waits lets others run."""

import gevent
from gevent.pool import Group

from locust_like.errors import StopUser
from locust_like.users.greenlets import Turn, give_way
from locust_like.users.tasks import task
from locust_like.users.user import User

from .conftest import QuietEnvironment


def test_users_of_one_thread_share_a_turn() -> None:
    assert Turn.of_this_thread() is Turn.of_this_thread()


def test_give_way_lets_a_ready_greenlet_run() -> None:
    ran: list[int] = []
    gevent.spawn(ran.append, 1)
    give_way()
    assert ran == [1]


def test_busy_users_take_turns_and_the_hub_runs(environment: QuietEnvironment) -> None:
    order: list[str] = []

    class Busy(User):
        name = ""

        @task
        def work(self) -> None:
            order.append(self.name)
            if len(order) > 40:
                raise StopUser

    group = Group()
    for name in ("a", "b"):
        user = Busy(environment)
        user.name = name
        user.start(group)
    group.join()
    assert abs(order.count("a") - order.count("b")) <= 2
