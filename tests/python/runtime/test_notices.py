"""A stranger cannot fill the log."""

import logging

import pytest

from locust_like.runtime.notices import Notices


def test_told_at_first_and_then_ever_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices()
    with caplog.at_level(logging.WARNING):
        for _ in range(1234):
            notices.tell("who are you")
    assert [record.getMessage() for record in caplog.records] == [
        "who are you",
        "who are you (10 times so far)",
        "who are you (100 times so far)",
        "who are you (1,000 times so far)",
    ]


def test_texts_that_differ_each_time_are_one_after_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    notices = Notices()
    with caplog.at_level(logging.WARNING):
        for number in range(10_000):
            notices.tell(f"port {number}")
    assert len(caplog.records) < 110
