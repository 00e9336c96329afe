"""One user in the calling thread, with a line for each request."""

import pytest

from locust_like.errors import StopUser
from locust_like.events import Events
from locust_like.runtime.single_user import run_single_user
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
