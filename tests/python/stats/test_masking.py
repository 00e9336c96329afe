"""Texts that people will see, without what they must not see."""

import logging

import pytest

from locust_like.stats.masking import MaskingFormatter, masked


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def", "abc"),
        ("headers={'Cookie': 'sid=abc', 'X': 1}", "abc"),
        ("GET http://ann:hunter2@host/x", "hunter2"),
        ("GET /x?token=abc&y=1", "abc"),
        ("GET /x?y=1&access_token=abc", "abc"),
        ("GET /x?password=abc#top", "abc"),
    ],
)
def test_secrets_are_masked(text: str, secret: str) -> None:
    assert secret not in masked(text)
    assert "***" in masked(text)


def test_texts_without_secrets_stay() -> None:
    text = "code=404 \udcff \u00e9: KeyError: 'token'"
    assert masked(text) == text


def test_a_log_has_no_secrets_not_even_in_tracebacks() -> None:
    try:
        raise ValueError("cannot reach https://ann:hunter2@host/")
    except ValueError as error:
        failed = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "%s", ("/?token=hunter2",), failed)
    line = MaskingFormatter("%(name)s: %(message)s").format(record)
    assert line.startswith("x: /?token=***\nTraceback")
    assert line.endswith("https://***@host/")
