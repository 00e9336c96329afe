"""What the stream we write to can do: width, colours, redrawing.

Source: NO_COLOR (no-color.org), FORCE_COLOR and CI as most tools read them; TERM=dumb as terminfo.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEFAULT_WIDTH = 80
_DEFAULT_HEIGHT = 24
_LEAST_WIDTH = 20
_MOST_WIDTH = 200
_OFF = {"", "0", "false", "no"}


class Size(NamedTuple):
    """Columns and rows of a terminal."""

    width: int
    height: int


def size_of(stream: TextIO) -> Size:
    """Return the size to write for: COLUMNS, else the terminal's, else 80x24; 20 to 200 wide."""
    try:
        real = os.get_terminal_size(stream.fileno())
    # Not a terminal, closed, or (in tests) without a descriptor.
    except (OSError, ValueError):
        real = os.terminal_size((0, 0))
    try:
        width = max(0, int(os.environ.get("COLUMNS", ""))) or _DEFAULT_WIDTH
    except ValueError:
        width = real.columns or _DEFAULT_WIDTH
    return Size(max(_LEAST_WIDTH, min(width, _MOST_WIDTH)), real.lines or _DEFAULT_HEIGHT)


def width_of(stream: TextIO) -> int:
    """Return the width to write for, see `size_of`."""
    return size_of(stream).width


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal; a closed one is none."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def can_redraw(stream: TextIO) -> bool:
    """Tell whether lines may be drawn over: a terminal that moves its cursor, not in CI."""
    in_ci = os.environ.get("CI", "").lower() not in _OFF
    return is_terminal(stream) and not in_ci and os.environ.get("TERM", "") not in {"", "dumb"}


def wants_colour(stream: TextIO, *, no_color: bool = False) -> bool:
    """Tell whether to colour: not with --no-color or NO_COLOR; FORCE_COLOR even into a pipe."""
    if no_color or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "").lower() not in _OFF:
        return True
    return is_terminal(stream) and os.environ.get("TERM", "") not in {"", "dumb"}


_BOLD, _RED, _GREEN, _YELLOW = "1", "31", "32", "33"
_STYLES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Generator: OK"), _GREEN),
    (re.compile(r"Generator: LATE"), _YELLOW),
    (re.compile(r"Generator: INVALID|Accounting: .*DIFFERENCE|NOT WRITTEN: "), _RED),
    (re.compile(r"Error report|Exception raised|Exceptions: "), _RED),
    (re.compile(r"Run ended after|Response time percentiles|Type +Name"), _BOLD),
)


def painted(lines: Iterable[str]) -> list[str]:
    """Return the lines of a summary with what matters most in colour."""
    return [_paint(line) for line in lines]


def _paint(line: str) -> str:
    for pattern, style in _STYLES:
        if pattern.match(line):
            return f"\x1b[{style}m{line}\x1b[0m"
    return line
