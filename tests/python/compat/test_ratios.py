"""Shares of tasks, as Locust's own tests ask for them."""

import json

import pytest

from locust_like.compat.ratios import get_ratio, print_task_ratio, print_task_ratio_json
from locust_like.users.tasks import task
from locust_like.users.tasksets import TaskSet
from locust_like.users.user import User


class Browsing(TaskSet):
    @task(3)
    def look(self) -> None: ...

    @task
    def open(self) -> None: ...


class Buyer(User):
    tasks = (Browsing,)

    @task
    def buy(self) -> None: ...


class Seller(User):
    @task
    def sell(self) -> None: ...


def test_shares_of_a_class() -> None:
    ratios = get_ratio([Buyer, Seller], {"Buyer": 3, "Seller": 1}, False)
    browsing = ratios["Buyer"]["tasks"]["Browsing"]
    assert (ratios["Buyer"]["ratio"], ratios["Seller"]["ratio"]) == (0.75, 0.25)
    assert browsing == {"ratio": 0.5, "tasks": {"look": {"ratio": 0.75}, "open": {"ratio": 0.25}}}


def test_shares_of_everything() -> None:
    ratios = get_ratio([Buyer, Seller], {"Buyer": 3, "Seller": 1}, True)
    assert ratios["Buyer"]["tasks"]["buy"]["ratio"] == 0.375
    assert ratios["Buyer"]["tasks"]["Browsing"]["tasks"]["look"]["ratio"] == 0.28125


def test_classes_without_users_have_no_share() -> None:
    assert get_ratio([Seller], {}, True)["Seller"]["ratio"] == 0


def test_they_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_task_ratio([Seller], 1, True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [["100.0", "Seller"], ["100.0", "sell"]]
    print_task_ratio_json([Seller], 1)
    printed = json.loads(capsys.readouterr().out)
    assert printed["per_class"] == printed["total"] == get_ratio([Seller], {"Seller": 1}, True)
