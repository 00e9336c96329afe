"""Credentials: pairs, tokens, callables of requests and of scripts, ~/.netrc."""

from pathlib import Path
from typing import Any

import pytest
import requests.auth

from locust_like._core import Recorder
from locust_like.client.authentication import BearerAuth, DigestAuth, OutgoingRequest, netrc_auth
from locust_like.client.session import HttpSession
from locust_like.events import Events

BASIC = "Basic dXNlcjpzZWNyZXQ="


def headers(user: HttpSession, **kwargs: Any) -> dict[str, str]:
    seen: dict[str, str] = user.get("/any", **kwargs).json()["headers"]
    return seen


def test_a_pair_is_basic_authentication(user: HttpSession) -> None:
    assert headers(user, auth=("user", "secret"))["authorization"] == BASIC
    assert "authorization" not in headers(user)
    user.auth = ("user", "secret")
    assert headers(user)["authorization"] == BASIC
    assert headers(user, auth=("a", "b"))["authorization"] == "Basic YTpi"


def test_a_token_for_a_call_or_a_session(user: HttpSession) -> None:
    assert headers(user, auth=BearerAuth("abc"))["authorization"] == "Bearer abc"
    user.auth = BearerAuth("abc")
    assert user.auth == BearerAuth("abc")
    assert headers(user)["authorization"] == "Bearer abc"
    assert user.post("/any", json={}).json()["headers"]["content-type"] == "application/json"
    user.auth = None
    assert "authorization" not in headers(user)


def test_the_classes_of_requests_work(user: HttpSession) -> None:
    assert headers(user, auth=requests.auth.HTTPBasicAuth("user", "secret"))[
        "authorization"
    ] == BASIC  # fmt: skip


@pytest.mark.parametrize("kind", [DigestAuth, requests.auth.HTTPDigestAuth])
def test_a_digest_challenge_is_answered_inside_the_call(
    user: HttpSession, events: Events, kind: type[Any]
) -> None:
    assert user.get("/digest?a=1", auth=kind("user", "wrong")).status_code == 401
    assert "authorization" not in headers(user)
    user.auth = kind("user", "secret")
    assert user.post("/digest", data="x", name="session").text == "1"
    assert challenged(events, "session") == (1, 2, 1)


def challenged(events: Events, name: str) -> tuple[int, int, int]:
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    (entry,) = (entry for entry in recorder.collect().entries if entry.name == name)
    return entry.num_requests, entry.exchanges, entry.challenges


def test_an_answer_serves_the_next_calls_until_the_server_asks_again(
    user: HttpSession, events: Events
) -> None:
    user.auth = DigestAuth("user", "secret")
    counts = [user.get(f"/digest?a={i}", name="digest").text for i in range(4)]
    assert counts == ["1", "2", "3", "4"]
    assert challenged(events, "digest") == (4, 5, 1)
    user.get("/any", name="other")  # uses the answer up, which the server does not see
    assert user.get("/digest", name="again").text == "1"
    assert challenged(events, "again") == (1, 2, 1)
    assert user.get("/to?url=/digest", name="hop").text == "1"
    assert challenged(events, "hop")[2] == 1  # the first exchange used an answer up


def test_a_callable_sees_the_request_and_changes_it(user: HttpSession, port: int) -> None:
    got: list[OutgoingRequest] = []

    def sign(request: OutgoingRequest) -> OutgoingRequest:
        got.append(OutgoingRequest(request.method, request.url, request.headers, request.body))
        assert isinstance(request.body, bytes)
        request.headers["X-Signature"] = str(len(request.body))
        request.url += "&signed=1"
        request.body += b"!"
        del request.headers["accept"]
        return request

    seen = user.post("/any", params={"a": 1}, data=b"body", headers={"X-A": "1"}, auth=sign).json()
    assert got[0].method == "POST"
    assert got[0].url == f"http://127.0.0.1:{port}/any?a=1"
    assert got[0].headers["x-a"] == "1"
    assert got[0].body == b"body"
    assert seen["path"] == "/any?a=1&signed=1"
    assert seen["body"] == "body!"
    assert seen["headers"]["x-signature"] == "4"
    assert "accept" not in seen["headers"]


def test_what_is_no_credential_is_refused(user: HttpSession) -> None:
    with pytest.raises(TypeError, match="auth= takes"):
        user.auth = 12  # type: ignore[assignment]  # that is the point


def test_netrc_is_read_when_the_environment_is_trusted(
    user: HttpSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login user password secret\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    assert not user.trust_env
    assert "authorization" not in headers(user)
    user.trust_env = True
    assert headers(user)["authorization"] == BASIC
    assert headers(user, auth=("a", "b"))["authorization"] == "Basic YTpi"
    assert netrc_auth("http://other.test/") is None
    path.write_text("no netrc at all {")
    assert netrc_auth("http://127.0.0.1/") is None
    monkeypatch.setenv("NETRC", str(tmp_path / "missing"))
    assert netrc_auth("http://127.0.0.1/") is None
