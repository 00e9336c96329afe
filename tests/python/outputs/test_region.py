"""Lines that stay at the bottom of a terminal, on a terminal of pyte's."""

import io
import logging
import sys
from collections.abc import Callable

import pyte
import pytest

from locust_like.outputs.region import Line, Redirection, Region


class Terminal(io.StringIO):
    """A terminal with a screen to look at."""

    def __init__(self, width: int = 40, height: int = 8) -> None:
        super().__init__()
        self.screen = pyte.HistoryScreen(width, height, history=1000)
        self._stream = pyte.Stream(self.screen)

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        # What the kernel makes of a line feed.
        self._stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]


def lines(*texts: str) -> list[Line]:
    return [Line(text, len(text)) for text in texts]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def region(terminal: Terminal) -> Region:
    return Region(terminal, lambda: terminal.screen.columns)


def test_lines_are_replaced(terminal: Terminal, region: Region) -> None:
    region.draw(lines("one", "two", "three"))
    assert terminal.lines() == ["one", "two", "three"]
    region.draw(lines("four"))
    assert terminal.lines() == ["four"]


def test_text_appears_above(terminal: Terminal, region: Region) -> None:
    region.draw(lines("state", "figures"))
    region.above("a log line\n")
    region.above("another\nand one more\n")
    assert terminal.lines() == ["a log line", "another", "and one more", "state", "figures"]


def test_the_region_never_scrolls_away(terminal: Terminal, region: Region) -> None:
    region.draw(lines("state", "figures"))
    for number in range(50):
        region.above(f"line {number}\n")
    assert terminal.lines()[-3:] == ["line 49", "state", "figures"]
    rows = terminal.screen.history.top
    history = ["".join(cell.data for cell in row.values()).rstrip() for row in rows]
    assert "state" not in history
    assert history[-1] == "line 43"


def test_a_line_that_has_only_begun_waits_for_its_end(terminal: Terminal, region: Region) -> None:
    region.draw(lines("state"))
    region.above("be")
    assert terminal.lines() == ["state"]
    region.above("gun\nrest")
    assert terminal.lines() == ["begun", "state"]
    region.close()
    assert terminal.lines() == ["begun", "rest"]


def test_long_lines_above_are_wrapped_by_the_terminal(terminal: Terminal, region: Region) -> None:
    region.draw(lines("state", "figures"))
    region.above("x" * 50 + "\n")
    region.draw(lines("state", "figures"))
    assert terminal.lines() == ["x" * 40, "x" * 10, "state", "figures"]


def test_a_narrower_terminal_has_wrapped_the_lines(terminal: Terminal) -> None:
    width = 40
    region = Region(terminal, lambda: width)
    region.draw(lines("a" * 39, "b" * 39))
    width = 20
    # Terminals wrap the lines that stand there again when they become narrower; pyte cuts them.
    terminal.screen.reset()
    terminal.write("\n".join(["a" * 20, "a" * 19, "b" * 20, "b" * 19]))
    region.draw(lines("new"))
    assert terminal.lines() == ["new"]


def test_closing_leaves_nothing(terminal: Terminal, region: Region) -> None:
    region.above("before\n")
    region.draw(lines("state"))
    region.close()
    region.close()
    assert terminal.lines() == ["before"]
    assert (terminal.screen.cursor.x, terminal.screen.cursor.hidden) == (0, False)


def test_a_terminal_that_is_gone_ends_nothing(terminal: Terminal, region: Region) -> None:
    region.draw(lines("state"))
    terminal.close()
    terminal.write = gone  # type: ignore[method-assign, assignment]
    region.above("text\n")
    region.draw(lines("state"))
    region.close()
    assert region.is_broken


def gone(_text: str) -> int:
    raise BrokenPipeError(32, "Broken pipe")


@pytest.fixture
def redirected(
    terminal: Terminal, region: Region, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Redirection]:
    def begin() -> Redirection:
        # Here, because pytest puts streams of its own in place after the fixtures.
        monkeypatch.setattr(sys, "stderr", terminal)
        redirection = Redirection(region)
        redirection.begin()
        return redirection

    return begin


def test_prints_and_log_lines_appear_above(
    terminal: Terminal, region: Region, redirected: Callable[[], Redirection]
) -> None:
    logger = logging.getLogger("test.region")
    handler = logging.StreamHandler(terminal)
    logger.addHandler(handler)
    redirection = redirected()
    region.draw(lines("state"))
    print("printed", file=sys.stderr)  # noqa: T201 - what a task may do
    sys.stderr.writelines(["one\n", "two\n"])
    logger.warning("logged")
    sys.stderr.flush()
    assert terminal.lines() == ["printed", "one", "two", "logged", "state"]
    assert sys.stderr.isatty()
    redirection.end()
    logger.removeHandler(handler)
    assert sys.stderr is terminal
    assert handler.stream is terminal


def test_a_stream_that_is_no_terminal_stays(
    redirected: Callable[[], Redirection], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdout = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stdout)
    redirection = redirected()
    assert sys.stdout is stdout
    redirection.end()


def test_what_somebody_else_has_put_in_place_stays(
    redirected: Callable[[], Redirection], monkeypatch: pytest.MonkeyPatch
) -> None:
    redirection = redirected()
    theirs = io.StringIO()
    monkeypatch.setattr(sys, "stderr", theirs)
    redirection.end()
    assert sys.stderr is theirs
