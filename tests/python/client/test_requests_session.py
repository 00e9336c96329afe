"""The genuine requests library over the engine: its responses, and one row for each call."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
import pytest
import requests
from requests_toolbelt import MultipartEncoder

from locust_like._core import EntryStats, Recorder, Target
from locust_like.client.requests_session import RequestsSession
from locust_like.errors import CatchResponseError, LocustError, ResponseError
from locust_like.events import Events

from .conftest import rows


def test_a_call_gives_what_the_library_gives(
    genuine: RequestsSession, events: Events, port: int
) -> None:
    assert isinstance(genuine, requests.Session)
    response = genuine.post("/any?b=1", params={"a": "x y"}, json={"k": 1}, headers={"X-A": "1"})
    assert isinstance(response, requests.Response)
    seen = response.json()
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/any?b=1&a=x+y", '{"k": 1}')
    assert seen["headers"]["user-agent"].startswith("python-requests/")
    assert seen["headers"]["content-length"] == "8"
    assert (seen["headers"]["x-a"], seen["headers"]["host"]) == ("1", f"127.0.0.1:{port}")
    assert response.url == f"http://127.0.0.1:{port}/any?b=1&a=x+y"
    assert (response.reason, response.raw.version, response.http_version) == ("OK", 11, "1.1")
    assert response.timings["receive"] >= 0
    assert response.remote_address == f"127.0.0.1:{port}"
    assert rows(events) == {("POST", "/any?b=1&a=x+y"): (1, 0)}


def test_a_redirect_is_one_row_with_the_first_method_and_name(
    genuine: RequestsSession,
    events: Events,
    told: list[dict[str, Any]],
    row: Callable[[str, str], EntryStats],
) -> None:
    response = genuine.post("/to?url=/to%3Furl=/any", data={"a": 1}, context={"k": "v"})
    assert [hop.status_code for hop in response.history] == [302, 302]
    assert (response.json()["method"], response.json()["path"]) == ("GET", "/any")
    name = "/to?url=/to%3Furl=/any"
    entry = row("POST", name)
    assert rows(events) == {("POST", name): (1, 0)}
    assert (entry.exchanges, entry.hops, entry.challenges, entry.retries) == (3, 2, 0, 0)
    (event,) = told
    assert (event["request_type"], event["name"]) == ("POST", name)
    assert event["response"] is response
    assert event["response"].status_code == 200
    assert (event["exception"], event["context"]) == (None, {"k": "v"})
    assert event["url"] == genuine.base_url + name
    assert event["response_time"] == pytest.approx(entry.total_response_time_ms, abs=0.01)
    assert response.elapsed.total_seconds() * 1000 == pytest.approx(event["response_time"], abs=0.1)


def test_cookies_are_the_librarys(genuine: RequestsSession) -> None:
    response = genuine.get("/cookies/set?a=1&b=2", name="set")
    assert response.json()["headers"]["cookie"] == "a=1; b=2"
    assert genuine.cookies.get_dict() == {"a": "1", "b": "2"}
    assert response.history[0].cookies.get_dict() == {"a": "1", "b": "2"}
    genuine.cookies.clear()
    assert "cookie" not in genuine.get("/any").json()["headers"]
    alone = genuine.get("/any", cookies={"c": "3"}).json()
    assert alone["headers"]["cookie"] == "c=3"
    assert genuine.adapter.native.cookie_list() == []


def test_headers_with_one_name_are_shown_as_urllib3_shows_them(genuine: RequestsSession) -> None:
    response = genuine.get("/plain?head=X-A:1&head=X-B:2&head=X-A:3")
    assert response.headers["x-a"] == "1, 3"
    assert response.raw.headers.getlist("X-A") == ["1", "3"]


def test_bodies_are_decoded_by_urllib3(genuine: RequestsSession, events: Events) -> None:
    packed = gzip.compress(b"text" * 100)
    url = "/plain?head=Content-Encoding:gzip&body=" + "".join(f"%{byte:02x}" for byte in packed)
    assert genuine.get(url, name="read").content == b"text" * 100
    with genuine.get(url, name="raw", stream=True) as response:
        assert response.raw.read(decode_content=False) == packed
    pieces = genuine.get(url, name="pieces", stream=True).iter_content(150)
    assert b"".join(pieces) == b"text" * 100
    damaged = genuine.get("/plain?head=Content-Encoding:gzip&body=nonsense", name="damaged")
    assert isinstance(damaged.error, requests.exceptions.ContentDecodingError)
    assert damaged.status_code == 0
    assert rows(events)["GET", "damaged"] == (1, 1)


def test_bodies_of_every_kind_are_sent(genuine: RequestsSession) -> None:
    pieces = (piece for piece in (b"one ", b"two"))
    seen = genuine.post("/any", data=pieces).json()
    assert (seen["body"], seen["headers"]["transfer-encoding"]) == ("one two", "chunked")
    assert "content-length" not in seen["headers"]
    assert genuine.post("/any", data=io.BytesIO(b"file")).json()["body"] == "file"
    assert genuine.post("/any", data="tëxt").json()["body"] == "tëxt".encode().decode("latin-1")
    assert genuine.post("/any").json()["headers"]["content-length"] == "0"
    assert "content-length" not in genuine.get("/any").json()["headers"]
    form = genuine.post("/any", data={"a": 1}, files={"f": ("x.txt", b"file")}).json()
    assert 'filename="x.txt"' in form["body"]
    encoder = MultipartEncoder({"a": "1", "f": ("x.txt", io.BytesIO(b"content"), "text/plain")})
    seen = genuine.post("/any", data=encoder, headers={"Content-Type": encoder.content_type}).json()
    assert "content" in seen["body"]
    assert seen["headers"]["content-length"] == str(encoder.len)


class TestJudging:
    def test_a_status_fails_the_call(
        self, genuine: RequestsSession, events: Events, told: list[dict[str, Any]]
    ) -> None:
        response = genuine.get("/auth")
        assert (response.status_code, response.ok, response.error) == (401, False, None)
        with pytest.raises(requests.HTTPError):
            response.raise_for_status()
        assert rows(events) == {("GET", "/auth"): (1, 1)}
        assert isinstance(told[0]["exception"], requests.HTTPError)
        assert told[0]["exception"].response is response
        assert isinstance(events.request.recorder, Recorder)
        (error,) = events.request.recorder.collect().errors
        assert (error.code, error.status) == ("status", 401)

    def test_the_script_has_the_last_word(
        self, genuine: RequestsSession, events: Events, told: list[dict[str, Any]]
    ) -> None:
        with genuine.get("/auth", name="fine", catch_response=True) as response:
            response.success()
        response.raise_for_status()
        with genuine.get("/any", name="bad", catch_response=True) as response:
            response.failure("not what I want")
        with pytest.raises(CatchResponseError):
            response.raise_for_status()
        with genuine.get("/any", name="raised", catch_response=True):
            raise ResponseError("so it is")
        with genuine.get("/any", name="before", catch_response=True) as response:
            response.request_meta["name"] = "after"
            response.request_meta["response_time"] = 5.0
        assert rows(events) == {
            ("GET", "fine"): (1, 0),
            ("GET", "bad"): (1, 1),
            ("GET", "raised"): (1, 1),
            ("GET", "after"): (1, 0),
        }
        assert [repr(event["exception"]) for event in told] == [
            "None",
            "CatchResponseError('not what I want')",
            "ResponseError('so it is')",
            "None",
        ]
        assert told[3]["response_time"] == 5.0

    def test_wrong_use_is_told(self, genuine: RequestsSession) -> None:
        with pytest.raises(LocustError, match="catch_response=True"):
            genuine.get("/any").success()
        with pytest.raises(LocustError, match="with-block"):
            genuine.get("/any", catch_response=True).failure("x")

    def test_an_exception_in_the_block_leaves_a_cancelled_row(
        self, genuine: RequestsSession, row: Callable[[str, str], EntryStats]
    ) -> None:
        with pytest.raises(ZeroDivisionError), genuine.get("/any", catch_response=True):
            raise ZeroDivisionError
        assert (row("GET", "/any").num_requests, row("GET", "/any").num_cancelled) == (0, 1)

    def test_rest(self, genuine: RequestsSession, events: Events) -> None:
        with genuine.rest("POST", "/any", json={"a": 1}) as response:
            assert response.js["body"] == '{"a": 1}'
        with genuine.rest("GET", "/plain?body=x"):
            pass
        assert rows(events) == {("POST", "/any"): (1, 0), ("GET", "/plain?body=x"): (1, 1)}

    def test_names(self, genuine: RequestsSession, events: Events) -> None:
        genuine.request_name = "general"
        genuine.get("/to?url=/any")
        with genuine.rename_request("inside"):
            genuine.get("/any")
        genuine.get("/any", name="own")
        assert set(rows(events)) == {("GET", "general"), ("GET", "inside"), ("GET", "own")}

    def test_calls_at_a_time(self, genuine: RequestsSession, events: Events) -> None:
        page, again = genuine.batch(["/to?url=/any", ("POST", "/any", {"json": 1})])
        assert (page.json()["method"], again.json()["method"]) == ("GET", "POST")
        assert rows(events) == {("GET", "/to?url=/any"): (1, 0), ("POST", "/any"): (1, 0)}


class TestFailures:
    def test_a_server_that_is_not_there(self, events: Events, told: list[dict[str, Any]]) -> None:
        session = RequestsSession("http://127.0.0.1:1", events.request)
        response = session.get("/x")
        assert (response.status_code, response.content, response.text) == (0, None, "")
        assert isinstance(response.error, requests.ConnectionError)
        assert response.error.request is not None
        assert response.error.request.url == "http://127.0.0.1:1/x"
        with pytest.raises(requests.ConnectionError):
            response.raise_for_status()
        assert isinstance(events.request.recorder, Recorder)
        (error,) = events.request.recorder.collect().errors
        assert (error.name, error.code) == ("/x", "connect")
        assert told[0]["exception"] is response.error

    def test_too_many_redirects(self, genuine: RequestsSession, events: Events) -> None:
        genuine.max_redirects = 1
        response = genuine.get("/to?url=/to%3Furl=/any", name="far")
        assert isinstance(response.error, requests.TooManyRedirects)
        assert rows(events) == {("GET", "far"): (1, 1)}

    def test_a_redirect_to_nowhere(self, genuine: RequestsSession, events: Events) -> None:
        response = genuine.get("/to?url=ftp://x/", name="nowhere")
        assert isinstance(response.error, requests.exceptions.InvalidSchema)
        assert rows(events) == {("GET", "nowhere"): (1, 1)}

    def test_what_cannot_be_sent_raises_and_is_not_counted(
        self, genuine: RequestsSession, events: Events
    ) -> None:
        with pytest.raises(requests.exceptions.InvalidSchema):
            genuine.get("gopher://x/")
        with pytest.raises(requests.exceptions.InvalidURL):
            genuine.get("http://")
        with pytest.raises(requests.exceptions.InvalidHeader):
            genuine.get("/any", headers={"X": "a\nb"})
        with pytest.raises(requests.exceptions.InvalidJSONError):
            genuine.post("/any", json=float("nan"))
        assert rows(events) == {}

    def test_a_time_limit(self, silent_port: int, events: Events) -> None:
        session = RequestsSession(f"http://127.0.0.1:{silent_port}", events.request)
        assert isinstance(session.get("/", timeout=0.05).error, requests.ReadTimeout)
        assert isinstance(session.get("/", timeout=(1, 0.05)).error, requests.ReadTimeout)
        assert isinstance(session.get("/", total_timeout=0.05).error, requests.ReadTimeout)

    def test_a_killed_call_is_a_cancelled_row(
        self, silent_port: int, events: Events, row: Callable[[str, str], EntryStats]
    ) -> None:
        session = RequestsSession(f"http://127.0.0.1:{silent_port}", events.request)
        with pytest.raises(gevent.Timeout), gevent.Timeout(0.05):
            session.get("/slow")
        assert (row("GET", "/slow").num_requests, row("GET", "/slow").num_cancelled) == (0, 1)


class TestSettingsOfASession:
    """What the library hands to its adapter with each request."""

    def test_verify(self, certificate: Path, events: Events) -> None:
        key = str(certificate.with_name("key.pem"))
        server = Target(tls_port=0, certificate_file=str(certificate), key_file=key)
        session = RequestsSession(f"https://127.0.0.1:{server.tls_port}", events.request)
        refused = session.get("/json")
        assert isinstance(refused.error, requests.exceptions.SSLError)
        assert session.get("/json", verify=str(certificate)).ok
        assert events.request.unverified == {}
        session.verify = False
        assert session.get("/redirect/1").ok
        assert list(events.request.unverified.values()) == [True]
        session.close()
        server.stop()

    def test_proxies(self, events: Events, base_url: str) -> None:
        session = RequestsSession("http://nowhere.invalid", events.request)
        session.proxies = {"http": base_url}  # the demo server takes whole URLs, too
        assert session.get("/json").ok
        gone = session.get("/json", proxies={"http": "127.0.0.1:1"})
        assert isinstance(gone.error, requests.exceptions.ProxyError)
