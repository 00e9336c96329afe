"""Bodies that nobody wants: counted, not kept."""

from collections.abc import Callable
from typing import Any

import pytest

from locust_like.client.session import HttpSession
from locust_like.events import Events

MIB = 1 << 20


def test_a_large_body_is_counted_and_takes_no_memory(
    session: HttpSession, resident_bytes: Callable[[], int]
) -> None:
    session.get("/bytes/1000000")
    before = resident_bytes()
    response = session.get(f"/bytes/{512 * MIB}", discard_body=True)
    assert response.ok, response.error
    assert (response.content, response.text) == (b"", "")
    assert response.content_bytes == 512 * MIB
    assert response.timings["receive"] > 0
    assert resident_bytes() - before < 16 * MIB


def test_a_session_may_discard_all_but_what_a_call_wants(base_url: str, events: Events) -> None:
    session = HttpSession(base_url, events.request, discard_body=True)
    assert session.get("/bytes/100").content == b""
    assert len(session.get("/bytes/100", discard_body=False).content or b"") == 100
    session.close()


@pytest.mark.parametrize("path", ["/bytes/1000", "/chunked/1000"])
def test_the_event_has_what_came_over_the_wire(
    path: str, session: HttpSession, events: Events
) -> None:
    seen: list[dict[str, Any]] = []
    events.request.add_listener(lambda **payload: seen.append(payload))
    response = session.get(path, discard_body=True)
    assert response.error is None
    assert seen[0]["response_length"] == response.content_bytes > 0
