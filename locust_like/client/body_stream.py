"""Streamed bodies: pieces that come one by one, as text, lines, chunks or a file."""

import codecs
import io
from collections.abc import Iterator
from typing import Any

from locust_like._core import Response as CoreResponse

MOST_OF_A_LINE = 16 * 1024 * 1024
"""Bytes or characters; a server that ends no line cannot fill the memory."""

_UNREAD = "unread"  # in Response.extra: bytes that a file has taken and not given yet


def pieces_of(response: CoreResponse) -> Iterator[bytes]:
    """Give what is left of a streamed body, as it comes."""
    unread = response.extra.pop(_UNREAD, None)
    if unread:
        yield bytes(unread)
    yield from iter(response.next_piece, b"")


def regrouped(pieces: Iterator[Any], size: int) -> Iterator[Any]:
    """Cut pieces anew.

    Args:
        pieces: bytes or text, none of them empty.
        size: of all but the last one given.
    """
    held: list[Any] = []
    held_size = 0
    for piece in pieces:
        held.append(piece)
        held_size += len(piece)
        if held_size < size:
            continue
        joined = piece[:0].join(held)
        end = held_size - held_size % size
        for start in range(0, end, size):
            yield joined[start : start + size]
        held, held_size = [joined[end:]], held_size - end
    if held_size:
        yield held[0][:0].join(held)


def text_of_pieces(pieces: Iterator[bytes], charset: str) -> Iterator[str]:
    """Decode pieces, whose ends may cut characters; what does not fit is replaced.

    Args:
        pieces: of one text.
        charset: one that Python does not know means UTF-8.
    """
    try:
        decoder = codecs.getincrementaldecoder(charset)("replace")
    except LookupError:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        text = decoder.decode(piece)
        if text:
            yield text
    rest = decoder.decode(b"", True)
    if rest:
        yield rest


def lines_of_pieces(pieces: Iterator[Any], delimiter: Any = None) -> Iterator[Any]:
    r"""Give lines as soon as they are complete, without their ends.

    Args:
        pieces: bytes or text, none of them empty.
        delimiter: what ends a line; None: any line end. A "\r" at the end of a piece may be half
            of one, so its line waits for the next piece.

    Cost: linear in what comes, however long lines are; of one longer than `MOST_OF_A_LINE`, parts
        are given.
    """
    overlap = len(delimiter) - 1 if delimiter else 1  # of an end, so much may have come already
    held: list[Any] = []
    held_size = 0
    for piece in pieces:
        joined = piece
        if held and overlap:
            last = held.pop()
            joined = last[-overlap:] + piece
            held.append(last[:-overlap])
            held_size -= len(joined) - len(piece)
        *lines, unfinished = joined.split(delimiter) if delimiter else _lines_of(joined)
        if lines:
            yield joined[:0].join([*held, lines[0]])
            yield from lines[1:]
            held, held_size = [], 0
        held.append(unfinished)
        held_size += len(unfinished)
        if held_size > MOST_OF_A_LINE:
            long_line = joined[:0].join(held)
            end = held_size - overlap
            yield long_line[:end]
            held, held_size = [long_line[end:]], overlap
    if held_size:
        rest = held[0][:0].join(held)
        yield from [rest] if delimiter else rest.splitlines()


def _lines_of(text: Any) -> list[Any]:
    """Return the lines without their ends, last what is no whole line yet, empty for nothing."""
    lines = text.splitlines(keepends=True)
    is_unfinished = lines[-1].splitlines()[0] == lines[-1] or lines[-1][-1:] in ("\r", b"\r")
    unfinished = lines.pop() if is_unfinished else text[:0]
    return [*(line.splitlines()[0] for line in lines), unfinished]


class BodyFile(io.RawIOBase):
    """The body of a streamed response as a file that is read forwards.

    It has no state of its own (a response that kept it would never die): what has come and was not
    read yet lies in the response, so each file of one goes on where the last one stopped.
    """

    def __init__(self, response: CoreResponse) -> None:
        super().__init__()
        self._response = response

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what has come, waiting for the first byte.

        Returns:
            The number of bytes; 0 at the end of the body.
        """
        came: memoryview = self._response.extra.pop(_UNREAD, None) or memoryview(
            self._response.next_piece()
        )
        size = min(len(buffer), len(came))
        buffer[:size] = came[:size]
        if size < len(came):
            self._response.extra[_UNREAD] = came[size:]
        return size

    def read(self, size: int | None = -1) -> bytes:
        """Return so many bytes, fewer only at the end of the body; -1: all that is left."""
        if size is None or size < 0:
            return self.readall()
        read = bytearray(size)
        view = memoryview(read)
        filled = 0
        while filled < size:
            count = self.readinto(view[filled:])
            if count == 0:
                break
            filled += count
        return bytes(view[:filled])
