"""The log for the page."""

import logging
from collections.abc import Iterator

import pytest

from locust_like.web.logbook import MOST_LINES, Logbook


@pytest.fixture
def book() -> Iterator[Logbook]:
    logger = logging.getLogger("test.logbook")
    logger.propagate = False
    logger.setLevel("DEBUG")
    book = Logbook()
    logger.addHandler(book)
    yield book
    logger.removeHandler(book)


def log() -> logging.Logger:
    return logging.getLogger("test.logbook")


def test_lines_come_once_and_in_order(book: Logbook) -> None:
    log().info("one")
    log().warning("two")
    first = book.lines()
    assert [(line.level, line.text) for line in first.lines] == [
        ("INFO", "one"),
        ("WARNING", "two"),
    ]
    assert book.warnings == 1
    log().error("three")
    assert [line.text for line in book.lines(first.next).lines] == ["three"]
    assert book.lines(book.lines(first.next).next).lines == []


def test_levels_are_left_out(book: Logbook) -> None:
    log().debug("quiet")
    log().error("loud")
    assert [line.text for line in book.lines(level="WARNING").lines] == ["loud"]


def test_what_is_lost_is_said(book: Logbook) -> None:
    log().info("first")
    seen = book.lines().next
    for number in range(MOST_LINES + 5):
        log().info("%d", number)
    logs = book.lines(seen)
    assert logs.dropped == 5
    assert len(logs.lines) == 1000
    assert book.lines(logs.next).lines[0].text == "1005"


def test_a_record_that_cannot_be_formatted_is_told(book: Logbook) -> None:
    book.emit(logging.LogRecord("x", logging.INFO, "x.py", 1, "%d", ("no number",), None))
    assert "cannot be formatted" in book.lines().lines[0].text
