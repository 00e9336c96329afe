"""How figures become text on a terminal: units and rounding in one place."""

from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import combining, east_asian_width

_TEN, _HUNDRED, _MINUTE_S, _HOUR_S = 10, 100, 60, 3600
_WIDEST_MS = 100_000


def milliseconds(value_ms: float | None) -> str:
    """Return a time in ms with three significant digits, at most five characters wide."""
    if value_ms is None:
        return "-"
    if value_ms >= _WIDEST_MS:
        return f"{min(value_ms / 1000, 9999):.0f}s"
    digits = 2 if value_ms < _TEN else 1 if value_ms < _HUNDRED else 0
    return f"{value_ms:.{digits}f}"


def rate(per_s: float) -> str:
    """Return events a second: two decimals below ten, then one, then none."""
    digits = 2 if per_s < _TEN else 1 if per_s < _HUNDRED else 0
    return f"{per_s:.{digits}f}"


def count(value: int) -> str:
    """Return a count with thousands separators."""
    return f"{value:,}"


def percent(share: float) -> str:
    """Return a share of 0 to 1 as percent; a small one is never shown as zero."""
    text = f"{share * 100:.2f}%"
    return "<0.01%" if share > 0 and text == "0.00%" else text


def clock(seconds: float) -> str:
    """Return a duration as m:ss or h:mm:ss, rounded to whole seconds."""
    whole = round(seconds)
    hours, minutes, rest = whole // _HOUR_S, whole // _MINUTE_S % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def utc(wall_s: float) -> str:
    """Return seconds since the epoch as UTC in ISO 8601 with a final Z."""
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; CJK characters and emoji take two."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def padded(text: str, width: int, *, left: bool) -> str:
    """Return text with blanks up to a width: after it for `left`, otherwise before it."""
    blanks = " " * (width - columns(text))
    return text + blanks if left else blanks + text


def shorten(text: str, width: int) -> str:
    """Return text cut in the middle so that it fits; both ends of a URL tell it apart."""
    if columns(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    tail = (width - 1) // 2
    return f"{_first(text, width - 1 - tail)}…{_first(text[::-1], tail)[::-1]}"


def _first(text: str, width: int) -> str:
    """Return as much of the beginning of a text as fits."""
    if text.isascii():
        return text[:width]
    taken = 0
    for index, character in enumerate(text):
        taken += _columns_of(character)
        if taken > width:
            return text[:index]
    return text


def one_line(text: str) -> str:
    """Return text without line breaks and control characters, which would break a table."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
