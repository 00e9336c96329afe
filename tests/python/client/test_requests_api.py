"""What a script written for requests finds on a session and a response."""

from typing import Any

import pytest
import requests

from locust_like._core import Recorder
from locust_like.client.response import Response
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.errors import HTTPError
from locust_like.events import Events


def failures(events: Events) -> dict[str, str]:
    """Return the failure texts by request name."""
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    return {error.name: error.text for error in recorder.collect().errors}


def test_parameters_of_a_session_are_merged_into_each_call(user: HttpSession) -> None:
    user.params = {"key": "k", "page": 1}
    assert user.get("/any").json()["path"] == "/any?key=k&page=1"
    changed = user.get("/any", params={"page": 2, "key": None, "new": [1, 2]})
    assert changed.json()["path"] == "/any?page=2&new=1&new=2"
    assert user.get("/any", params="a=1").json()["path"] == "/any?a=1"
    user.params["page"] = 3
    assert user.get("/any").json()["path"] == "/any?key=k&page=3"


def test_what_a_hook_returns_is_what_the_caller_gets(user: HttpSession, events: Events) -> None:
    def document(response: Any) -> Any:
        return response.json()

    def add(found: Any) -> None:
        found["added"] = True  # returns nothing: what it got goes on

    seen: Any = user.get("/any", hooks={"response": [document, add, dict]})
    assert (seen["path"], seen["added"]) == ("/any", True)
    failed: Any = user.get("/auth", hooks={"response": lambda response: response.status_code})
    assert failed == 401
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    assert {entry.name: entry.num_failures for entry in recorder.collect().entries} == {
        "/any": 0,
        "/auth": 1,
    }


def test_a_hook_sees_every_response_before_it_is_counted(user: HttpSession) -> None:
    seen: list[str] = []

    def note(response: Response, *_args: object, **_kwargs: object) -> None:
        seen.append(response.url.rpartition("/")[2])

    user.hooks["response"].append(note)
    user.get("/one")
    user.get("/two", hooks={"response": lambda r: seen.append("own " + r.url[-3:])})
    user.hooks = {"response": note}
    user.get("/three")
    assert seen == ["one", "own two", "three"]


@pytest.mark.parametrize("listened_to", [False, True])
def test_a_hook_that_raises_for_status_fails_the_call(
    user: HttpSession, events: Events, listened_to: bool
) -> None:
    outcomes: list[Any] = []
    if listened_to:
        events.request.add_listener(lambda exception, **_kwargs: outcomes.append(exception))

    def strict(response: Response) -> None:
        response.raise_for_status()
        raise HTTPError("status is fine, the rest is not")

    user.get("/any", hooks={"response": strict}, name="fine")
    user.get("/auth", hooks={"response": strict}, name="status")
    assert failures(events)["fine"] == ("HTTPError('status is fine, the rest is not')")
    assert "401" in failures(events)["status"]
    if listened_to:
        assert [type(outcome).__name__ for outcome in outcomes] == ["HTTPError", "HTTPError"]


def test_an_error_in_a_hook_reaches_the_task(user: HttpSession) -> None:
    with pytest.raises(ZeroDivisionError):
        user.get("/any", hooks={"response": lambda _response: 1 // 0})
    with pytest.raises(ValueError, match="only response hooks"):
        user.hooks = {"request": print}


def test_history_shows_each_hop(user: HttpSession, port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    response = user.get("/to?status=301&url=/to%3Furl=/any&head=X-Hop:1", allow_redirects=True)
    assert [hop.status_code for hop in response.history] == [301, 302]
    first, second = response.history
    assert first.url == f"{url}/to?status=301&url=/to%3Furl=/any&head=X-Hop:1"
    assert first.reason == "Moved Permanently"
    assert second.headers["location"] == "/any"
    assert (first.ok, first.is_redirect) == (True, True)
    assert response.url == f"{url}/any"
    assert not response.is_redirect


def test_a_redirect_that_was_not_followed_says_so(user: HttpSession) -> None:
    moved = user.get("/to?status=308&url=/any", allow_redirects=False)
    assert (moved.is_redirect, moved.is_permanent_redirect) == (True, True)
    found = user.get("/to?url=/any", allow_redirects=False)
    assert (found.is_redirect, found.is_permanent_redirect) == (True, False)
    assert found.history == []


def test_a_body_is_read_in_pieces_and_lines(user: HttpSession) -> None:
    response = user.get("/plain?body=one%0Atwo%0D%0Athree")
    assert list(response.iter_content(5)) == [b"one\nt", b"wo\r\nt", b"hree"]
    assert list(response.iter_content(None, decode_unicode=True)) == ["one\ntwo\r\nthree"]
    assert list(response.iter_lines()) == [b"one", b"two", b"three"]
    assert list(response.iter_lines(decode_unicode=True, delimiter="t")) == [
        "one\n",
        "wo\r\n",
        "hree",
    ]
    assert response.apparent_encoding == "ascii"
    response.close()


def test_links_of_a_response(user: HttpSession) -> None:
    response = user.get("/plain?head=Link:<http://a.test/2>;%20rel=next")
    assert response.links == {"next": {"url": "http://a.test/2", "rel": "next"}}


def test_several_content_encodings_are_one_list(user: HttpSession, events: Events) -> None:
    response = user.get("/plain?body=x&head=Content-Encoding:gzip&head=Content-Encoding:nope")
    assert response.content == b""
    assert response.error is not None
    assert 'unknown content coding "nope"' in str(response.error)


def test_the_fast_session_gives_lines(port: int, events: Events) -> None:
    session = FastHttpSession(f"http://127.0.0.1:{port}", events.request)
    assert list(session.iter_lines("/plain?body=a%0Ab")) == ["a", "b"]
    with pytest.raises(HTTPError):
        list(session.iter_lines("/auth"))
    session.close()


class TestExceptionsOfRequests:
    """`requests` is loaded here, so errors are of its classes, too."""

    def test_a_status(self, user: HttpSession) -> None:
        response = user.get("/auth")
        with pytest.raises(requests.HTTPError) as caught:
            response.raise_for_status()
        assert isinstance(caught.value, HTTPError)
        assert caught.value.response is response
        assert repr(caught.value).startswith("HTTPError('401 Client Error: Unauthorized")

    def test_a_body_that_is_no_json(self, user: HttpSession) -> None:
        with pytest.raises(requests.exceptions.JSONDecodeError):
            user.get("/plain?body=x").json()

    def test_a_redirect_that_leads_nowhere(self, user: HttpSession) -> None:
        assert isinstance(user.get("/to?url=/to%3Furl=ftp://x/").error, requests.TooManyRedirects)
