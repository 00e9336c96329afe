"""Every name of requests' session, response and request: here, or told why not."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from locust_like._core import Target
from locust_like.client.requests_names import OnlyInRequests, RequestsNames
from locust_like.client.session import HttpSession
from locust_like.events import Events

PREPARES = "requests are made in the core; change the arguments of the call"

# The whole difference. A name that is added here is told in docs/http.md, too.
SESSION: dict[str, str] = {
    **dict.fromkeys(("adapters", "get_adapter", "mount"), "the engine is the only transport"),
    **dict.fromkeys(("prepare_request", "send"), "a call is prepared and sent in one"),
    **dict.fromkeys(
        ("get_redirect_target", "rebuild_auth", "rebuild_method", "rebuild_proxies",
         "resolve_redirects", "should_strip_auth"),
        "redirects are followed in the core",
    ),
    "merge_environment_settings": "the environment is read by trust_env",
    "stream": "it is said for each call",
}  # fmt: skip
RESPONSE: dict[str, str] = {
    "next": "a prepared request; Location is in the headers",
}
REQUEST: dict[str, str] = {
    **dict.fromkeys(
        ("copy", "prepare", "prepare_auth", "prepare_body", "prepare_content_length",
         "prepare_cookies", "prepare_headers", "prepare_hooks", "prepare_method", "prepare_url"),
        PREPARES,
    ),
    **dict.fromkeys(("deregister_hook", "hooks", "register_hook"), "hooks are the session's"),
}  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[HttpSession]:
    server = Target()
    made = HttpSession(f"http://127.0.0.1:{server.port}", Events().request)
    yield made
    made.close()
    server.stop()


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def missing(theirs: object, ours: object) -> set[str]:
    return {name for name in public(theirs) if not hasattr(ours, name)}


def test_a_session_has_the_names_but_these(session: HttpSession) -> None:
    # One that came with a later release than the table is a gap to look at, too.
    assert missing(requests.Session(), session) - {"stream"} == set(SESSION) - {"stream"}


def test_a_response_has_the_names_but_these(session: HttpSession) -> None:
    assert missing(requests.Response(), session.get("/")) == set(RESPONSE)


def test_its_request_has_the_names_but_these(session: HttpSession) -> None:
    response = session.get("/json?a=1")
    assert missing(requests.PreparedRequest(), response.request) == set(REQUEST)
    assert response.request.path_url == "/json?a=1"


def test_every_parameter_of_a_call_is_taken(session: HttpSession) -> None:
    parameters = set(inspect.signature(requests.Session.request).parameters) - {
        "self", "method", "url", "allow_redirects", "timeout",
    }  # fmt: skip
    for name in sorted(parameters):
        given = True if name == "verify" else None
        assert session.request("GET", "/json", **{name: given}).ok, name
    assert session.request("GET", "/redirect/1", allow_redirects=False, timeout=5).is_redirect


def test_methods_take_what_theirs_take(session: HttpSession) -> None:
    response = session.get("/json")
    for name in ("iter_content", "iter_lines", "json", "raise_for_status", "close"):
        theirs = inspect.signature(getattr(requests.Response, name)).parameters
        ours = inspect.signature(getattr(response, name)).parameters
        assert set(theirs) - {"self"} <= set(ours), name


def test_a_name_that_is_not_here_says_where_it_is(session: HttpSession) -> None:
    told = {name for name, what in vars(RequestsNames).items() if isinstance(what, OnlyInRequests)}
    assert told == set(SESSION) - {"stream"}
    for name in told:
        with pytest.raises(AttributeError, match=rf"'{name}'.*--http-client requests"):
            getattr(session, name)


def test_what_is_not_here_is_documented(checkout: Path) -> None:
    text = (checkout / "docs/http.md").read_text()
    for name in {**SESSION, **RESPONSE, **REQUEST}:
        whole = name if not name.startswith("prepare_") or name == "prepare_request" else "prepare"
        assert f"`{whole}" in text, name


def test_a_session_and_a_response_are_used_as_theirs(session: HttpSession) -> None:
    with session as same:
        response = same.get("/bytes/300")
    assert same is session
    assert [len(piece) for piece in response] == [128, 128, 44]
    hop = session.get("/redirect/1").history[0]
    assert (hop.is_permanent_redirect, hop.status_code) == (False, 302)
    hop.raise_for_status()
