"""A captured request as a command line for curl.

Secrets were masked when it was captured, so `***` stands where somebody has to put theirs.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from locust_like.stats.core_types import Capture, CapturedMessage

BODY_FILE = "request-body"
"""Stands in for a body that is not text, or was not kept whole."""
_BY_CURL = {"accept-encoding", "content-length", "transfer-encoding", "connection"}
_OF_CURL = ("User-Agent", "Accept")
"""Fields that curl adds unless it is told not to."""
_GLOBS = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.{1,2}(/|$|\?)")


def curl_command(capture: Capture) -> str:
    """Return a command for a POSIX shell that sends the request again, one option a line."""
    request = capture.request
    parts = [f"curl {shlex.quote(capture.url)}", *_method(capture)]
    if _GLOBS.search(capture.url):
        parts.append("--globoff")
    if _DOTS.search(capture.url):
        parts.append("--path-as-is")
    if capture.protocol == "HTTP/2":
        parts.append("--http2" if capture.url.startswith("https:") else "--http2-prior-knowledge")
    parts += _fields(capture)
    if request.body_bytes:
        parts.append(_body(request))
    return " \\\n  ".join(parts)


def _method(capture: Capture) -> list[str]:
    usual = "POST" if capture.request.body_bytes else "GET"
    if capture.method == usual:
        return []
    if capture.method == "HEAD" and not capture.request.body_bytes:
        return ["--head"]
    return [f"-X {shlex.quote(capture.method)}"]


def _fields(capture: Capture) -> list[str]:
    host = urlsplit(capture.url).netloc
    names = {name.lower() for name, _ in capture.request.fields}
    kept = [
        (name, value)
        for name, value in capture.request.fields
        if name.lower() not in _BY_CURL and (name.lower(), value) != ("host", host)
    ]
    # curl leaves a field with nothing behind the colon out; the semicolon sends an empty one.
    parts = [
        f"-H {shlex.quote(f'{name}: {value}' if value else f'{name};')}" for name, value in kept
    ]
    if "accept-encoding" in names:
        parts.append("--compressed")
    own = [*_OF_CURL, *(["Content-Type"] if capture.request.body_bytes else [])]
    return [*parts, *(f"-H '{name}:'" for name in own if name.lower() not in names)]


def _body(request: CapturedMessage) -> str:
    if request.is_whole and request.is_text:
        return f"--data-raw {shlex.quote(request.body)}"
    return f"--data-binary @{BODY_FILE}"
