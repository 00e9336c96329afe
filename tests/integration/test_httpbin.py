"""Against httpbin: each call is answered as for requests, and its log has as many as we count."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from locust_like._core import Recorder
from locust_like.client.session import HttpSession
from locust_like.events import Events

from .peers import Peer, end, free_port, serve

SERVE = """
import sys
from httpbin.core import app
from werkzeug.serving import WSGIRequestHandler, run_simple
WSGIRequestHandler.protocol_version = "HTTP/1.1"
run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
"""
OWN_HEADERS = ("User-Agent", "Accept-Encoding", "Connection")
"""Of what httpbin tells back, what each client says of itself."""
CHANGING = ("Date", "Content-Length")

CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "params": ("GET", "/get?a=1", {"params": {"b": ["2", "3"], "c": "ä &", "none": None}}),
    "headers": ("GET", "/headers", {"headers": {"X-One": "1", "Accept": "text/plain"}}),
    "form": ("POST", "/post", {"data": {"a": "1", "b": ["2", "ü"]}}),
    "bytes": ("POST", "/post", {"data": b"\x00\xff"}),
    "text": ("PUT", "/put", {"data": "ä", "headers": {"Content-Type": "text/plain"}}),
    "json": ("PATCH", "/patch", {"json": {"a": [1, None, "ä"]}}),
    "no body": ("DELETE", "/delete", {}),
    "files": ("POST", "/post", {"data": {"a": "1"}, "files": {"f": ("n.txt", b"some", "text/x")}}),
    "options": ("OPTIONS", "/get", {}),
    "head": ("HEAD", "/get", {}),
    "cookies sent": ("GET", "/cookies", {"cookies": {"a": "1"}}),
    "cookies set": ("GET", "/cookies/set?a=1&b=2", {}),
    "cookies deleted": ("GET", "/cookies/delete?a=", {"cookies": {"a": "1"}}),
    "basic": ("GET", "/basic-auth/me/secret", {"auth": ("me", "secret")}),
    "basic, wrong": ("GET", "/basic-auth/me/secret", {"auth": ("me", "other")}),
    "basic, hidden": ("GET", "/hidden-basic-auth/me/s", {"auth": HTTPBasicAuth("me", "s")}),
    "bearer": ("GET", "/bearer", {"headers": {"Authorization": "Bearer abc"}}),
    "redirects": ("GET", "/redirect/3", {}),
    "absolute redirects": ("GET", "/absolute-redirect/2", {}),
    "redirects not followed": ("GET", "/relative-redirect/2", {"allow_redirects": False}),
    "POST that becomes GET": ("POST", "/redirect-to?url=/get&status_code=302", {"data": "x"}),
    "POST that stays POST": ("POST", "/redirect-to?url=/post&status_code=307", {"data": "x"}),
    "303": ("PUT", "/redirect-to?url=/get&status_code=303", {"data": "x"}),
    "201": ("GET", "/status/201", {}),
    "204": ("GET", "/status/204", {}),
    "304": ("GET", "/status/304", {}),
    "404": ("GET", "/status/404", {}),
    "418": ("GET", "/status/418", {}),
    "503": ("POST", "/status/503", {"data": "x"}),
    "gzip": ("GET", "/gzip", {}),
    "deflate": ("GET", "/deflate", {}),
    "brotli": ("GET", "/brotli", {}),
    "html": ("GET", "/html", {}),
    "xml": ("GET", "/xml", {}),
    "utf-8": ("GET", "/encoding/utf8", {}),
    "bytes back": ("GET", "/bytes/100000?seed=1", {}),
    "chunks": ("GET", "/stream-bytes/100000?seed=1&chunk_size=999", {}),
    "lines": ("GET", "/stream/5", {}),
    "drops": ("GET", "/drip?duration=0.1&numbytes=20&delay=0", {}),
    "a part": ("GET", "/range/1000", {"headers": {"Range": "bytes=10-19"}}),
    "etag": ("GET", "/etag/x", {"headers": {"If-None-Match": "x"}}),
    "own header": ("GET", "/response-headers?X-A=1&X-A=2&Link=%3C%2Fn%3E%3B+rel%3Dnext", {}),
    "image": ("GET", "/image/png", {}),
}


@pytest.fixture(scope="module")
def httpbin(httpbin_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Run httpbin of PyPI, over HTTP/1.1 with connections that stay open."""
    port, log = free_port(), tmp_path_factory.mktemp("httpbin") / "log"
    process = serve([str(httpbin_python), "-c", SERVE, str(port)], port, log)
    yield Peer(f"http://127.0.0.1:{port}", log)
    end(process)


@pytest.mark.parametrize("case", CALLS)
def test_a_call_is_answered_as_for_requests(httpbin: Peer, case: str) -> None:
    method, path, keywords = CALLS[case]
    if "br" not in requests.utils.default_headers()["Accept-Encoding"] and case == "brotli":
        keywords = {"headers": {"Accept-Encoding": "br"}}
    ours = HttpSession(httpbin.url, Events().request, read_timeout_s=20.0)
    theirs = requests.Session()
    mine = ours.request(method, path, **keywords)
    other = theirs.request(method, httpbin.url + path, **keywords)
    assert facts_of(mine) == facts_of(other)
    if case != "brotli":  # which requests decodes with another package only
        assert content_of(mine) == content_of(other)
    else:
        assert mine.json()["brotli"] is True
    assert dict(ours.cookies) == theirs.cookies.get_dict()
    ours.close()


def test_digest(httpbin: Peer) -> None:
    """The server says who may come in; ours is a pair of values, too."""
    session = HttpSession(httpbin.url, Events().request, read_timeout_s=20.0)
    path = "/digest-auth/auth/me/secret/SHA-256"
    assert session.get(path, auth=HTTPDigestAuth("me", "secret")).json()["authenticated"] is True
    assert session.get(path, auth=HTTPDigestAuth("me", "other")).status_code == 401
    session.close()


def test_the_log_has_as_many(httpbin: Peer) -> None:
    """Redirects and challenges included."""
    before = len(requests_in(httpbin))
    events = Events()
    recorder = Recorder()
    events.request.bind(recorder)
    session = HttpSession(httpbin.url, events.request, read_timeout_s=20.0)
    for path in ("/get", "/redirect/3", "/status/500", "/status/204", "/gzip"):
        session.get(path)
    session.close()
    assert len(requests_in(httpbin)) - before == 8
    total = recorder.collect().total
    assert (total.num_requests, total.exchanges, total.num_failures) == (5, 8, 1)


def requests_in(peer: Peer) -> list[str]:
    return [line for line in peer.log.read_text().splitlines() if "HTTP/1.1" in line]


def facts_of(response: Any) -> dict[str, Any]:
    """Return what scripts read of a reply."""
    return {
        "status": (response.status_code, response.reason, response.ok),
        "url": response.url,
        "encoding": response.encoding,
        "history": [(hop.status_code, hop.url) for hop in response.history],
        "links": response.links,
        "redirect": (response.is_redirect, response.is_permanent_redirect),
        "headers": {name: text for name, text in response.headers.items() if name not in CHANGING},
        "request": (response.request.method, response.request.url),
        "has body": response.request.body is not None,
    }


def content_of(response: Any) -> Any:
    """Return the body, without what each client says of itself."""
    if response.headers.get("Content-Type") != "application/json":
        return response.content
    text = response.text
    if response.request.headers.get("Content-Type", "").startswith("multipart/"):
        text = text.replace(response.request.headers["Content-Type"].partition("=")[2], "...")
    replies = [
        json.loads(line) for line in ([text] if text.startswith("{\n") else text.splitlines())
    ]
    for told in replies:
        headers = told.get("headers", {})
        for name in OWN_HEADERS:
            headers.pop(name, None)
        if headers.get("Content-Length") == "0":
            del headers["Content-Length"]
    return replies
