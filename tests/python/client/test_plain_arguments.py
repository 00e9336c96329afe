"""The common forms of requests' keywords need no Python, and say the same as those that do."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locust_like.client.session import HttpSession
from locust_like.events import Events

from .raw_server import Peer, RawServer

PLAIN: list[dict[str, Any]] = [
    {"json": {"a": [1, 2.5, None, "é"]}, "headers": {"X-A": "1", "X-B": "ü"}},
    {"json": {}, "data": ""},
    {"json": False, "data": {}},
    {"json": None, "data": None, "headers": None, "params": None},
    {"json": 1, "data": "é"},
    {"json": 1, "headers": {"content-TYPE": "text/x"}},
    {"json": 1, "headers": {"Content-Type": None, "Accept": None}},
    {"data": b"\x00raw", "headers": {"Authorization": "Bearer a", "Accept": "text/plain"}},
    {"data": {"user": "ada l", "n": 1, "f": 0.5, "yes": True, "no": None, "é&=": "/?~"}},
    {"data": {"nothing": None}},
    {"params": {"q": "x y&z", "n": -1, "none": None, "é": "%"}, "name": "n"},
    {"params": {"none": None}},
    {"params": {"a": "1"}, "json": [1], "headers": {"X-A": ""}, "timeout": 5},
]
OTHER: list[dict[str, Any]] = [
    {"params": {"q": ["1", "2"]}},
    {"params": "q=1"},
    {"params": {b"q": "1"}},
    {"data": bytearray(b"raw")},
    {"data": [("a", "1")]},
    {"headers": {"X-A": b"1"}},
    {"json": 1, "fields": [("X-A", "1")]},
    {"cookies": {"a": "1"}, "json": 1},
]


class Sender:
    """Sends each call twice: as scripts do, and with everything prepared in Python."""

    def __init__(self, url: str) -> None:
        self.session = HttpSession(url, Events().request, read_timeout_s=10.0)
        self.prepared = 0
        self._theirs = self.session._prepare
        self.session._prepare = self._counted  # type: ignore[method-assign]  # to hear of it

    def _counted(self, method: str, url: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        self.prepared += 1
        return self._theirs(method, url, kwargs)

    def texts(self, *args: Any, **kwargs: Any) -> list[object]:
        """Return what the server got, or what was raised, for both ways."""
        found: list[object] = []
        for always in (0, 1):
            self.session.prepares_always = always
            try:
                response = self.session.post(*args, **kwargs)
                found.append((response.text, response.request_meta["name"]))
            except (ValueError, TypeError) as error:
                found.append((type(error), str(error)))
        return found


def _repeat(peer: Peer) -> None:
    """Answer each request with itself."""
    while head := peer.read_head():
        text = head + (peer.read_body(head) if b"Content-Length" in head else b"")
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)


@pytest.fixture(scope="module")
def sender() -> Any:
    with RawServer(_repeat) as server:
        yield Sender(server.url)


@pytest.mark.parametrize("kwargs", PLAIN)
@pytest.mark.parametrize("url", ["/a", "/a?b=1#c", "/#"])
def test_common_forms_are_sent_alike_without_python(
    sender: Sender, url: str, kwargs: dict[str, Any]
) -> None:
    before = sender.prepared
    plain, prepared = sender.texts(url, **kwargs)
    assert plain == prepared
    assert sender.prepared == before + 1


@pytest.mark.parametrize("kwargs", OTHER)
def test_other_forms_are_pythons(sender: Sender, kwargs: dict[str, Any]) -> None:
    before = sender.prepared
    plain, prepared = sender.texts("/", **kwargs)
    assert plain == prepared
    assert sender.prepared == before + 2


def test_data_and_json_may_stand_without_their_names(sender: Sender) -> None:
    before = sender.prepared
    for args in ({"a": "1"},), ("text",), (None, {"a": 1}), (b"", None):
        plain, prepared = sender.texts("/", *args)
        assert plain == prepared
    assert sender.prepared == before + 4


TEXT = st.text(max_size=5)
VALUES = TEXT | st.integers() | st.floats() | st.booleans() | st.none()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "params": st.dictionaries(TEXT, VALUES, max_size=3),
            "data": TEXT | st.binary(max_size=5) | st.dictionaries(TEXT, VALUES, max_size=3),
            "json": st.none() | VALUES | st.lists(VALUES, max_size=2),
            "headers": st.dictionaries(TEXT, st.none() | TEXT, max_size=2),
        },
    )
)
def test_whatever_is_given_both_ways_agree(sender: Sender, kwargs: dict[str, Any]) -> None:
    plain, prepared = sender.texts("/", **kwargs)
    assert plain == prepared


@pytest.mark.parametrize(
    "kwargs",
    [
        {"json": float("nan")},
        {"json": object()},
        {"params": {"\ud800": "1"}},
        {"data": "\ud800"},
        {"headers": {"\ud800": "1"}},
        {"headers": {"X-A": "a\r\nb"}},
        {"headers": {"a b": "1"}},
        {"headers": {"X-A": 1}},
        {"json": 1, "nme": "typo"},
    ],
)
def test_what_cannot_be_sent_is_refused_alike(sender: Sender, kwargs: dict[str, Any]) -> None:
    plain, prepared = sender.texts("/", **kwargs)
    assert isinstance(plain, tuple)
    assert isinstance(plain[0], type)
    assert plain == prepared
