"""What a stream can do, as the environment and the stream tell it."""

import io
from pathlib import Path

import pytest

from locust_like.outputs.terminal import (
    can_redraw,
    is_terminal,
    painted,
    size_of,
    wants_colour,
    width_of,
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("environment", "yes"),
    [
        ({}, True),
        ({"CI": "true"}, False),
        ({"CI": "1"}, False),
        ({"CI": "false"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
        ({"NO_COLOR": "1"}, True),
    ],
)
def test_where_lines_can_be_drawn_over(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], yes: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert can_redraw(Terminal()) is yes
    assert not can_redraw(io.StringIO())


@pytest.mark.parametrize(
    ("environment", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    on_terminal: bool,
    in_pipe: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal()) is on_terminal
    assert wants_colour(io.StringIO()) is in_pipe
    assert not wants_colour(Terminal(), no_color=True)


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()
    assert not is_terminal(stream)


def test_width(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert width_of(io.StringIO()) == 120
    monkeypatch.setenv("COLUMNS", "5000")
    assert width_of(io.StringIO()) == 200
    for odd in ("wide", "-5", "0"):
        monkeypatch.setenv("COLUMNS", odd)
        assert width_of(io.StringIO()) == 80
    monkeypatch.setenv("COLUMNS", "1")
    assert width_of(io.StringIO()) == 20
    monkeypatch.delenv("COLUMNS")
    with (tmp_path / "log").open("w") as file:
        assert size_of(file) == (80, 24)


def test_what_matters_is_painted() -> None:
    lines = ["Generator: OK", "Generator: INVALID (1 s)", "Error report", "GET /"]
    assert painted(lines) == [
        "\x1b[32mGenerator: OK\x1b[0m",
        "\x1b[31mGenerator: INVALID (1 s)\x1b[0m",
        "\x1b[31mError report\x1b[0m",
        "GET /",
    ]
