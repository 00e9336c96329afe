"""Connections of a run, as the server under test counts them."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Server

TEXT = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    {attributes}

    def on_start(self):
        assert self.client.get("/").ok

    @task
    def call(self):
        assert self.client.get("/").ok
        assert self.client.get("/json").ok
"""


def connections(
    target: Server, run: Callable[..., Any], *options: str, attributes: str = "pass"
) -> int:
    """Count the connections of one user: a request at its start, then five tasks of two."""
    before = target.counters()["connections_accepted"]
    done = run(TEXT.format(attributes=attributes), "-H", target.url, "--iterations", "5", *options)
    assert done.code == 0, done.stderr
    return int(target.counters()["connections_accepted"] - before - 1)  # one reads the counters


@pytest.mark.parametrize(
    ("attributes", "options", "expected"),
    [
        ("pass", (), 1),
        ("no_vu_connection_reuse = True", (), 6),
        ("pass", ("--no-connection-reuse",), 11),
    ],
)
def test_connections_are_reused_as_far_as_a_class_or_an_option_says(
    attributes: str,
    options: tuple[str, ...],
    expected: int,
    target: Server,
    run: Callable[..., Any],
) -> None:
    assert connections(target, run, *options, attributes=attributes) == expected
