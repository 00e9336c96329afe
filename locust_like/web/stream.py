"""Server-sent events: hello, then a tick for each frame, a comment when nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from locust_like.web.feed import Feed, Viewer

HEARTBEAT_S = 5.0
_RETRY_MS = 1000


def events(feed: Feed, viewer: Viewer) -> Iterator[bytes]:
    """Yield the stream of one viewer until it goes away or the server stops.

    Thread: a greenlet of its own; waits.
    """
    try:
        yield b"retry: %d\n" % _RETRY_MS + _event("hello", feed.hello(viewer))
        yield _tick(feed, viewer)
        while not feed.closed:
            if feed.wait(viewer, HEARTBEAT_S):
                yield _tick(feed, viewer)
            elif not feed.closed:
                yield b": still here\n\n"
        yield _event("bye", b'{"reason":"the server stops"}')
    finally:
        feed.leave(viewer)


def _tick(feed: Feed, viewer: Viewer) -> bytes:
    ident, body = feed.tick_for(viewer)
    return _event("tick", body, ident)


def _event(kind: str, data: bytes, ident: str = "") -> bytes:
    # JSON has no line breaks, so the data is one line.
    head = f"id: {ident}\n" if ident else ""
    return f"{head}event: {kind}\ndata: ".encode() + data + b"\n\n"
