"""Texts with units."""

import pytest

from locust_like.plan.units import (
    parse_address,
    parse_count,
    parse_duration,
    parse_number,
    parse_switch,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("100", 100), ("1k", 1000), ("2.5K", 2500), ("1M", 1_000_000), (" 7 ", 7)],
)
def test_counts(text: str, value: int) -> None:
    parsed = parse_count(text)
    assert parsed == value
    assert isinstance(parsed, int)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-1", "+1", "nan", "inf", "1e3", "1.5", "1kk", "0x10", "1_000", "٣", "9" * 400],
)
def test_counts_refuse_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"Valid formats: 100, 1k"):
        parse_count(text)


@pytest.mark.parametrize("text", ["load-1.example.org", " 10.0.0.1 ", "::1", "fe80::1%eth0", "*"])
def test_addresses(text: str) -> None:
    assert parse_address(text) == text.strip()


@pytest.mark.parametrize("text", ["http://load-1", "load-1:5557", "10.0.0.1:5557", "[::1]:5557"])
def test_addresses_are_no_urls_and_have_no_port(text: str) -> None:
    with pytest.raises(ValueError, match="a port has an option of its own"):
        parse_address(text)


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), (".5", 0.5), ("1.5k", 1500.0)])
def test_numbers(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 20),
        ("20s", 20),
        ("90s", 90),
        ("3m", 180),
        ("2h", 7200),
        ("1h20m", 4800),
        ("3h30m10s", 12_610),
        ("1h 30m", 5400),
        ("1.5s", 1.5),
        ("0", 0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-5", "s", "5 parsecs", "1m2h", "nan", "1e3s", "h"])
def test_durations_refuse_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"Valid formats: 20, 20s, 3m, 2h"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "truth"), [("true", True), ("1", True), ("YES", True), ("false", False), ("", False)]
)
def test_switches(text: str, truth: bool) -> None:
    assert parse_switch(text) is truth


def test_switches_refuse_other_words() -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        parse_switch("maybe")
