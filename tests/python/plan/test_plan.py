"""From settings to a frozen plan."""

import dataclasses
from pathlib import Path

import pytest

from locust_like.errors import LocustfileError
from locust_like.plan.option import Value
from locust_like.plan.plan import RunPlan, make_plan
from locust_like.plan.sources import merge

LOCUSTFILE = """
from locust_like.users.http_user import HttpUser
from locust_like.users.user import User

class PlannedOne(HttpUser):
    pass

class PlannedTwo(User):
    pass
"""


def plan_of(tmp_path: Path, **given: Value) -> RunPlan:
    path = tmp_path / "planned.py"
    path.write_text(LOCUSTFILE)
    return make_plan(merge({"locustfile": str(path), **given}, {}))


def test_settings_arrive(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        num_users=5,
        spawn_rate=2.5,
        run_time=60.0,
        stop_timeout=3.0,
        tags=("a",),
        host="https://example.org",
        no_replace=True,
    )
    assert (plan.users, plan.spawn_rate_per_s, plan.run_time_s) == (5, 2.5, 60.0)
    assert (plan.stop_timeout_s, plan.tags, plan.host) == (3.0, ("a",), "https://example.org")
    assert not plan.replace_users
    assert plan.exit_code_on_error == 1


def test_picked_and_available_classes(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, user_classes=("PlannedTwo",))
    assert [cls.__name__ for cls in plan.user_classes] == ["PlannedTwo"]
    assert [cls.__name__ for cls in plan.available] == ["PlannedOne", "PlannedTwo"]


def test_without_a_time_limit(tmp_path: Path) -> None:
    assert plan_of(tmp_path).run_time_s is None


@pytest.mark.parametrize("host", ["example.org", "ftp://example.org", ""])
def test_an_http_user_needs_a_scheme(tmp_path: Path, host: str) -> None:
    with pytest.raises(LocustfileError, match="must start with http:// or https://"):
        plan_of(tmp_path, host=host)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("http://", "it needs a host"),
        ("http://:80", "it needs a host"),
        ("http://x:99999", "Port out of range"),
        ("http://a b/", "a space"),
        ("http://a/#/shop", "all that follows # would never be sent"),
    ],
)
def test_a_base_url_is_checked_before_the_run(tmp_path: Path, host: str, words: str) -> None:
    with pytest.raises(LocustfileError, match=f"--host .* is no base URL: .*{words}"):
        plan_of(tmp_path, host=host)


def test_the_host_of_a_class_is_checked_where_no_option_wins(tmp_path: Path) -> None:
    path = tmp_path / "hosted.py"
    path.write_text(LOCUSTFILE.replace("HttpUser):\n    pass", "HttpUser):\n    host = 'x.org'"))
    with pytest.raises(LocustfileError, match=r"host of PlannedOne 'x.org' is no base URL"):
        make_plan(merge({"locustfile": str(path)}, {}))
    assert make_plan(merge({"locustfile": str(path), "host": "http://x.org"}, {})).host


def test_the_host_of_a_class_is_a_text_or_a_property(tmp_path: Path) -> None:
    path = tmp_path / "odd_host.py"
    path.write_text(LOCUSTFILE.replace("HttpUser):\n    pass", "HttpUser):\n    host = 5"))
    with pytest.raises(LocustfileError, match="host of PlannedOne 5 is no base URL: it is no text"):
        make_plan(merge({"locustfile": str(path)}, {}))
    path.write_text(
        path.read_text().replace("host = 5", "host = property(lambda self: 'http://x')")
    )
    assert make_plan(merge({"locustfile": str(path)}, {})).user_classes


def test_other_protocols_have_hosts_of_their_own(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, host="broker:1883", user_classes=("PlannedTwo",))
    assert plan.host == "broker:1883"


def test_a_plan_is_frozen(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.users = 3  # type: ignore[misc]  # that it is refused is the test


def test_equal_weights(tmp_path: Path) -> None:
    path = tmp_path / "weighted.py"
    path.write_text(
        "from locust_like import User, task\n"
        "class Heavy(User):\n"
        "    weight = 5\n"
        "    @task(3)\n"
        "    def a(self): ...\n"
        "    @task\n"
        "    def b(self): ...\n"
    )
    plan = make_plan(merge({"locustfile": str(path), "equal_weights": True}, {}))
    (cls,) = plan.user_classes
    assert (cls.weight, len(cls.tasks)) == (1, 2)
