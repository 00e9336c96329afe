"""The JSON interface over a real run."""

from argparse import Namespace
from typing import Any

import gevent
import msgspec
import pytest

from locust_like.plan.shapes import LoadTestShape, Tick
from locust_like.web import schemas
from locust_like.web.api import ROUTES
from locust_like.web.document import files, structs

from .conftest import Site


def done(reply: Any, kind: type) -> Any:
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return msgspec.json.decode(reply.get_data(), type=kind)


def test_a_run_from_start_to_stop(site: Site) -> None:
    client = site.client
    status = done(client.post("/api/v1/start", json={"users": 3}), schemas.RunStatus)
    assert (status.run, status.target_users) == (1, 3)
    while site.control.status().state != "running":
        gevent.sleep(0.001)
    preview = done(client.post("/api/v1/preview", json={"users": 5}), schemas.LoadPreview)
    assert preview.classes == {"Waiter": 5}
    stale = client.post("/api/v1/edit", json={"users": 4, "based_on": 0})
    assert stale.status_code == 409
    assert stale.get_json()["current"]["target_users"] == 3
    edited = client.post("/api/v1/edit", json={"users": 4, "based_on": status.version})
    assert done(edited, schemas.RunStatus).target_users == 4
    assert done(client.post("/api/v1/undo"), schemas.RunStatus).target_users == 3
    assert done(client.post("/api/v1/pause"), schemas.RunStatus).state == "paused"
    assert done(client.post("/api/v1/resume"), schemas.RunStatus).state != "paused"
    done(client.post("/api/v1/mark", json={"text": "deployed"}), schemas.RunStatus)
    history = done(client.get("/api/v1/history"), schemas.History)
    kinds = [note.kind for note in history.annotations if note.kind != "spawned"]
    assert kinds == ["start", "load", "load", "pause", "resume", "mark"]
    done(client.post("/api/v1/stop"), schemas.RunStatus)
    while site.control.status().state != "stopped":
        gevent.sleep(0.001)
    assert done(client.get("/api/v1/status"), schemas.RunStatus).ending == "stopped by api"


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.method == "GET" and "number" not in route.path],
    ids=lambda route: route.path,
)
def test_every_get_answers_its_type(site: Site, route: Any) -> None:
    if route.reply is not None:
        done(site.client.get(f"/api/v1{route.path}"), route.reply)


def test_one_endpoint_with_all_that_is_known(site: Site) -> None:
    for millis in range(1, 201):
        site.fire("/x", millis)
    site.fire("/x", 7, exception="boom")
    poll = done(site.client.get("/api/v1/poll"), schemas.Poll)
    assert poll.tick.names == [schemas.Name(0, "GET", "/x")]
    endpoint = done(site.client.get("/api/v1/endpoints/0"), schemas.Endpoint)
    assert (endpoint.row.requests, endpoint.row.failures) == (201, 1)
    assert sum(count for _, _, count in endpoint.histogram) == 201
    assert len(endpoint.histogram) <= 120
    assert [failure.occurrences for failure in endpoint.failures] == [1]
    snapshot = site.environment.stats.snapshot()
    assert endpoint.row.p95_ms == snapshot.total.percentile(0.95)


def test_failures_say_how_large_their_share_is(site: Site) -> None:
    for index in range(10):
        site.fire("/x", 5, exception="boom" if index < 4 else None)
    (failure,) = done(site.client.get("/api/v1/failures"), schemas.Failures).failures
    assert (failure.occurrences, failure.share) == (4, 0.4)
    assert "boom" in failure.text


def test_exceptions_have_first_and_last_seen(site: Site) -> None:
    runner = site.environment.runner
    assert runner is not None
    runner.log_exception("local", "boom", "")
    runner.log_exception("local", "boom", "")
    (error,) = done(site.client.get("/api/v1/exceptions"), schemas.ScriptErrors).exceptions
    assert error.count == 2
    assert 0 < error.first_seen_wall_s <= error.last_seen_wall_s


def test_hostile_names_are_data(site: Site) -> None:
    names = ["<script>alert(1)</script>", "=cmd()", "\u202eevil", "x" * 10_000]
    for name in names:
        site.fire(name)
    poll = done(site.client.get("/api/v1/poll"), schemas.Poll)
    told = [name.name for name in poll.tick.names]
    assert told[:3] == names[:3]
    reply = site.client.get("/stats/requests/csv")
    assert "'=cmd()" in reply.get_data(as_text=True)
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="Locust_')


def test_locusts_routes_have_locusts_json(site: Site) -> None:
    client = site.client
    form = {"user_count": "2", "spawn_rate": "1000", "host": "http://127.0.0.1:1"}
    reply = client.post("/swarm", data=form).get_json()
    assert reply == {"success": True, "message": "Swarming started", "host": "http://127.0.0.1:1"}
    site.fire("/x")
    site.ui.template_args["extended_stats"] = [{"key": "mine", "data": []}]
    stats = client.get("/stats/requests").get_json()
    assert stats["stats"][0]["name"] == "/x"
    assert stats["stats"][-1]["name"] == "Aggregated"
    assert stats["extended_stats"] == [{"key": "mine", "data": []}]
    assert client.get("/tasks").get_json()["per_class"]["Waiter"]["tasks"] == {
        "work": {"ratio": 1.0}
    }
    assert client.get("/exceptions").get_json() == {"exceptions": []}
    assert client.get("/logs").get_json() == {"master": [], "workers": {}}
    assert client.post("/stats/reset").get_data() == b"ok"
    assert client.post("/stop").get_json() == {"success": True, "message": "Test stopped"}
    wrong = client.post("/swarm", data={"user_count": "x"}).get_json()
    assert wrong["success"] is False


def test_the_generated_files_are_fresh(pytestconfig: pytest.Config) -> None:
    for name, text in files().items():
        assert (pytestconfig.rootpath / name).read_text(encoding="utf-8") == text, name


def test_every_type_is_documented() -> None:
    assert all(cls.__doc__ for cls in structs())


def test_a_run_follows_the_shape_that_was_chosen(site: Site) -> None:
    class Waves(LoadTestShape):
        def tick(self) -> Tick:
            return 3, 10_000

    environment, client = site.environment, site.client
    environment.available_shape_classes = {"Waves": Waves()}
    plan = client.get("/api/v1/plan").get_json()
    assert (plan["shapes"], plan["shape"]) == ([{"name": "Waves", "reads_load": False}], "")
    refused = client.post("/api/v1/start", json={"shape": "No"})
    assert (refused.status_code, refused.get_json()["field"]) == (400, "shape")
    started = client.post("/api/v1/start", json={"shape": "Waves"}).get_json()
    assert started["shape"] == "Waves"
    assert client.post("/api/v1/edit", json={"users": 9}).status_code == 400
    assert client.get("/api/v1/plan").get_json()["shape"] == "Waves"


def test_a_shape_that_reads_the_common_options_reads_what_was_typed(site: Site) -> None:
    class Typed(LoadTestShape):
        use_common_options = True

        def tick(self) -> Tick:
            options = site.environment.parsed_options
            return options.users, options.spawn_rate

    environment, client = site.environment, site.client
    environment.available_shape_classes = {"Typed": Typed()}
    environment.parsed_options = Namespace(users=1, num_users=1, spawn_rate=1.0, run_time=None)
    load = {"users": 7, "spawn_rate_per_s": 500.0, "run_time_s": 60}
    assert client.post("/api/v1/start", json={"shape": "Typed", **load}).status_code == 200
    assert environment.runner is not None
    assert environment.runner.target_user_count == 7
    assert environment.parsed_options.run_time == 60


def test_the_class_picker_chooses_the_load_shape(site: Site) -> None:
    class Waves(LoadTestShape):
        def tick(self) -> Tick:
            return (1, 10_000.0)

    environment, client = site.environment, site.client
    environment.available_shape_classes = {"Waves": Waves()}
    form = {"user_count": "2", "spawn_rate": "10000", "shape_class": "Waves"}
    assert client.post("/swarm", data=form).get_json()["success"]
    assert environment.shape_class is None  # without --class-picker nobody chooses
    client.post("/stop")
    environment.parsed_options = Namespace(class_picker=True)
    unknown = client.post("/swarm", data={**form, "shape_class": "No"}).get_json()
    assert unknown["message"] == "no locustfile has a load shape No"
    assert client.post("/swarm", data=form).get_json()["success"]
    chosen: object = environment.shape_class
    assert isinstance(chosen, Waves)
    edit = client.post("/swarm", data=form).get_json()
    assert edit["message"] == "a load shape decides on the load of this run"
