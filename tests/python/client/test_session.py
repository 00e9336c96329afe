"""The session against a real server: what is sent, how it is named, counted and told."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import gevent
import pytest

from locust_like._core import Recorder, Target
from locust_like.client.response import Response
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.errors import CatchResponseError, ConnectError, LocustError, ResponseError
from locust_like.events import Events


def rows(events: Events) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Return (requests, failures, cancelled) by (method, name)."""
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    return {
        (entry.method, entry.name): (entry.num_requests, entry.num_failures, entry.num_cancelled)
        for entry in recorder.collect().entries
    }


def echoed(session: HttpSession, **kwargs: Any) -> dict[str, Any]:
    """Return what the server saw of a POST: method, target, headers (lower case), body."""
    seen: dict[str, Any] = json.loads(session.post("/echo", **kwargs).text)
    seen["headers"] = {name.lower(): value for name, value in dict(seen["headers"]).items()}
    return seen


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_every_verb_is_one_row(session: HttpSession, events: Events, verb: str) -> None:
    response = getattr(session, verb)("/")
    assert response.status_code == 200
    assert isinstance(response, Response)
    assert rows(events) == {(verb.upper(), "/"): (1, 0, 0)}


def test_default_headers_are_sent(session: HttpSession) -> None:
    headers = echoed(session)["headers"]
    assert headers["user-agent"].startswith("locust_like/")
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert headers["accept"] == "*/*"


def test_changed_headers_take_effect_at_the_next_call(session: HttpSession) -> None:
    session.headers["X-Token"] = "1"
    session.headers.update({"accept": "text/html"})
    del session.headers["User-Agent"]
    headers = echoed(session)["headers"]
    assert (headers["x-token"], headers["accept"]) == ("1", "text/html")
    assert "user-agent" not in headers
    assert "x-token" in session.headers


def test_headers_of_one_call_hold_for_that_call(session: HttpSession) -> None:
    assert echoed(session, headers={"Accept": "a/b", "X-One": "1"})["headers"]["accept"] == "a/b"
    headers = echoed(session)["headers"]
    assert headers["accept"] == "*/*"
    assert "x-one" not in headers


def test_json_and_forms_arrive(session: HttpSession) -> None:
    seen = echoed(session, json={"foo": "bar"})
    assert seen["body"] == '{"foo": "bar"}'
    assert seen["headers"]["content-type"] == "application/json"
    seen = echoed(session, data={"a": "1", "b": ["2", "3"]})
    assert seen["body"] == "a=1&b=2&b=3"
    assert seen["headers"]["content-type"] == "application/x-www-form-urlencoded"


def test_credentials_are_sent_and_can_be_changed(base_url: str, events: Events) -> None:
    url = base_url.replace("//", "//Aladdin:open%20sesame@")
    session = HttpSession(url, events.request)
    assert session.base_url == base_url
    assert echoed(session)["headers"]["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    session.auth = ("u", "p")
    assert echoed(session)["headers"]["authorization"] == "Basic dTpw"
    session.auth = None
    assert "authorization" not in echoed(session)["headers"]


def test_params_are_part_of_the_url_and_of_the_name(session: HttpSession, events: Events) -> None:
    response = session.get("/", params={"q": "x y"})
    assert response.url.endswith("/?q=x+y")
    assert rows(events) == {("GET", "/?q=x+y"): (1, 0, 0)}


def test_names_group_calls(session: HttpSession, events: Events) -> None:
    session.get("/bytes/1", name="/bytes/[n]")
    with session.rename_request("renamed"):
        session.get("/bytes/2")
        session.get("/bytes/3", name="/bytes/[n]")
    session.get("/bytes/4")
    assert rows(events) == {
        ("GET", "/bytes/[n]"): (2, 0, 0),
        ("GET", "renamed"): (1, 0, 0),
        ("GET", "/bytes/4"): (1, 0, 0),
    }


def test_fast_sessions_leave_params_out_of_the_name(base_url: str, events: Events) -> None:
    session = FastHttpSession(base_url, events.request)
    assert session.get("/?token=abc", params={"q": 1}).url.endswith("/?token=abc&q=1")
    session.get("/?token=abc", params=[("q", 1)])
    session.get("/", params={"q": 1}, name="given")
    session.request_name = "set"
    session.get("/", params={"q": 1})
    names = {name for _, name in rows(events)}
    assert names == {"/?token=***", "given", "set"}


def test_fast_sessions_name_by_the_url_as_passed(base_url: str, events: Events) -> None:
    session = FastHttpSession(base_url, events.request)
    session.get(f"{base_url}/json?a=1")
    HttpSession(base_url, events.request).get(f"{base_url}/json?a=1")
    assert rows(events) == {
        ("GET", f"{base_url}/json?a=1"): (1, 0, 0),
        ("GET", "/json?a=1"): (1, 0, 0),
    }


def test_a_bad_status_is_a_failure_and_raises_nothing(session: HttpSession, events: Events) -> None:
    assert not session.get("/status/404")
    assert rows(events) == {("GET", "/status/404"): (1, 1, 0)}


def test_redirects_are_one_row_with_the_first_name(session: HttpSession, events: Events) -> None:
    response = session.get("/redirect/2")
    assert response.status_code == 200
    assert len(response.history) == 2
    assert rows(events) == {("GET", "/redirect/2"): (1, 0, 0)}
    assert session.get("/redirect/2", allow_redirects=False).is_redirect
    assert session.head("/redirect/2").is_redirect
    assert session.head("/redirect/2", allow_redirects=True).ok


@pytest.fixture
def dead_url() -> Iterator[str]:
    """A port where nobody listens, for as long as the test runs."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_refused_connection_is_a_failure_with_its_reason(dead_url: str, events: Events) -> None:
    response = HttpSession(dead_url, events.request).get("/")
    assert (response.status_code, response.content) == (0, None)
    assert isinstance(response.error, ConnectError)
    assert "refused" in str(response.error).lower()
    assert rows(events) == {("GET", "/"): (1, 1, 0)}
    with pytest.raises(ConnectionError):
        response.raise_for_status()


def test_a_url_with_a_scheme_is_never_joined(session: HttpSession, base_url: str) -> None:
    assert session.get(base_url.replace("http:", "HTTP:") + "/json").url == f"{base_url}/json"
    for url in ("ftp://x/", "file:///etc/passwd"):
        with pytest.raises(ValueError, match=f'"{url}": the scheme is neither http nor https'):
            session.get(url, auth=("user", "password"))


def test_a_timeout_that_is_no_number_is_named(session: HttpSession) -> None:
    with pytest.raises(TypeError, match="timeout must be a number of seconds or None, not 'x'"):
        session.get("/", timeout="x")


def test_a_timeout_of_one_call(session: HttpSession) -> None:
    late = session.get("/delay/2000", timeout=0.05)
    assert repr(late.error).startswith("RequestTimeoutError")
    assert session.get("/delay/1").ok


@pytest.mark.parametrize(
    ("url", "kwargs"),
    [("ftp://host/", {}), ("/", {"headers": {"X": "a\r\nb"}}), ("/", {"headers": {"a b": "c"}})],
)
def test_what_cannot_be_sent_is_the_scripts_mistake(
    session: HttpSession, events: Events, url: str, kwargs: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        session.get(url, **kwargs)
    assert rows(events) == {}


class TestCatchResponse:
    def test_the_script_decides(self, session: HttpSession, events: Events) -> None:
        with session.get("/status/404", name="a", catch_response=True) as response:
            response.success()
        with session.get("/", name="b", catch_response=True) as response:
            response.failure("wrong")
        with session.get("/", name="c", catch_response=True) as response:
            response.failure("first")
            response.success()
        with session.get("/status/500", name="d", catch_response=True):
            pass
        assert rows(events) == {
            ("GET", "a"): (1, 0, 0),
            ("GET", "b"): (1, 1, 0),
            ("GET", "c"): (1, 0, 0),
            ("GET", "d"): (1, 1, 0),
        }

    def test_response_error_is_a_failure_and_ends_there(
        self, session: HttpSession, events: Events
    ) -> None:
        with session.get("/", catch_response=True):
            raise ResponseError("bad")
        assert rows(events) == {("GET", "/"): (1, 1, 0)}

    def test_another_exception_propagates_and_the_call_is_cancelled(
        self, session: HttpSession, events: Events
    ) -> None:
        with pytest.raises(KeyError), session.get("/", catch_response=True):
            raise KeyError("x")
        assert rows(events) == {("GET", "/"): (0, 0, 1)}

    def test_raise_for_status_honours_what_the_script_said(self, session: HttpSession) -> None:
        with session.get("/status/404", catch_response=True) as response:
            response.success()
            response.raise_for_status()
            response.failure("no")
            with pytest.raises(CatchResponseError, match="no"):
                response.raise_for_status()

    def test_a_verdict_needs_catch_response_and_the_block(self, session: HttpSession) -> None:
        with session.get("/") as response, pytest.raises(LocustError, match="catch_response"):
            response.failure("x")
        with pytest.raises(LocustError, match="with-block"):
            session.get("/", catch_response=True).success()

    def test_request_meta_changes_what_is_counted(
        self, session: HttpSession, events: Events
    ) -> None:
        seen: list[dict[str, Any]] = []
        events.request.add_listener(lambda **payload: seen.append(payload))
        with session.get("/", catch_response=True) as response:
            meta = response.request_meta
            assert meta["name"] == "/"
            meta["name"], meta["response_time"] = "renamed", 1234.0
            meta["context"]["order"] = 7
            meta["extra"] = "told"
            meta["exception"] = "wrong"
        assert rows(events) == {("GET", "renamed"): (1, 1, 0)}
        (payload,) = seen
        assert (payload["name"], payload["response_time"]) == ("renamed", 1234.0)
        assert payload["context"]["order"] == 7
        assert payload["extra"] == "told"
        assert isinstance(payload["exception"], CatchResponseError)


class Person:
    """A user as far as a session knows."""

    def context(self) -> dict[str, object]:
        return {"who": "me", "order": 0}


def test_listeners_get_all_keywords(base_url: str, events: Events) -> None:
    seen: list[dict[str, Any]] = []
    events.request.add_listener(lambda **payload: seen.append(payload))
    session = HttpSession(base_url, events.request, Person())
    response = session.get("/bytes/7", context={"order": 7})
    (payload,) = seen
    assert set(payload) == {
        "request_type",
        "name",
        "response_time",
        "response_length",
        "response",
        "context",
        "exception",
        "start_time",
        "url",
    }
    assert (payload["request_type"], payload["name"]) == ("GET", "/bytes/7")
    assert payload["response_length"] == 7
    assert payload["response"] is response
    assert payload["context"] == {"who": "me", "order": 7}
    assert payload["exception"] is None
    assert payload["url"] == f"{base_url}/bytes/7"
    assert payload["response_time"] == pytest.approx(response.response_time_ms)


def test_listeners_get_the_exception_of_a_failure(session: HttpSession, events: Events) -> None:
    seen: list[BaseException] = []
    events.request.add_listener(lambda exception, **_: seen.append(exception))
    session.get("/status/404", name="item")
    assert repr(seen[0]) == "HTTPError('404 Client Error: Not Found for url: item')"


def test_a_listener_may_wait(session: HttpSession, events: Events) -> None:
    told: list[str] = []

    @events.request.add_listener
    def waits(name: str, **_kwargs: object) -> None:
        gevent.sleep(0)
        told.append(name)

    gevent.joinall([gevent.spawn(session.get, f"/bytes/{n}") for n in range(50)])
    assert sorted(told) == sorted(f"/bytes/{n}" for n in range(50))
    assert all(row == (1, 0, 0) for row in rows(events).values())


def test_calls_of_several_greenlets_run_at_once(session: HttpSession, events: Events) -> None:
    jobs = [gevent.spawn(session.get, "/delay/50") for _ in range(10)]
    gevent.joinall(jobs)
    assert [job.value.status_code for job in jobs] == [200] * 10
    assert rows(events) == {("GET", "/delay/50"): (10, 0, 0)}


@pytest.mark.parametrize("turns", range(8))
def test_a_greenlet_killed_at_any_moment_leaves_one_row(
    session: HttpSession, events: Events, turns: int
) -> None:
    job = gevent.spawn(session.get, "/delay/20")
    for _ in range(turns):
        gevent.sleep(0)
    job.kill()
    assert session.get("/", name="after").ok
    found = rows(events)
    assert found.pop(("GET", "after")) == (1, 0, 0)
    assert sum(sum(row) for row in found.values()) <= 1
    assert sum(row[0] for row in found.values()) == 0


def test_a_gevent_timeout_around_a_call_leaves_one_cancelled_row(
    session: HttpSession, events: Events
) -> None:
    with gevent.Timeout(0.02, exception=False):
        session.get("/delay/1000")
    assert session.get("/", name="after").ok
    assert rows(events) == {("GET", "/delay/1000"): (0, 0, 1), ("GET", "after"): (1, 0, 0)}


def test_an_unverified_call_is_remembered_for_the_reports(
    session: HttpSession, events: Events
) -> None:
    assert events.request.unverified == {}
    session.get("/", verify=False)
    assert events.request.unverified == {"HttpSession": False}


def test_verification_of_one_call_does_not_change_the_session(session: HttpSession) -> None:
    profile = session.profile
    assert session.get("/", verify=False).ok
    assert session.profile is profile
    assert session.verify is True


def test_the_servers_count_is_ours(target: Target, session: HttpSession, events: Events) -> None:
    before = target.counters()["requests"]
    for _ in range(20):
        session.get("/json")
    assert target.counters()["requests"] - before == 20
    assert rows(events) == {("GET", "/json"): (20, 0, 0)}
