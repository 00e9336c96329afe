"""The body of a `stream=True` call through the genuine `requests` library, as urllib3 has it."""

from collections.abc import Callable, Generator
from typing import Any

from urllib3 import HTTPHeaderDict, HTTPResponse

from locust_like.client.body_stream import BodyFile
from locust_like.client.failures import call_error
from locust_like.client.response import Response

_MOST_PIECE_BYTES = 131072


class StreamedBody(HTTPResponse):
    """Reads from the engine what the script asks for; memory is bounded.

    Args:
        exchange: made with `stream=True`.
        fields: its header.
        options: of urllib3's response.
    """

    def __init__(self, exchange: Response, fields: HTTPHeaderDict, **options: Any) -> None:
        self._reader = _Reader(exchange)
        super().__init__(body=self._reader, headers=fields, **options)  # type: ignore[arg-type]  # a file as far as it is used

    @property
    def is_at_end(self) -> bool:
        """Whether all of the body was read."""
        return self._reader.is_at_end

    def when_it_ends(self, act: Callable[[Exception | None], None]) -> None:
        """Call `act` once when the body has ended, with why it failed; that is raised then."""
        self._reader.on_end = act

    def when_it_is_left(self, act: Callable[[], None]) -> None:
        """Call `act` when the script closes the response before its body has ended."""
        self._reader.on_left = act

    def release_conn(self) -> None:
        """Hear that the script has closed the response; who drops it calls `close()` alone."""
        self._reader.note_left()
        super().release_conn()

    def stream(
        self, amt: int | None = 65536, decode_content: bool | None = None
    ) -> Generator[bytes, None, None]:
        """Give what has come, at most `amt` bytes at a time; urllib3 gathers what it decodes."""
        if "content-encoding" in self.headers:
            yield from super().stream(amt or _MOST_PIECE_BYTES, decode_content)
            return
        while piece := self._reader.read_some(amt or _MOST_PIECE_BYTES):
            yield piece


class _Reader:
    """The file below urllib3's response. It ends nothing when it is dropped or closed."""

    def __init__(self, exchange: Response) -> None:
        self.exchange = exchange
        self.on_end: Callable[[Exception | None], None] | None = None
        self.on_left: Callable[[], None] | None = None
        self.is_at_end = False
        self.closed = False
        exchange.leave_encoded()
        self._file = BodyFile(exchange)

    def read(self, size: int | None = None) -> bytes:
        wanted = -1 if size is None else size
        came = self._file.read(wanted)
        if wanted < 0 or len(came) < wanted:
            self._note_end()
        return came

    def read_some(self, most: int) -> bytes:
        buffer = bytearray(min(most, _MOST_PIECE_BYTES))
        count = self._file.readinto(buffer)
        if count == 0:
            self._note_end()
        return bytes(memoryview(buffer)[:count])

    def close(self) -> None:
        self.closed = True

    def note_left(self) -> None:
        on_left, self.on_left = self.on_left, None
        if on_left is not None and self.closed and not self.is_at_end:
            on_left()

    def _note_end(self) -> None:
        if self.is_at_end:
            return
        self.is_at_end = True
        code = self.exchange.failure_code
        error = call_error(code, self.exchange.failure_message, None)
        failure = error if code not in {"", "status"} else None
        if self.on_end is not None:
            self.on_end(failure)
        if failure is not None:
            raise failure
