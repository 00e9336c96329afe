"""What an environment accepts, and that nothing of it is shared."""

from pathlib import Path

import pytest

from locust_like.runtime.environment import Environment
from locust_like.users.http_user import FastHttpUser, HttpUser
from locust_like.users.tasks import tag, task
from locust_like.users.tasksets import TaskSet
from locust_like.users.user import User

from .conftest import Waiter, until


def twin() -> type[User]:
    class Waiter(User):
        pass

    return Waiter


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"have the same class name: .*Waiter, .*twin\.Waiter"):
        Environment(user_classes=[Waiter, twin()])


def test_one_class_twice_is_fine_and_weight_zero_is_left_out() -> None:
    class Never(User):
        weight = 0

    class Fixed(User):
        weight = 0
        fixed_count = 1

    environment = Environment(user_classes=[Waiter, Never, Fixed])
    assert environment.user_classes == [Waiter, Fixed]
    assert environment.user_classes_by_name == {"Waiter": Waiter, "Fixed": Fixed}


def test_environments_share_nothing() -> None:
    first, second = Environment(), Environment()
    first.events.request.fire(
        request_type="RPC", name="add", response_time=1.0, response_length=2, exception=None
    )
    assert first.stats.num_requests == 1
    assert second.stats.num_requests == 0
    assert first.events is not second.events


def test_an_environment_has_one_runner() -> None:
    environment = Environment()
    runner = environment.create_local_runner()
    assert environment.runner is runner
    with pytest.raises(RuntimeError, match="already exists"):
        environment.create_local_runner()
    runner.quit()


def test_tags_choose_tasks_once() -> None:
    class Visitor(User):
        @tag("a")
        @task
        def tagged(self) -> None: ...

        @task
        def bare(self) -> None: ...

    environment = Environment(user_classes=[Visitor], tags=["a"])
    environment.filter_tasks()
    assert Visitor.tasks == [Visitor.tagged]
    Visitor.tasks = [Visitor.bare]
    environment.filter_tasks()
    assert Visitor.tasks == [Visitor.bare]


def test_who_does_not_verify_is_known() -> None:
    class Open(FastHttpUser):
        host = "https://127.0.0.1:1"

    class Plain(FastHttpUser):
        host = "http://127.0.0.1:1"

    class Verifying(HttpUser):
        host = "https://127.0.0.1:1"

    class Careless(Verifying):
        def on_start(self) -> None:
            self.client.verify = False

    environment = Environment(user_classes=[Open, Plain, Verifying, Careless])
    for cls in environment.user_classes:
        cls(environment).on_start()
    assert environment.unverified_users == ("Careless", "Open")


def test_what_listeners_raise_is_counted_by_kind() -> None:
    environment = Environment()

    @environment.events.test_start.add_listener
    def broken(**_: object) -> None:
        raise ValueError("no such thing")

    for _ in range(3):
        environment.events.test_start.fire(environment=environment)
    (row,) = environment.listener_exceptions.values()
    assert (row["count"], row["msg"]) == (3, "no such thing")
    assert "broken" in row["traceback"]
    assert environment.events.listener_failures == 3


def test_attributes_and_tasks_of_classes_can_be_changed() -> None:
    class Visitor(User):
        @task
        def look(self) -> None: ...

        @task(2)
        def buy(self) -> None: ...

    environment = Environment(user_classes=[Visitor])
    environment.update_user_class({"user_class_name": "Visitor", "weight": 5, "tasks": ["look"]})
    assert (Visitor.weight, Visitor.tasks) == (5, [Visitor.look])
    environment.update_user_class({"user_class_name": "Visitor", "tasks": ["look", "buy"]})
    assert Visitor.tasks == [Visitor.look, Visitor.buy, Visitor.buy]
    with pytest.raises(KeyError):
        environment.update_user_class({"user_class_name": "Nobody"})


def test_equal_weights_dissolve_task_sets() -> None:
    class Visitor(User):
        weight = 7

        @task(3)
        class Inner(TaskSet):
            @task(2)
            def deep(self) -> None: ...

        @task(4)
        def look(self) -> None: ...

    Environment(user_classes=[Visitor]).assign_equal_weights()
    assert Visitor.weight == 1
    assert set(Visitor.tasks) == {Visitor.look, Visitor.Inner.deep}
    assert len(Visitor.tasks) == 2


def test_what_scripts_look_up_is_kept() -> None:
    environment = Environment(profile="soak", available_user_classes={"Waiter": Waiter})
    assert (environment.profile, environment.parsed_locustfiles) == ("soak", None)
    environment.update_user_class({"user_class_name": "Waiter"})
    environment.update_worker_logs({"worker_id": "one", "logs": ["line"]})
    environment.update_worker_logs({"worker_id": ""})
    assert environment.worker_logs == {"one": ["line"]}


def test_classes_of_weight_zero_alone_are_refused() -> None:
    class Never(User):
        weight = 0

    with pytest.raises(ValueError, match="There are no users with weight > 0"):
        Environment(user_classes=[Never])


def test_a_master_and_a_worker_share_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made as in Locust's documentation, in one process, over real sockets."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    there, here = Environment(user_classes=[Waiter]), Environment(user_classes=[Waiter])
    master = there.create_master_runner("127.0.0.1", 0)
    worker = here.create_worker_runner("127.0.0.1", master.server.port)
    received: list[object] = []
    monkeypatch.setattr(here, "update_user_class", received.append)
    until(lambda: len(master.clients) == 1)
    master.start(2, spawn_rate=100)
    until(lambda: worker.user_count == 2)
    assert master.clients.all[0].state in ("spawning", "running")
    there.update_user_class({"user_class_name": "Waiter"})
    until(lambda: received)
    assert received == [{"user_class_name": "Waiter"}]
    master.quit()
    until(lambda: worker.user_count == 0)
    worker.quit()
