"""Bodies that are made while they are sent: in the caller's greenlet, as fast as they leave."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gevent
import pytest

from locust_like.client.authentication import OutgoingRequest
from locust_like.client.requests_session import RequestsSession
from locust_like.client.session import HttpSession
from locust_like.client.uploads import FileSource, PiecesSource, Upload, body_from
from locust_like.events import Events

from .raw_server import Peer, RawServer
from .test_streaming import counted, figures, session_of

MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Seen:
    """Answers each request with ok, and keeps what it read.

    Attributes:
        requests: (head, body).
    """

    def __init__(self) -> None:
        self.requests: list[tuple[bytes, bytes]] = []

    def __call__(self, peer: Peer) -> None:
        while head := peer.read_head():
            self.requests.append((head, peer.read_body(head)))
            peer.send(OK)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def server(seen: Seen) -> Iterator[RawServer]:
    with RawServer(seen) as made:
        yield made


@pytest.fixture
def client(server: RawServer, events: Events) -> Iterator[HttpSession]:
    with closing(session_of(server, events)) as session:
        yield session


def test_a_file_is_sent_from_where_it_stands(
    client: HttpSession, seen: Seen, large_file: Path
) -> None:
    with large_file.open("rb") as file:
        file.seek(1000)
        assert client.post("/", data=file).text == "ok"
    head, body = seen.requests[0]
    assert b"Content-Length: 511000\r\n" in head
    assert body == large_file.read_bytes()[1000:]
    assert client.post("/", data=b"next").text == "ok"
    assert seen.requests[1][1] == b"next"


def test_a_generator_is_sent_in_chunks_by_its_own_greenlet(
    client: HttpSession, seen: Seen, events: Events
) -> None:
    makers = set()

    def pieces() -> Iterator[str | bytes]:
        for piece in ("é", b"", b"two", bytearray(b"three")):
            makers.add(gevent.getcurrent())
            gevent.sleep(0)
            yield piece  # type: ignore[misc]

    response = client.post("/", data=pieces(), name="upload")
    assert (response.text, response.request.body) == ("ok", None)
    head, body = seen.requests[0]
    assert b"Transfer-Encoding: chunked\r\n" in head
    assert b"Content-Length" not in head
    assert body == "é".encode() + b"twothree"
    assert makers == {gevent.getcurrent()}
    assert figures(events) == (1, 0, 0)


def test_the_reply_to_an_upload_may_be_streamed(client: HttpSession, events: Events) -> None:
    response = client.post("/", data=iter([b"a", b"b"]), stream=True)
    assert (response.status_code, figures(events)) == (200, (0, 0, 0))
    assert b"".join(response.iter_content(1)) == b"ok"
    assert figures(events) == (1, 0, 0)


def test_making_a_piece_may_call_the_server(client: HttpSession, seen: Seen) -> None:
    def pieces() -> Iterator[bytes]:
        yield client.post("/inner", data=b"1").content or b""

    assert client.post("/outer", data=pieces()).text == "ok"
    assert [body for _, body in seen.requests] == [b"1", b"ok"]


def test_memory_stays_flat_whatever_the_size(
    events: Events, resident_bytes: Callable[[], int]
) -> None:
    received = []

    def serve(peer: Peer) -> None:
        peer.read_head()
        room = bytearray(MIB)
        left = 256 * MIB
        while left:
            left -= peer.connection.recv_into(room, min(left, MIB))
        received.append(left)
        peer.send(OK)

    class File(io.RawIOBase):
        """As large as it says; never in memory."""

        def __init__(self) -> None:
            self.at = 0

        def __len__(self) -> int:
            return 256 * MIB

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            size = min(size, 256 * MIB - self.at)
            self.at += size
            return bytes(size)

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        before = resident_bytes()
        assert session.post("/", data=File()).text == "ok"
        assert resident_bytes() - before < 32 * MIB
        assert counted(events).total.sent_bytes > 256 * MIB
    assert received == [0]


def test_a_slow_server_holds_the_generator_back(events: Events) -> None:
    made = 0

    def pieces() -> Iterator[bytes]:
        nonlocal made
        for _ in range(640):
            made += 1
            yield bytes(100_000)

    def serve(peer: Peer) -> None:
        head = peer.read_head()
        peer.go_on.wait(10)
        peer.read_body(head)
        peer.send(OK)

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        call = gevent.spawn(session.post, "/", data=pieces())
        before = -1
        while made != before or not made:
            before = made
            gevent.sleep(0.3)
        assert made < 320
        server.peers[0].go_on.set()
        assert call.get(timeout=20).text == "ok"
    assert made == 640


class Sized:
    """Says how many bytes its pieces are, as scripts for requests do."""

    def __init__(self, size: int, *pieces: bytes) -> None:
        self.size = size
        self.pieces = pieces

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


def test_a_length_that_is_stated_must_be_kept(client: HttpSession, events: Events) -> None:
    large = bytes(100_000)
    assert client.post("/", data=Sized(200_000, large, large)).text == "ok"
    for size, message in ((200_001, "1 bytes short of"), (199_999, "1 bytes longer than")):
        with pytest.raises(ValueError, match=message):
            client.post("/", data=Sized(size, large, large))
    assert figures(events) == (3, 2, 0)


def test_pieces_of_another_type_are_refused(client: HttpSession) -> None:
    with pytest.raises(TypeError, match="bytes or text, not int"):
        client.post("/", data=iter([1]))


def test_a_form_does_not_read_its_files_at_once(
    client: HttpSession, seen: Seen, large_file: Path
) -> None:
    with large_file.open("rb") as file:
        response = client.post("/", data={"a": "1"}, files={"f": file, "g": ("n", b"small")})
    assert response.text == "ok"
    head, body = seen.requests[0]
    assert b"Content-Length: %d\r\n" % len(body) in head
    assert b'filename="large.bin"\r\n\r\n' + large_file.read_bytes() + b"\r\n--" in body
    assert body.endswith(b"small\r\n--" + body[2:34] + b"--\r\n")


def test_a_text_is_sent_as_utf8(client: HttpSession, seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("é" * 100_000, encoding="utf-16")
    with path.open(encoding="utf-16") as file:
        assert client.post("/", data=file).text == "ok"
    assert seen.requests[0][1] == path.read_text(encoding="utf-16").encode()


def test_a_callable_that_authenticates_sees_a_body_that_is_made_later(
    client: HttpSession, seen: Seen, large_file: Path
) -> None:
    def sign(request: OutgoingRequest) -> None:
        assert isinstance(request.body, Upload)
        request.headers["X-Bytes"] = str(request.body.length_bytes)

    with large_file.open("rb") as file:
        assert client.post("/", data=file, auth=sign).text == "ok"
    head, body = seen.requests[0]
    assert b"\r\nX-Bytes: 512000\r\n" in head
    assert len(body) == 512_000


def test_another_thread_may_upload(client: HttpSession, seen: Seen) -> None:
    texts = []
    work = threading.Thread(
        target=lambda: texts.append(client.post("/", data=iter([b"a", b"b"])).text)
    )
    work.start()
    while work.is_alive():
        gevent.sleep(0.01)
    assert (texts, seen.requests[0][1]) == (["ok"], b"ab")


def test_the_genuine_library_uploads_in_pieces(
    seen: Seen, server: RawServer, events: Events, large_file: Path
) -> None:
    session = RequestsSession(server.url, events.request)
    with large_file.open("rb") as file:
        assert session.post("/", data=file).text == "ok"
    assert session.post("/", data=iter([b"a", b"b"])).text == "ok"
    assert [body for _, body in seen.requests] == [large_file.read_bytes(), b"ab"]

    def raising() -> Iterator[bytes]:
        yield b"x"
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        session.post("/", data=raising())
    session.close()


@pytest.mark.parametrize(
    ("source", "length", "rewinds"),
    [
        (lambda: FileSource(io.BytesIO(b"12345")), 5, True),
        (lambda: FileSource(io.StringIO("12345")), None, True),
        (lambda: PiecesSource(iter([b"123", b"45"])), None, False),
        (lambda: PiecesSource({"12345": 1}.keys()), None, True),
        (lambda: PiecesSource(Sized(5, b"12345")), 5, True),
    ],
)
def test_what_is_known_of_a_source(
    source: Callable[[], Any], length: int | None, rewinds: bool
) -> None:
    upload = Upload(source())
    assert (upload.length_bytes, upload.rewinds) == (length, rewinds)
    assert upload.read_all() == b"12345"
    if rewinds:
        upload.rewind()
        assert upload.read_all() == b"12345"


def test_what_is_small_is_read_at_once() -> None:
    assert body_from(FileSource(io.BytesIO(b"12345"))) == b"12345"
    assert isinstance(body_from(FileSource(io.BytesIO(bytes(70_000)))), Upload)
