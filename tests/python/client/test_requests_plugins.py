"""What needs the requests library itself, over the engine: SDKs, plug-ins, other adapters."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hvac import Client as VaultClient
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPDigestAuth
from requests_oauthlib import OAuth1, OAuth2Session
from requests_toolbelt.auth.guess import GuessAuth
from requests_toolbelt.sessions import BaseUrlSession

from locust_like._core import EntryStats
from locust_like.client.requests_response import Reply
from locust_like.client.requests_session import RequestsSession
from locust_like.events import Events

from .conftest import rows


def test_digest_is_one_row_with_a_challenge(
    genuine: RequestsSession, row: Callable[[str, str], EntryStats]
) -> None:
    response = genuine.get("/digest", auth=HTTPDigestAuth("user", "secret"))
    assert response.text == "1"
    entry = row("GET", "/digest")
    assert (entry.num_requests, entry.exchanges, entry.challenges) == (1, 2, 1)


def test_guessed_authentication(genuine: RequestsSession, events: Events) -> None:
    response = genuine.get("/digest", auth=GuessAuth("user", "secret"))
    assert response.text == "1"
    assert rows(events) == {("GET", "/digest"): (1, 0)}


def test_oauth1_signs(genuine: RequestsSession) -> None:
    seen = genuine.get("/any", auth=OAuth1("key", client_secret="s")).json()
    assert seen["headers"]["authorization"].startswith('OAuth oauth_nonce="')


def test_a_session_of_an_sdk_over_our_adapter(
    genuine: RequestsSession, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    oauth = OAuth2Session(token={"access_token": "t", "token_type": "Bearer"})
    oauth.mount("http://", genuine.adapter)
    oauth.mount("https://", genuine.adapter)
    seen = oauth.get(f"{genuine.base_url}/to?url=/any").json()
    assert seen["headers"]["authorization"] == "Bearer t"
    based = BaseUrlSession(genuine.base_url)
    based.mount("http://", genuine.adapter)
    assert based.get("/auth").status_code == 401
    assert rows(events) == {
        ("GET", "/to?url=/any"): (1, 0),
        ("GET", "/any"): (1, 0),
        ("GET", "/auth"): (1, 1),
    }
    with pytest.raises(requests.ConnectionError):
        oauth.get("http://127.0.0.1:1/gone")
    assert rows(events)["GET", "/gone"] == (1, 1)


def test_an_sdk_that_takes_a_session(genuine: RequestsSession, events: Events) -> None:
    vault = VaultClient(url=genuine.base_url, token="t", session=genuine)
    seen = vault.read("secret/one")
    assert seen["path"] == "/v1/secret/one"
    assert seen["headers"]["x-vault-token"] == "t"
    assert rows(events) == {("GET", "/v1/secret/one"): (1, 0)}


def test_prepared_requests_are_counted_and_raise(genuine: RequestsSession, events: Events) -> None:
    request = genuine.prepare_request(requests.Request("GET", f"{genuine.base_url}/auth"))
    response = genuine.send(request)
    assert (response.status_code, type(response)) == (401, Reply)
    with pytest.raises(requests.ConnectionError):
        genuine.send(requests.Request("GET", "http://127.0.0.1:1/gone").prepare())
    assert rows(events) == {("GET", "/auth"): (1, 1), ("GET", "/gone"): (1, 1)}


def test_hooks_get_the_librarys_response(genuine: RequestsSession) -> None:
    seen: list[tuple[int, bool]] = []

    def note(response: requests.Response, **keywords: Any) -> None:
        seen.append((response.status_code, keywords["verify"]))

    genuine.get("/to?url=/any", hooks={"response": note})
    assert seen == [(302, True), (200, True)]


def test_a_call_inside_an_authentication_is_a_call_of_its_own(
    genuine: RequestsSession, events: Events
) -> None:
    class Tokens(requests.auth.AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            genuine.get("/to?url=/any", name="token")
            request.headers["X-Token"] = "t"
            return request

    seen = genuine.get("/any", auth=Tokens()).json()
    assert seen["headers"]["x-token"] == "t"
    assert rows(events) == {("GET", "token"): (1, 0), ("GET", "/any"): (1, 0)}


def test_an_adapter_of_the_scripts_is_timed_here(
    genuine: RequestsSession, events: Events, told: list[dict[str, Any]]
) -> None:
    class Canned(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
            if request.url == "mock://gone":
                raise requests.ConnectionError("gone", request=request)
            response = requests.Response()
            response.status_code = 503
            response.url = request.url or ""
            response.raw = io.BytesIO(b"canned")
            response.request = request
            return response

        def close(self) -> None:
            pass

    genuine.mount("mock://", Canned())
    response = genuine.get("mock://one/path", context={"k": 1})
    assert (response.content, response.timings, response.http_version) == (b"canned", {}, "")
    with genuine.get("mock://one/path", catch_response=True) as response:
        response.success()
    assert isinstance(genuine.get("mock://gone", name="gone").error, requests.ConnectionError)
    counted = rows(events)
    assert counted["GET", "gone"] == (1, 1)
    assert sorted(counted.values()) == [(1, 1), (2, 1)]
    assert told[0]["response_length"] == 6
    assert told[0]["context"] == {"k": 1}


def test_a_plain_adapter_of_the_library_still_works(
    genuine: RequestsSession, events: Events
) -> None:
    genuine.mount("http://", HTTPAdapter(max_retries=1))
    assert genuine.get("/to?url=/any").json()["path"] == "/any"
    assert rows(events) == {("GET", "/to?url=/any"): (1, 0)}
