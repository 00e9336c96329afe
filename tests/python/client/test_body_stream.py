"""Pieces of a streamed body as lines, wherever they were cut."""

import pytest

from locust_like.client.body_stream import MOST_OF_A_LINE, lines_of_pieces

TEXT = b"one\r\ntwo\n\nthree\rfour\r\n\r\nend"


def cut(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", range(1, len(TEXT) + 1))
@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\r\n"])
def test_lines_do_not_depend_on_the_cuts(size: int, end: bytes) -> None:
    pieces = cut(TEXT + end, size)
    assert list(lines_of_pieces(iter(pieces))) == (TEXT + end).splitlines()
    text = [piece.decode() for piece in pieces]
    assert list(lines_of_pieces(iter(text))) == (TEXT + end).decode().splitlines()


@pytest.mark.parametrize("delimiter", [b"|", b"||", b"|ab|"])
@pytest.mark.parametrize("size", range(1, 9))
def test_a_delimiter_may_be_cut_anywhere(delimiter: bytes, size: int) -> None:
    text = delimiter.join([b"1", b"", b"|", b"22a", b"333"])
    expected = text.split(delimiter)
    assert list(lines_of_pieces(iter(cut(text, size)), delimiter)) == expected


def test_a_line_is_given_as_soon_as_it_is_complete() -> None:
    pieces = iter([b"a", b"b\nc", b"d"])
    assert next(lines_of_pieces(pieces)) == b"ab"
    assert list(pieces) == [b"d"]


@pytest.mark.parametrize("delimiter", [None, b"|", b"||"])
def test_a_line_without_end_comes_in_parts(delimiter: bytes | None) -> None:
    """Joining it anew with every piece would take minutes."""
    piece, count = b"x" * 1000, 40_000
    parts = [len(part) for part in lines_of_pieces(iter([piece] * count), delimiter)]
    assert sum(parts) == len(piece) * count
    assert max(parts) <= MOST_OF_A_LINE + len(piece)
    assert len(parts) == 3
