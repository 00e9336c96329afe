"""Figures as text."""

import pytest

from locust_like.outputs.numbers import (
    clock,
    columns,
    count,
    milliseconds,
    one_line,
    padded,
    percent,
    rate,
    shorten,
    utc,
)


@pytest.mark.parametrize(
    ("value_ms", "text"),
    [
        (None, "-"),
        (0.0, "0.00"),
        (0.312, "0.31"),
        (12.34, "12.3"),
        (123.4, "123"),
        (99_999.4, "99999"),
        (123_456.0, "123s"),
    ],
)
def test_milliseconds(value_ms: float | None, text: str) -> None:
    assert milliseconds(value_ms) == text


@pytest.mark.parametrize("value_ms", [9.999, 99.99, 99_999.9, 1e9])
def test_milliseconds_never_need_more_than_six_characters(value_ms: float) -> None:
    assert len(milliseconds(value_ms)) <= 6


@pytest.mark.parametrize(
    ("per_s", "text"), [(0, "0.00"), (3.14159, "3.14"), (31.4159, "31.4"), (12_345.6, "12346")]
)
def test_rate(per_s: float, text: str) -> None:
    assert rate(per_s) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0.00%"), (0.00001, "<0.01%"), (0.5, "50.00%"), (1.0, "100.00%")]
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (4.99, "0:05"), (61.2, "1:01"), (3661, "1:01:01")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_count_and_utc() -> None:
    assert count(1_234_567) == "1,234,567"
    assert utc(0) == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abc…fg"), ("abc", 1, "…"), ("abc", 0, "")],
)
def test_shorten_cuts_in_the_middle(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short
    assert len(shorten(text, width)) <= width


def test_one_line_takes_what_would_break_a_table() -> None:
    assert one_line("a\r\nb\tc\x1b[31m") == "a b c [31m"


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("a漢", 3), ("🚀", 2)]
)
def test_columns_of_a_terminal(text: str, width: int) -> None:
    assert columns(text) == width
    assert padded(text, width + 2, left=True) == f"{text}  "
    assert padded(text, width + 2, left=False) == f"  {text}"


@pytest.mark.parametrize("width", range(2, 12))
def test_wide_characters_are_cut_to_columns(width: int) -> None:
    short = shorten("漢字" * 10, width)
    assert width - 2 <= columns(short) <= width
