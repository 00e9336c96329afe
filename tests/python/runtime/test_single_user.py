"""One user in the calling thread, with a line for each request."""

import pytest

from locust_like.errors import StopTest, StopUser
from locust_like.events import Events
from locust_like.runtime.single_user import run_single_user
from locust_like.users.http_user import HttpUser
from locust_like.users.tasks import task
from locust_like.users.user import User


def test_it_fires_the_starting_events_and_prints_each_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    events, order = Events(), []
    events.init.add_listener(lambda **_: order.append("init"))
    events.test_start.add_listener(lambda **_: order.append("test_start"))

    class Caller(User):
        @task
        def call(self) -> None:
            self.environment.events.request.fire(
                request_type="RPC",
                name="add",
                response_time=1.25,
                response_length=3,
                exception=OSError("gone"),
            )
            raise StopUser

    run_single_user(Caller, include_length=True, events=events)
    assert order == ["init", "test_start"]
    assert capsys.readouterr().out == "RPC\tadd\t1.25 ms\t3 B\tOSError('gone')\n"


def test_it_prints_context_and_sent_body_and_ends_at_stop_test(
    capsys: pytest.CaptureFixture[str], target_url: str
) -> None:
    class Poster(HttpUser):
        host = target_url

        @task
        def post(self) -> None:
            self.client.post("/echo", data="name=ada", name="echo", context={"who": "ada"})
            raise StopTest

    run_single_user(Poster, False, True, True, True, loglevel=None, events=Events())
    method, name, time_ms, started_s, *rest = capsys.readouterr().out.strip().split("\t")
    assert (method, name, rest) == ("POST", "echo", ["{'who': 'ada'}", "b'name=ada'"])
    assert time_ms.endswith(" ms")
    assert float(started_s) > 0


def test_a_class_without_a_host_is_told_to_the_caller() -> None:
    class Homeless(HttpUser):
        @task
        def get(self) -> None:
            self.client.get("/")

    with pytest.raises(StopTest, match="specify the base host"):
        run_single_user(Homeless, loglevel=None, events=Events())
