"""The keywords of requests become URL, body and headers."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Request

from locust_like.client import arguments


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        ("/a", {"q": "x y"}, "/a?q=x+y"),
        ("/a?b=1", [("q", "1"), ("q", "2")], "/a?b=1&q=1&q=2"),
        ("/a#part", {"q": ["1", "2"]}, "/a?q=1&q=2"),
        ("/a", {"q": None}, "/a"),
        ("/a", "raw=1", "/a?raw=1"),
        ("/a", b"raw=1", "/a?raw=1"),
    ],
)
def test_params_become_the_query(url: str, params: Any, expected: str) -> None:
    assert arguments.url_with_params(url, params) == expected


@given(st.dictionaries(st.text(min_size=1), st.text() | st.integers(), max_size=4))
def test_forms_are_encoded_as_requests_does(form: dict[str, Any]) -> None:
    theirs = Request("POST", "http://host/", data=form).prepare()
    if form:
        body, content_type = arguments.body_of(form, None)
        assert isinstance(body, bytes)
        assert body.decode() == theirs.body
        assert content_type == theirs.headers["Content-Type"]


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ("é", "é".encode()),
        (b"raw", b"raw"),
        (bytearray(b"raw"), b"raw"),
        (io.BytesIO(b"file"), b"file"),
        (io.StringIO("file"), b"file"),
    ],
)
def test_ready_bodies_have_no_type_of_ours(data: Any, body: bytes) -> None:
    assert arguments.body_of(data, None) == (body, None)


def test_json_is_a_body_with_its_type() -> None:
    native = arguments.native_keywords("/", {"json": {"foo": "bar"}, "name": "n"})
    assert native == {
        "name": "n",
        "body": b'{"foo": "bar"}',
        "fields": [("Content-Type", "application/json")],
    }


@pytest.mark.parametrize("document", [False, 0, [], {}])
def test_empty_json_is_sent_too(document: object) -> None:
    assert arguments.native_keywords("/", {"json": document})["body"]


def test_json_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        arguments.body_of(None, float("nan"))


def test_explicit_headers_win_over_those_that_follow_from_other_keywords() -> None:
    native = arguments.native_keywords(
        "/", {"json": 1, "headers": {"content-type": "text/x", "X-A": b"1", "Accept": None}}
    )
    assert native["fields"] == [("content-type", "text/x"), ("X-A", "1"), ("Accept", None)]


def test_a_header_value_must_be_text() -> None:
    with pytest.raises(ValueError, match=r"X-A.*int"):
        arguments.native_keywords("/", {"headers": {"X-A": 1}})


def test_basic_authentication() -> None:
    native = arguments.native_keywords("/", {"auth": ("Aladdin", "open sesame")})
    assert native["fields"] == [("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]


def test_empty_values_are_no_use_of_a_keyword() -> None:
    nothing: dict[str, Any] = {
        "files": None,
        "cookies": {},
        "hooks": {"response": []},
    }
    assert arguments.native_keywords("/", nothing) == {}


def test_what_is_no_credential_is_refused() -> None:
    with pytest.raises(TypeError, match="auth= takes"):
        arguments.native_keywords("/", {"auth": object()})


def test_cookies_and_hooks_become_native() -> None:
    native = arguments.native_keywords("/", {"cookies": {"a": "1"}, "hooks": {"response": print}})
    assert native == {"cookie_line": "a=1", "response_hooks": [print]}
    with pytest.raises(ValueError, match="only response hooks"):
        arguments.native_keywords("/", {"hooks": {"request": print}})


@pytest.mark.parametrize("hooks", [5, [print], {"response": 5}, {"response": [print, None]}])
def test_what_is_no_hook_is_refused(hooks: Any) -> None:
    with pytest.raises(ValueError, match=r"(hooks=|a response hook) .* not "):
        arguments.native_keywords("/", {"hooks": hooks})


def test_an_unknown_keyword_is_refused_as_python_does() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'nme'"):
        arguments.native_keywords("/", {"nme": "typo"})


def test_streaming_is_the_cores() -> None:
    native = arguments.native_keywords("/", {"stream": True, "timeout": 3})
    assert native == {"stream": True, "timeout": 3}


def test_a_body_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(ValueError, match="data= takes"):
        arguments.body_of(12, None)
