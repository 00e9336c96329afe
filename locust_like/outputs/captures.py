"""Captured calls as text for a terminal and as values for documents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from locust_like.outputs.curl import curl_command
from locust_like.outputs.numbers import count, milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locust_like.stats.core_types import Capture, CapturedMessage

PHASES = ("blocked", "dns", "connect", "tls", "send", "wait", "receive")
SENT, CAME = ">", "<"
"""What lines of a request and of a reply begin with."""
_BAR_CELLS = 50
_SHORTEST_MS = 0.005


def as_document(capture: Capture) -> dict[str, object]:
    """Return a capture as `--summary` has it; its time is for who knows how to write times."""
    return {
        "method": capture.method,
        "url": capture.url,
        "protocol": capture.protocol,
        "remote_address": capture.remote_address,
        "status": capture.status,
        "reason": capture.reason,
        "hops": capture.hops,
        "response_time_ms": capture.response_time_ms,
        "phases_ms": capture.phases_ms,
        "request": _message(capture.request),
        "reply": _message(capture.reply),
        "curl": curl_command(capture),
    }


def _message(message: CapturedMessage) -> dict[str, object]:
    return {
        "fields": [list(field) for field in message.fields],
        "body": message.body,
        "body_bytes": message.body_bytes,
        "is_text": message.is_text,
        "is_whole": message.is_whole,
    }


def exchange_lines(capture: Capture, *, full: bool) -> list[str]:
    """Return request and reply, each line marked with who said it.

    Args:
        capture: what is shown.
        full: the beginnings of the bodies, too.
    """
    url = urlsplit(capture.url)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    protocol = f" {capture.protocol}" if capture.protocol else ""
    lines = [f"{SENT} {capture.method} {target}{protocol}", *_lines(SENT, capture.request, full)]
    if not capture.status:
        return lines
    status = f"{CAME}{protocol} {capture.status} {capture.reason}".rstrip()
    return [*lines, status, *_lines(CAME, capture.reply, full)]


def _lines(mark: str, message: CapturedMessage, full: bool) -> list[str]:
    lines = [f"{mark} {name}: {value}" for name, value in message.fields]
    if not (full and message.body_bytes):
        return lines
    lines.append(mark)
    if message.is_text:
        lines += [f"{mark} {_printable(line)}" for line in message.body.splitlines()]
    if not (message.is_text and message.is_whole):
        kind = "in all" if message.is_text else "that are no text"
        lines.append(f"{mark} [{count(message.body_bytes)} bytes {kind}]")
    return lines


def _printable(line: str) -> str:
    """Return a line of a stranger's without what would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in line)


def example_line(capture: Capture) -> str:
    """Return what one call got, in a line."""
    where = f" from {capture.remote_address}" if capture.remote_address else ""
    said = f"{capture.status} {capture.reason}".strip() if capture.status else "no reply"
    body = _printable(" ".join(capture.reply.body.split())) if capture.reply.is_text else ""
    begin = f"{capture.method} {capture.url}: {said}{where}"
    return f"{begin}, {milliseconds(capture.response_time_ms)} ms{': ' if body else ''}{body}"


def waterfall(timings: Mapping[str, float], bar: str) -> list[str]:
    """Return a line for each phase that took time: name, ms, and a bar where it lay in the call."""
    total = sum(timings.get(phase, 0.0) for phase in PHASES)
    lines, begin = [], 0.0
    for phase in PHASES:
        took = timings.get(phase, 0.0)
        if took >= _SHORTEST_MS:
            # Every phase shows, and none leaves the columns.
            first = min(int(begin / total * _BAR_CELLS), _BAR_CELLS - 1)
            last = max(round((begin + took) / total * _BAR_CELLS), first + 1)
            cells = " " * first + bar * (last - first)
            lines.append(f"{phase:<8}{milliseconds(took):>6} ms  {cells}")
        begin += took
    return lines
