"""Locust's routes: what a form of `/swarm` means, `/user`, and files under Locust's names."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from locust_like.plan.arguments import describe
from locust_like.plan.parser import make_parser
from locust_like.runtime.control import Control
from locust_like.runtime.control_checks import Arguments, Load

from .conftest import MakeSite, Site, Waiter

LOAD = {"user_count": "2", "spawn_rate": "1000"}


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    tasks: Any = list(Waiter.tasks)
    yield
    Waiter.tasks = tasks


def swarm(site: Site, **form: Any) -> Any:
    return site.client.post("/swarm", data=form).get_json()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("user_count", "x", "(must be an integer)"),
        ("user_count", "1.5", "(must be an integer)"),
        ("user_count", "-1", "(must be an integer)"),
        ("spawn_rate", "x", "(must be a number above 0)"),
        ("spawn_rate", "0", "(must be a number above 0)"),
        ("spawn_rate", "nan", "(must be a number above 0)"),
        ("run_time", "abc", "(must be a time: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.)"),
    ],
)
def test_what_is_no_number_is_refused_in_locusts_words(
    site: Site, field: str, text: str, words: str
) -> None:
    site.environment.host = "http://h"
    for _ in ("before a run", "during a run"):
        reply = swarm(site, **{**LOAD, field: text})
        message = f"Invalid {field} value: {text!r} {words}"
        assert reply == {"success": False, "message": message, "host": "http://h"}
        assert swarm(site, **LOAD)["success"]


def test_the_reply_has_what_was_taken(site: Site) -> None:
    reply = swarm(site, **LOAD, run_time="1m", profile="night", user_classes="Nobody")
    assert reply == {
        "success": True, "message": "Swarming started", "host": None, "run_time": 60,
    }  # fmt: skip
    assert site.environment.profile == "night"
    # The form of a run that is active has no say in these.
    assert "run_time" not in swarm(site, **LOAD, run_time="1m", profile="day")
    assert site.environment.profile == "night"


def test_with_the_class_picker_classes_are_chosen(site: Site) -> None:
    site.environment.parsed_options = Namespace(class_picker=True)
    reply = swarm(site, **LOAD, user_classes=["Waiter", "Nobody"])
    assert reply["message"] == "there is no user class Nobody; there are Waiter"
    assert swarm(site, **LOAD, user_classes=["Waiter"])["user_classes"] == ["Waiter"]


def test_arguments_are_read_as_what_they_are(make_site: MakeSite) -> None:
    site = make_site()
    parser = make_parser(str)
    actions = {
        "flag": parser.add_argument("--flag", action="store_true"),
        "many": parser.add_argument("--many", nargs="*", choices=["a", "b"]),
        "count": parser.add_argument("--count", type=int),
        "word": parser.add_argument("--word"),
    }
    options = Namespace(flag=False, many=[], count=1, word="")
    known = {name: describe(action) for name, action in actions.items()}
    control = Control(
        site.environment,
        available=[Waiter],
        load=Load(1, 1000, None),
        arguments=Arguments(known, options),
    )
    site.control._arguments = control._arguments
    assert swarm(site, **LOAD, flag="true", many="a,b", count="7", word="w", stranger="x")[
        "success"
    ]
    assert options == Namespace(flag=True, many=["a", "b"], count=7, word="w")
    site.client.post("/stop")
    assert swarm(site, **LOAD, flag="false", many=["b"])["success"]
    assert options == Namespace(flag=False, many=["b"], count=7, word="w")
    site.client.post("/stop")
    assert swarm(site, **LOAD, flag="perhaps")["message"] == "flag cannot be 'perhaps'"


def test_user_changes_attributes_of_a_class(site: Site) -> None:
    client = site.client
    changed = client.post("/user", json={"user_class_name": "Waiter", "weight": 3, "tasks": []})
    assert (changed.status_code, changed.get_json()) == (201, {})
    assert (Waiter.weight, Waiter.tasks) == (3, [])
    wrong: list[Any] = [
        {"user_class_name": "Nobody"},
        {"weight": 1},
        [],
        {"user_class_name": "Waiter", "__module__": "x"},
        {"user_class_name": "Waiter", "tasks": "work"},
    ]
    for said in wrong:
        reply = client.post("/user", json=said)
        assert reply.status_code == 400, said
        assert reply.get_json()["problem"]
    assert client.post("/user", data="no JSON").status_code == 400


def test_files_have_locusts_names(site: Site) -> None:
    site.environment.host = "http://ä b/\r\n"
    site.environment.locustfile = "x.py"
    for path, ending in (
        ("/stats/requests/csv", "_requests.csv"),
        ("/stats/failures/csv", "_failures.csv"),
        ("/exceptions/csv", "_exceptions.csv"),
        ("/stats/report?download=1", ".html"),
    ):
        reply = site.client.get(path)
        if reply.status_code == 503:  # the page is not built
            continue
        name = reply.headers["Content-Disposition"]
        assert name.startswith('attachment; filename="Locust_20'), name
        assert name.endswith(f'_x.py_http_b_{ending}"'), name


def test_the_full_history_is_a_file_of_the_run(site: Site, tmp_path: Path) -> None:
    client, path = site.client, "/stats/requests_full_history/csv"
    assert client.get(path).status_code == 404
    (tmp_path / "run_stats_history.csv").write_text("Timestamp\n1\n")
    options = Namespace(csv_prefix=str(tmp_path / "run"), stats_history_enabled=True)
    site.environment.parsed_options = options
    reply = client.get(path)
    assert (reply.mimetype, reply.text) == ("text/csv", "Timestamp\n1\n")
    (tmp_path / "run_stats_history.csv").unlink()
    assert client.get(path).status_code == 404


def test_only_a_master_tells_of_workers(site: Site) -> None:
    told = site.client.get("/stats/requests").get_json()
    assert not {"workers", "worker_count"} & set(told)
    assert told["stats"][-1]["method"] == ""
    site.environment.update_worker_logs({"worker_id": "w1", "logs": ["a line"]})
    assert site.client.get("/logs").get_json()["workers"] == {"w1": ["a line"]}


def test_without_a_login_there_is_no_login_page(site: Site) -> None:
    reply = site.client.get("/login")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
