"""Bytes that come with the end of a connection's set-up: with HTTP/1 they answer nothing."""

import ssl
from collections.abc import Callable
from pathlib import Path

from locust_like._core import EntryStats
from locust_like.client.session import HttpSession
from locust_like.events import Events

from .raw_server import Peer, RawServer

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"


def speaks_with_its_finished(certificate: Path) -> Callable[[Peer], None]:
    """Serve TLS 1.2, whose server ends the handshake; the reply goes in the same write."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))

    def serve(peer: Peer) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                peer.send(outgoing.read())
                incoming.write(peer.connection.recv(65536))
        tls.write(REPLY)
        peer.send(outgoing.read())
        peer.read_to_end()

    return serve


def is_a_proxy_that_answers_itself(peer: Peer) -> None:
    """Serve SOCKS5; the reply comes with the last word of the proxy."""
    peer.connection.recv(100)
    peer.send(b"\x05\x00")
    peer.connection.recv(100)
    peer.send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00" + REPLY)
    peer.read_to_end()


def check(session: HttpSession, row: Callable[[str, str], EntryStats]) -> None:
    for _ in range(2):
        response = session.get("/")
        assert response.failure_code == "protocol"
        assert f"{len(REPLY)} bytes came before anything was asked" in str(response.error)
    seen = row("GET", "/")
    assert (seen.num_requests, seen.num_failures, seen.exchanges) == (2, 2, 0)
    session.close()


def test_bytes_with_the_end_of_the_handshake(
    certificate: Path, events: Events, row: Callable[[str, str], EntryStats]
) -> None:
    with RawServer(speaks_with_its_finished(certificate)) as server:
        url = server.url.replace("http:", "https:")
        check(HttpSession(url, events.request, verify=False, read_timeout_s=10.0), row)


def test_bytes_with_the_answer_of_a_proxy(
    events: Events, row: Callable[[str, str], EntryStats]
) -> None:
    with RawServer(is_a_proxy_that_answers_itself) as proxy:
        session = HttpSession("http://127.0.0.1:1", events.request, read_timeout_s=10.0)
        session.proxies = {"all": proxy.url.replace("http:", "socks5:")}
        check(session, row)
