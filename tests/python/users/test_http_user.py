"""HTTP users: their hosts, their defaults, their client."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar

import gevent
import pytest
import requests
from gevent.pool import Group

from locust_like._core import Target
from locust_like.client.response import Response
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.errors import StopTest, StopUser
from locust_like.users.http_user import FastHttpUser, HttpUser, RequestsUser
from locust_like.users.tasks import task

from .conftest import QuietEnvironment


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    server = Target()
    yield server
    server.stop()


@pytest.fixture
def http_environment(environment: QuietEnvironment, target: Target) -> QuietEnvironment:
    environment.host = f"http://127.0.0.1:{target.port}"
    return environment


@pytest.mark.parametrize("cls", [HttpUser, FastHttpUser])
def test_a_host_is_needed(environment: QuietEnvironment, cls: type[HttpUser]) -> None:
    with pytest.raises(StopTest) as caught:
        cls(environment)
    assert str(caught.value) == (
        "You must specify the base host. Either in the host attribute in the User class, or on "
        "the command line using the --host option."
    )


def test_the_kinds_differ_in_verification_and_client(http_environment: QuietEnvironment) -> None:
    plain, fast = HttpUser(http_environment), FastHttpUser(http_environment)
    assert (type(plain.client), type(fast.client)) == (HttpSession, FastHttpSession)
    assert plain.client.verify is True
    assert fast.client.verify is False
    assert plain.client.base_url == http_environment.host


@pytest.mark.parametrize("mode", ["no_connection_reuse", "no_vu_connection_reuse"])
def test_an_option_turns_a_mode_on_for_the_users_of_its_run(
    http_environment: QuietEnvironment, mode: str
) -> None:
    http_environment.parsed_options = SimpleNamespace(**{mode: True})
    assert getattr(FastHttpUser(http_environment), mode) is True
    http_environment.parsed_options = SimpleNamespace(**{mode: False})
    assert getattr(FastHttpUser(http_environment), mode) is False


def test_requests_user_has_the_genuine_library(http_environment: QuietEnvironment) -> None:
    class Sdk(RequestsUser):
        default_headers = {"X-Team": "a"}  # noqa: RUF012 - as users write it
        max_redirects = 3
        tls_verify = "ca.pem"
        total_timeout = 5.0

    user = Sdk(http_environment)
    client = user.client
    assert isinstance(client, requests.Session)
    assert (client.verify, client.max_redirects, client.trust_env) == ("ca.pem", 3, False)
    assert client.headers["x-team"] == "a"
    assert client.base_url == http_environment.host
    assert client.get("/json").json()
    with user.rest("GET", "/json") as response:
        assert response.js
    assert client.user is user
    user.release()
    assert client.user is None


def test_the_option_gives_it_to_every_http_user(http_environment: QuietEnvironment) -> None:
    http_environment.parsed_options = SimpleNamespace(http_client="requests")
    assert isinstance(HttpUser(http_environment).client, requests.Session)
    assert type(FastHttpUser(http_environment).client) is FastHttpSession
    http_environment.parsed_options = SimpleNamespace(http_client="native")
    assert type(HttpUser(http_environment).client) is HttpSession


def test_without_the_library_there_is_a_sentence(
    http_environment: QuietEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "locust_like.client.requests_session", raising=False)
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(StopTest, match=r'pip install "locust_like\[requests\]"'):
        RequestsUser(http_environment)


def test_options_of_the_class_reach_the_client(http_environment: QuietEnvironment) -> None:
    class Careful(FastHttpUser):
        insecure = False
        max_redirects = 3
        default_headers = {"X-Team": "a"}  # noqa: RUF012 - as users write it

    client = Careful(http_environment).client
    assert (client.verify, client.max_redirects) == (True, 3)
    assert client.headers["x-team"] == "a"


def test_tls_options_of_the_class_reach_the_client(http_environment: QuietEnvironment) -> None:
    class Shown(HttpUser):
        tls_verify = "ca.pem"
        tls_cert = ("cert.pem", "key.pem")

    client = Shown(http_environment).client
    assert (client.verify, client.cert) == ("ca.pem", ("cert.pem", "key.pem"))

    class Fast(FastHttpUser):
        tls_verify = "ca.pem"

    assert Fast(http_environment).client.verify is False  # insecure wins

    class Careless(HttpUser):
        tls_verify = False

    http_environment.host = "https://127.0.0.1:1"
    Careless(http_environment)
    assert http_environment.events.request.unverified["Careless"]

    class Old(HttpUser):
        tls_min_version = "1.1"  # type: ignore[assignment]  # what the test is about

    with pytest.raises(ValueError, match=r"'1\.2' or '1\.3', not '1\.1'"):
        Old(http_environment)


def test_a_proxy_of_the_class_is_used_for_all(http_environment: QuietEnvironment) -> None:
    class Behind(FastHttpUser):
        proxy_host = "127.0.0.1"
        proxy_port = 1

    client = Behind(http_environment).client
    assert dict(client.proxies) == {"all": "http://127.0.0.1:1"}
    assert client.get("/").failure_code == "proxy"
    assert client.get("https://127.0.0.1:1/").failure_code == "proxy"


def test_users_of_one_class_share_their_profile(http_environment: QuietEnvironment) -> None:
    first, second = HttpUser(http_environment), HttpUser(http_environment)
    assert first.client.profile is second.client.profile
    first.client.headers["X"] = "1"
    assert first.client.profile is not second.client.profile


def test_a_task_calls_its_client(http_environment: QuietEnvironment) -> None:
    statuses: list[int] = []

    class Visitor(HttpUser):
        @task
        def visit(self) -> None:
            statuses.append(self.client.get("/").status_code)
            if len(statuses) == 3:
                raise StopUser

    Visitor(http_environment).run()
    assert statuses == [200] * 3


def test_rest_is_the_users_own_and_may_be_overridden(http_environment: QuietEnvironment) -> None:
    class Api(HttpUser):
        names: ClassVar[list[str]] = []

        @contextmanager
        def rest(self, method: str, url: str, *args: Any, **kwargs: Any) -> Iterator[Response]:
            self.names.append(kwargs.get("name", url).partition("=")[0])
            with super().rest(method, url, *args, **kwargs) as response:
                yield response

    user = Api(http_environment)
    with user.rest("GET", "/json") as plain, user.rest_("GET", "/json") as fresh:
        assert plain.js == fresh.js is not None
    assert user.names == ["/json", "/json?_"]


def test_many_users_take_turns_without_waits(http_environment: QuietEnvironment) -> None:
    counts: dict[int, int] = {}

    class Visitor(HttpUser):
        @task
        def visit(self) -> None:
            self.client.get("/")
            counts[id(self)] = counts.get(id(self), 0) + 1
            if counts[id(self)] == 20:
                raise StopUser

    group = Group()
    users = [Visitor(http_environment) for _ in range(20)]
    for user in users:
        user.start(group)
    group.join()
    assert list(counts.values()) == [20] * 20


def test_a_user_killed_in_a_call_runs_its_on_stop(http_environment: QuietEnvironment) -> None:
    steps: list[str] = []

    class Visitor(HttpUser):
        @task
        def visit(self) -> None:
            self.client.get("/delay/60000")
            steps.append("answered")

        def on_stop(self) -> None:
            steps.append(f"on_stop {self.client.get('/').status_code}")

    user = Visitor(http_environment)
    greenlet = user.start(Group())
    gevent.sleep(0)
    user.stop(force=True)
    greenlet.join()
    assert steps == ["on_stop 200"]
