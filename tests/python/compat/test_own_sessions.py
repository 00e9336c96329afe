"""Sessions that scripts make by hand, and servers that share the thread with their client."""

from collections.abc import Iterator
from typing import Any

import pytest
from gevent.pywsgi import WSGIServer

from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.events import Events
from locust_like.runtime.environment import Environment
from locust_like.users.http_user import FastHttpUser, HttpUser
from locust_like.users.user import User

APP_REPLY = b'{"answer": 42}'


@pytest.fixture
def base_url() -> Iterator[str]:
    """Serve from a greenlet of this very thread."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("404 Not Found" if environ["PATH_INFO"] == "/no" else "200 OK", [])
        return [APP_REPLY]

    server = WSGIServer(("127.0.0.1", 0), app, log=None)
    server.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop()


@pytest.mark.parametrize("make", [HttpSession, FastHttpSession])
def test_a_session_counts_in_the_event_that_it_was_given(
    make: type[HttpSession], base_url: str
) -> None:
    environment = Environment()
    told: list[dict[str, Any]] = []
    environment.events.request.add_listener(lambda **payload: told.append(payload))
    session = make(base_url, environment.events.request, None)
    assert session.get("/", name="front").json() == {"answer": 42}
    assert session.get("/no").status_code == 404
    assert environment.stats.get("front", "GET").num_requests == 1
    assert environment.stats.num_failures == 1
    assert [payload["name"] for payload in told] == ["front", "/no"]


def test_a_session_works_without_an_environment(base_url: str) -> None:
    events = Events()
    session = HttpSession(base_url=base_url, request_event=events.request, user=None)
    assert session.get("/").ok
    assert events.request.recorder is not None


def test_a_second_client_of_a_user(base_url: str) -> None:
    class Visitor(User):
        def __init__(self, environment: Any) -> None:
            super().__init__(environment)
            self.client = HttpSession(base_url, environment.events.request, self)

        def context(self) -> dict[str, object]:
            return {"who": "me"}

    environment = Environment(user_classes=[Visitor])
    contexts: list[object] = []
    environment.events.request.add_listener(lambda context, **_: contexts.append(context))
    Visitor(environment).client.get("/")
    assert contexts == [{"who": "me"}]
    assert environment.stats.num_requests == 1


def test_locusts_parameters_of_a_fast_session(base_url: str) -> None:
    events = Events()
    session = FastHttpSession(
        base_url,
        events.request,
        None,
        True,
        None,
        None,
        network_timeout=5.0,
        connection_timeout=6.0,
        concurrency=3,
        max_retries=1,
        headers={"X-Mine": "1"},
    )
    settings = session._settings
    assert (settings.verify, settings.read_timeout_s, settings.connect_timeout_s) == (False, 5, 6)
    assert settings.max_connections == 3
    assert session.get("/").request.headers["X-Mine"] == "1"
    assert FastHttpSession(None, events.request, None, insecure=False)._settings.verify is True
    assert HttpSession(base_url, events.request, None, pool_manager=None).get("/").ok  # type: ignore[call-arg]


def fail(text: str) -> None:
    """Raise what `assert` raises; pytest would rewrite the statement."""
    raise AssertionError(text)


@pytest.mark.parametrize("base", [HttpUser, FastHttpUser])
def test_rest_on_users_can_be_overridden(base: Any, base_url: str) -> None:
    class Visitor(base):  # type: ignore[misc]  # one test for both
        host = base_url
        calls: list[str] = []  # noqa: RUF012 - one for all

        def rest(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            self.calls.append(url.partition("=")[0])
            return super().rest(method, url, *args, **kwargs)

    environment = Environment(user_classes=[Visitor])
    user = Visitor(environment)
    with user.rest("GET", "/a") as response:
        assert response.js["answer"] == 42
    with user.rest_("GET", "/b") as response:
        fail("wrong," if response.js else "")
    assert Visitor.calls == ["/a", "/b?_"]
    (error,) = environment.stats.errors.values()
    assert error.to_name() == """GET /b?_=...: wrong, response was {"answer": 42}"""
