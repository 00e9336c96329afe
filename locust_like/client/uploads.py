"""Bodies that are made while they are sent: files, iterators, generators, and forms with files.

The core asks an `Upload` for one piece at a time, when there is room for it, in the greenlet of the
call; so neither the size of a file nor the speed of a server decides how much memory is used. What
is small and has a known size is read at once instead: it costs no trips to and fro.

Source: requests 2.34, utils.py (`super_len`, `rewind_body`): what counts as a length.
"""

import os
import stat
from collections.abc import Container, Iterable, Iterator
from io import StringIO, TextIOBase
from typing import Any, Protocol

PIECE_BYTES = 131_072
"""How much of a file is read at a time."""

_MOST_READ_AT_ONCE_BYTES = 65_536


class Source(Protocol):
    """A part of a body.

    Attributes:
        length_bytes: None = nobody knows.
        rewinds: whether it can be given a second time.
    """

    length_bytes: int | None
    rewinds: bool

    def pieces(self) -> Iterator[bytes]:
        """Give it from where it began, piece by piece."""


class BytesSource:
    """What is in memory."""

    rewinds = True

    def __init__(self, content: bytes) -> None:
        self.length_bytes: int | None = len(content)
        self._content = content

    def pieces(self) -> Iterator[bytes]:
        """Give all of it."""
        yield self._content


class FileSource:
    """What is left of a file, or of anything else with `read(size)`."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._start = _position(file)
        self.rewinds = self._start is not None
        self.length_bytes = _bytes_left(file, self._start)
        self._was_read = False

    def pieces(self) -> Iterator[bytes]:
        """Read it; also a second time."""
        if self._was_read:
            self._file.seek(self._start)
        self._was_read = True
        left = self.length_bytes
        while left is None or left > 0:
            size = PIECE_BYTES if left is None else min(PIECE_BYTES, left)
            piece = as_bytes(self._file.read(size))
            if not piece:
                return
            if left is not None:
                left -= len(piece)
            yield piece


class PiecesSource:
    """An iterator, which can be read once, or an iterable, which may be asked for another one."""

    def __init__(self, pieces: Iterable[str | bytes]) -> None:
        self._pieces = pieces
        self.rewinds = not isinstance(pieces, Iterator)
        self.length_bytes = None if isinstance(pieces, Container) else _stated_length(pieces)

    def pieces(self) -> Iterator[bytes]:
        """Give them as they come."""
        return (as_bytes(piece) for piece in self._pieces)


class Upload:
    """A body for the core to ask for.

    Args:
        sources: its parts, in order.

    Attributes:
        length_bytes: of all; None = nobody knows, then it is sent in chunks.
        rewinds: whether it can be sent again.
        raised: what making a piece has raised.

    Thread: the caller's of the call.
    """

    def __init__(self, *sources: Source) -> None:
        lengths = [source.length_bytes for source in sources]
        known = [length for length in lengths if length is not None]
        self.length_bytes = sum(known) if len(known) == len(lengths) else None
        self.rewinds = all(source.rewinds for source in sources)
        self.raised: BaseException | None = None
        self._sources = sources
        self.rewind()

    def rewind(self) -> None:
        """Begin again."""
        self._left = self.length_bytes
        every = (piece for source in self._sources for piece in source.pieces())
        self._pieces = (piece for piece in every if piece)

    def next_piece(self) -> bytes:
        """Return the next piece; an empty one is the end.

        Raises:
            ValueError: the pieces are more or fewer bytes than was said.
        """
        try:
            piece = next(self._pieces, b"")
            if self._left is not None:
                self._left -= len(piece)
                self._check_length(ended=not piece)
        except BaseException as error:
            self.raised = error
            raise
        return piece

    def _check_length(self, *, ended: bool) -> None:
        if self._left is None or (self._left >= 0 and not (ended and self._left)):
            return
        how = f"{self._left} bytes short of" if ended else f"{-self._left} bytes longer than"
        msg = f"the body is {how} the {self.length_bytes} that were announced"
        raise ValueError(msg)

    def read_all(self) -> bytes:
        """Return all of it at once."""
        return b"".join(iter(self.next_piece, b""))


def file_source(file: Any) -> Source:
    """Return what is left of a file as part of a body.

    How many bytes a text makes shows only when it is read: a short one is read here.
    """
    if isinstance(file, TextIOBase):
        size = 0 if isinstance(file, StringIO) else _size_on_disk(file)
        if size is not None and size <= _MOST_READ_AT_ONCE_BYTES:
            return BytesSource(file.read().encode())
    return FileSource(file)


def body_from(*sources: Source) -> bytes | Upload:
    """Return a body of these parts: read at once where it is small, else made while it is sent."""
    upload = Upload(*sources)
    length = upload.length_bytes
    if length is not None and length <= _MOST_READ_AT_ONCE_BYTES:
        return upload.read_all()
    return upload


def as_bytes(piece: object) -> bytes:
    """Return a piece of a body as it is sent; text is UTF-8.

    Raises:
        TypeError: it is neither bytes nor text.
    """
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, str):
        return piece.encode()
    if isinstance(piece, bytearray | memoryview):
        return bytes(piece)
    msg = f"the pieces of a body are bytes or text, not {type(piece).__name__}"
    raise TypeError(msg)


def _position(file: Any) -> Any:
    try:
        position = file.tell()
        file.seek(position)
    except (AttributeError, OSError, ValueError):
        return None
    return position


def _bytes_left(file: Any, start: Any) -> int | None:
    """Return how much a file still holds; None where only reading it tells, as for text."""
    if isinstance(file, TextIOBase):
        return None
    whole = _stated_length(file)
    if whole is None:
        whole = _size_on_disk(file)
    if whole is None and start is not None:
        whole = file.seek(0, os.SEEK_END)
        file.seek(start)
    return None if whole is None else max(whole - (start or 0), 0)


def _stated_length(body: Any) -> int | None:
    if hasattr(body, "__len__"):
        return len(body)
    stated = getattr(body, "len", None)
    return stated if isinstance(stated, int) else None


def _size_on_disk(file: Any) -> int | None:
    try:
        found = os.fstat(file.fileno())
    except (AttributeError, OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
