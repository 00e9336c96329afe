"""Lists and shares in Locust's forms."""

import json
from pathlib import Path

import pytest

from locust_like.cli.commands.listing import show
from locust_like.plan.option import Value
from locust_like.plan.plan import make_plan
from locust_like.plan.sources import merge
from locust_like.users.ratios import user_counts
from locust_like.users.user import User

LOCUSTFILE = """
from locust_like.users.tasks import task
from locust_like.users.tasksets import TaskSet
from locust_like.users.user import User

class Browsing(TaskSet):
    @task(3)
    def look(self): ...
    @task
    def open(self): ...

class Buyer(User):
    weight = 3
    tasks = [Browsing]
    @task
    def buy(self): ...

class Seller(User):
    @task
    def sell(self): ...
"""
TREES = """
 Task ratio per User class
--------------------------------------------------------------------------------
 75.0       Buyer
   50.0       Browsing
     75.0       look
     25.0       open
   50.0       buy
 25.0       Seller
   100.0      sell

 Total task ratio
--------------------------------------------------------------------------------
 75.0       Buyer
   37.5       Browsing
     28.1       look
     9.4        open
   37.5       buy
 25.0       Seller
   25.0       sell
"""


def shown(folder: Path, capsys: pytest.CaptureFixture[str], **given: Value) -> str:
    path = folder / "shown.py"
    path.write_text(LOCUSTFILE)
    assert show(make_plan(merge({"locustfile": str(path), **given}, {}))) == 0
    return capsys.readouterr().out


def test_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(tmp_path, capsys, list_commands=True, user_classes=("Seller",))
    assert text == "Available Users:\n    Buyer\n    Seller\n"


def test_users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(tmp_path, capsys, show_users=True, num_users=100).split("\n")
    assert [line.split() for line in lines[1:-1]] == [["Buyer", "75"], ["Seller", "25"]]


def test_trees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(tmp_path, capsys, show_task_ratio=True)
    assert "\n".join(line.rstrip() for line in text.split("\n")) == TREES


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shares = json.loads(shown(tmp_path, capsys, show_task_ratio_json=True, user_classes=("Buyer",)))
    assert shares["total"]["Buyer"]["ratio"] == 1
    assert shares["total"]["Buyer"]["tasks"]["Browsing"]["tasks"]["look"]["ratio"] == 0.375
    assert shares["per_class"]["Buyer"]["tasks"]["Browsing"]["tasks"]["look"]["ratio"] == 0.75


def test_fixed_counts_come_first() -> None:
    class Fixed(User):
        fixed_count = 4

    class Weighted(User):
        weight = 2

    assert user_counts([Fixed, Weighted], 10) == {"Fixed": 4, "Weighted": 6}
    assert user_counts([Fixed, Weighted], 3) == {"Fixed": 4, "Weighted": 0}
    assert user_counts([Weighted], None) == {"Weighted": 2}
    assert user_counts([Fixed], None) == {"Fixed": 4}
