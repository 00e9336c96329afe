"""Captured calls: what was sent and answered, without secrets, and what people make of it."""

import json
import os
import shlex
import subprocess
from typing import Any

import pytest

from locust_like._core import Capture, Recorder, Snapshot
from locust_like.client.response import Response
from locust_like.client.session import HttpSession
from locust_like.events import Events
from locust_like.outputs.captures import as_document, example_line, exchange_lines
from locust_like.outputs.curl import BODY_FILE, curl_command


def collected(events: Events) -> Snapshot:
    assert isinstance(events.request.recorder, Recorder)
    return events.request.recorder.collect()


def captures(events: Events) -> list[Capture]:
    """Return all captured calls of all failures."""
    return [capture for error in collected(events).errors for capture in error.captures]


def captured(response: Any) -> Capture:
    """Return a capture of any call."""
    assert isinstance(response, Response)
    return response.capture()


def test_the_first_failures_of_a_kind_are_captured(session: HttpSession, events: Events) -> None:
    for _ in range(5):
        session.get("/status/503?token=abc", name="/busy")
    session.get("/json")
    found = captures(events)
    assert len(found) == 3
    assert {capture.status for capture in found} == {503}
    assert found[0].url.endswith("/status/503?token=***")
    assert found[0].protocol == "HTTP/1.1"
    assert found[0].remote_address.startswith("127.0.0.1:")
    assert found[0].phases_ms["wait"] > 0
    assert "Host" in dict(found[0].request.fields)


def test_what_a_script_calls_a_failure_is_captured_too(
    session: HttpSession, events: Events
) -> None:
    for _ in range(5):
        with session.get("/json", catch_response=True) as response:
            response.failure("no total")
    found = captures(events)
    assert [capture.status for capture in found] == [200] * 3
    assert found[0].reply.body.startswith("{")
    assert found[0].reply.is_whole


def test_without_a_connection_there_is_a_request_alone(events: Events) -> None:
    session = HttpSession("http://127.0.0.1:9", events.request)
    session.get("/x")
    session.close()
    [capture] = captures(events)
    assert (capture.status, capture.protocol, capture.reply.fields) == (0, "", [])
    assert exchange_lines(capture, full=True)[0] == "> GET /x"
    assert example_line(capture).startswith("GET http://127.0.0.1:9/x: no reply")


def test_the_body_of_an_example_is_one_line(user: HttpSession) -> None:
    response = user.get("/plain?body=a%1b[2Jb%0d%0a%09c%0a")
    assert example_line(captured(response)).endswith(" ms: a\ufffd[2Jb c")


def test_secrets_do_not_leave_the_core(user: HttpSession) -> None:
    user.cookies.set("sid", "s3cret")
    response = user.post(
        "/echo?api_key=s3cret",
        headers={"Authorization": "Bearer s3cret", "X-Auth-Token": "s3cret"},
        json={"user": "eve", "password": "s3cret"},
    )
    capture = captured(response)
    fields = dict(capture.request.fields)
    assert fields["Authorization"] == "Bearer ***"
    assert fields["Cookie"] == "sid=***"
    assert json.loads(capture.request.body) == {"user": "eve", "password": "***"}
    assert "s3cret" not in json.dumps({**as_document(capture), "reply": ""})


def test_lines_for_a_terminal_are_marked_and_harmless(user: HttpSession) -> None:
    response = user.get("/plain?body=a%1b[2Jb%0ac&head=X-A:b")
    heads = exchange_lines(captured(response), full=False)
    assert "< HTTP/1.1 200 OK" in heads
    assert "< X-A: b" in heads
    assert {line[0] for line in heads} == {">", "<"}
    assert exchange_lines(captured(response), full=True)[-3:] == ["<", "< a\ufffd[2Jb", "< c"]


def sent_by_curl(capture: Capture, *, replaced: tuple[str, str] = ("", "")) -> Any:
    """Run the command in a shell against the echoing server and return what that saw."""
    command = curl_command(capture).replace(*replaced) if replaced[0] else curl_command(capture)
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent --noproxy '*'"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "LD_PRELOAD": ""},  # a sanitizer's library is not for curl
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("method", "path", "keywords"),
    [
        ("GET", "/it's?q=[a]{b}&c=$HOME`id`", {}),
        ("GET", "/a/../b", {}),
        ("DELETE", "/x", {}),
        ("POST", "/x", {}),
        ("POST", "/x", {"data": {"a": "1 & 2", "b": "it's"}}),
        ("POST", "/x", {"json": {"text": 'line\n"two" $PATH \\ ä'}}),
        ("PUT", "/x", {"data": "@/etc/passwd\r\nplain"}),
        ("GET", "/x", {"data": "a body", "headers": {"X-Empty": "", "Accept": "a/b"}}),
    ],
)
def test_curl_sends_the_same_again(
    user: HttpSession, method: str, path: str, keywords: dict[str, Any]
) -> None:
    response = user.request(method, path, **keywords)
    ours = response.json()
    theirs = sent_by_curl(captured(response))
    for seen in (ours, theirs):
        seen["headers"].pop("accept-encoding", None)
        seen["headers"].pop("connection", None)
    assert theirs == ours


def test_curl_is_given_a_file_where_the_body_is_not_all_text(user: HttpSession) -> None:
    for body in (b"\x00\xff", b"x" * 10_000):
        capture = captured(user.post("/x", data=body))
        assert shlex.split(curl_command(capture))[-2:] == ["--data-binary", f"@{BODY_FILE}"]


def test_curl_asks_for_a_head(user: HttpSession) -> None:
    assert "--head" in shlex.split(curl_command(captured(user.head("/x"))))


def test_protocols_are_counted(session: HttpSession, events: Events) -> None:
    session.get("/json")
    session.get("/status/500")
    assert collected(events).total.protocols() == {"HTTP/1.1": 2}
