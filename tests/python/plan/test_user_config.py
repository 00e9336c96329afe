"""--config-users changes classes as Locust does."""

from pathlib import Path

import pytest

from locust_like.errors import SourceError
from locust_like.plan.user_config import configure_users
from locust_like.users.tasks import task
from locust_like.users.user import User


def make_class() -> type[User]:
    class Buyer(User):
        @task
        def look(self) -> None: ...

        @task(3)
        def buy(self) -> None: ...

    return Buyer


def test_attributes_and_tasks(tmp_path: Path) -> None:
    buyer = make_class()
    (tmp_path / "more.json").write_text('[{"user_class_name": "Buyer", "fixed_count": 2}]')
    text = '{"user_class_name": "Buyer", "weight": 7, "own": [1], "tasks": ["buy"]}'
    configure_users([buyer], [text, str(tmp_path / "more.json")])
    assert (buyer.weight, buyer.fixed_count) == (7, 2)
    assert buyer.own == [1]  # type: ignore[attr-defined]  # any key becomes an attribute
    assert [getattr(item, "__name__", "") for item in buyer.tasks] == ["buy"] * 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must be valid JSON: "),
        ("5", "5 is no JSON object"),
        ("{}", "must specify a user_class_name"),
        ('{"user_class_name": "Byer"}', "there is no user class Byer; there are Buyer"),
        ('{"user_class_name": "Buyer", "tasks": ["sell"]}', "names out of buy, look"),
        ("missing.json", "missing.json: cannot read the file: No such file or directory"),
    ],
)
def test_wrong_texts(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        configure_users([make_class()], [text])
