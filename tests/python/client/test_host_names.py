"""Host names outside ASCII: what is sent, and what the script sees."""

import pytest

from locust_like.client.session import HttpSession
from locust_like.events import Events

from .raw_server import Peer, RawServer

HOME, AWAY = "xn--mnchen-3ya.test", "xn--wgv71a.test"


@pytest.mark.parametrize(
    "location", [f"http://{AWAY}/x", "http://日本.test/x", "//%E6%97%A5%E6%9C%AC.test/x"]
)
def test_a_call_and_its_redirect_are_sent_in_idna_form(location: str, events: Events) -> None:
    """A proxy sees both names on the wire, as nobody has to resolve them."""
    heads = []

    def serve(peer: Peer) -> None:
        heads.append(peer.read_head())
        if AWAY.encode() in heads[-1]:
            return peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        peer.send(b"HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Domain=m\xc3\xbcnchen.test\r\n")
        return peer.send(f"Location: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    with RawServer(serve) as server:
        session = HttpSession("http://München.test", events.request, read_timeout_s=10.0)
        session.proxies = {"http": server.url}
        response = session.get("/ü")
        assert response.error is None
        assert response.url == f"http://{AWAY}/x"
        assert response.history[0].url == f"http://{HOME}/%C3%BC"
        assert [(c.name, c.domain) for c in session.cookies] == [("a", HOME)]
        session.close()
    assert [head.splitlines()[:2] for head in heads] == [
        [f"GET http://{HOME}/%C3%BC HTTP/1.1".encode(), f"Host: {HOME}".encode()],
        [f"GET http://{AWAY}/x HTTP/1.1".encode(), f"Host: {AWAY}".encode()],
    ]


def test_a_name_without_such_a_form_is_refused(session: HttpSession) -> None:
    with pytest.raises(ValueError, match=r"no IDNA form \(xn--...\): string contains a disallowed"):
        session.get("http://☃.test/")
