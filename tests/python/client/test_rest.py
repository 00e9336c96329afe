"""Calls that judge themselves; the texts are Locust's."""

import pytest

from locust_like._core import Recorder
from locust_like.client.session import HttpSession
from locust_like.events import Events


def texts(events: Events) -> list[str]:
    """Return the failure texts counted so far."""
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    return [error.text for error in recorder.collect().errors]


def test_json_goes_out_and_comes_back(user: HttpSession, events: Events) -> None:
    with user.rest("POST", "/items", json={"a": 1}) as response:
        assert response.js["body"] == '{"a": 1}'
        assert response.js["headers"]["accept"] == "application/json"
        assert response.js["headers"]["content-type"] == "application/json"
    with user.rest("GET", "/items", headers={"accept": "text/html"}) as response:
        assert response.js["headers"]["accept"] == "text/html"
    assert texts(events) == []


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("no id", "no id"),
        ("no id,", "no id, response was true"),
        (None, "Assertion failed"),
    ],
)
def test_an_assertion_is_a_failure(
    user: HttpSession, events: Events, message: str | None, text: str
) -> None:
    def judge() -> None:
        raise AssertionError(*([] if message is None else [message]))

    with user.rest("GET", "/plain?body=true"):
        judge()
    assert len(texts(events)) == 1
    assert text in texts(events)[0]


def test_any_other_exception_is_a_failure_with_its_place(user: HttpSession, events: Events) -> None:
    with user.rest("GET", "/plain?body={}") as response:
        response.js["missing"]
    assert texts(events)[0].count("KeyError: 'missing' at ") == 1
    assert "test_rest.py" in texts(events)[0]
    assert " in test_any_other_exception_is" in texts(events)[0]
    assert "Response was {}" in texts(events)[0]
    assert "rest.py:" not in texts(events)[0].replace("test_rest.py:", "")


def test_a_body_that_is_no_json_is_a_failure(user: HttpSession, events: Events) -> None:
    with user.rest("GET", "/plain?body=oops") as response:
        assert response.js is None
    assert "Could not parse response as JSON. oops, response code 200" in texts(events)[0]


def test_no_reply_is_a_failure(events: Events) -> None:
    session = HttpSession("http://127.0.0.1:1", events.request)
    with session.rest("GET", "/") as response:
        assert response.js is None
    assert len(texts(events)) == 1
    session.close()


def test_a_fresh_url_keeps_its_name(user: HttpSession, events: Events) -> None:
    with user.rest_("GET", "/items?a=1") as response:
        assert response.js["path"].startswith("/items?a=1&_=")
        assert response.name == "/items?a=1&_=..."
