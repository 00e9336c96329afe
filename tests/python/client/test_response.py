"""What a script reads of a response."""

import json
from datetime import timedelta

import pytest

from locust_like.client.bodies import charset_of
from locust_like.client.response import Response, judged_failure
from locust_like.client.session import HttpSession
from locust_like.errors import CatchResponseError, HTTPError


def get(session: HttpSession, url: str) -> Response:
    response = session.get(url)
    assert isinstance(response, Response)
    return response


def test_the_parts_of_a_reply(session: HttpSession, base_url: str) -> None:
    response = get(session, "/json")
    assert (response.status_code, response.ok, bool(response)) == (200, True, True)
    assert response.json() == json.loads(response.text)
    assert response.text.encode() == response.content
    assert response.headers["content-TYPE"].startswith("application/json")
    assert response.url == f"{base_url}/json"
    assert response.elapsed > timedelta(0)
    assert response.error is None
    assert repr(response) == "<Response [200]>"


def test_the_request_that_was_sent(session: HttpSession) -> None:
    response = session.post("/echo", json=[1])
    assert isinstance(response, Response)
    assert response.request.method == "POST"
    assert response.request.body == b"[1]"
    assert response.request.headers["content-type"] == "application/json"


def test_phases_add_up_to_no_more_than_the_call(session: HttpSession) -> None:
    response = get(session, "/delay/5")
    assert set(response.timings) == {
        "blocked",
        "dns",
        "connect",
        "tls",
        "send",
        "wait",
        "receive",
    }
    assert response.timings["wait"] >= 4
    assert all(phase_ms >= 0 for phase_ms in response.timings.values())


def test_a_compressed_body_is_decoded(session: HttpSession) -> None:
    response = get(session, "/gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.content is not None
    assert len(response.content) > response.content_bytes > 0


def test_raise_for_status_says_what_requests_says(session: HttpSession, base_url: str) -> None:
    response = get(session, "/status/404")
    with pytest.raises(HTTPError) as caught:
        response.raise_for_status()
    assert str(caught.value) == f"404 Client Error: Not Found for url: {base_url}/status/404"
    assert str(response.error) == "404 Client Error: Not Found for url: /status/404"
    assert "500 Server Error: Internal Server Error" in str(get(session, "/status/500").error)


def test_raise_for_status_is_silent_on_success(session: HttpSession) -> None:
    get(session, "/").raise_for_status()


def test_a_chosen_encoding_is_used_and_an_unknown_one_never_raises(session: HttpSession) -> None:
    response = get(session, "/bytes/3")
    response.encoding = "utf-16"
    assert response.encoding == "utf-16"
    response.encoding = "no-such-charset"
    assert len(response.text) == 3


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "ISO-8859-1"),
        ('text/html; Charset="utf-8"', "utf-8"),
        ("text/html", None),
        ("application/json", "utf-8"),
        ("application/json; charset=ascii", "ascii"),
        (None, None),
    ],
)
def test_the_charset_comes_from_the_content_type(
    content_type: str | None, charset: str | None
) -> None:
    assert charset_of(content_type) == charset


def test_what_a_script_says_becomes_an_exception() -> None:
    error = KeyError("x")
    assert judged_failure(True) is None
    assert judged_failure(error) is error
    assert repr(judged_failure("slow")) == repr(CatchResponseError("slow"))
