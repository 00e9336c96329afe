"""Which cause decides the exit code."""

import re
from pathlib import Path

import pytest

from locust_like.cli.exit_codes import TABLE, ExitCode, of_run


@pytest.mark.parametrize(
    ("override", "failed", "listener_failures", "on_error", "code"),
    [
        (None, False, 0, 1, 0),
        (None, True, 0, 1, 1),
        (None, True, 0, 7, 7),
        (None, True, 0, 0, 0),
        (None, False, 3, 1, 2),
        (None, True, 3, 1, 1),
        (42, True, 3, 1, 42),
        (0, True, 3, 1, 0),
    ],
)
def test_causes(
    override: int | None, failed: bool, listener_failures: int, on_error: int, code: int
) -> None:
    assert code == of_run(
        override=override, failed=failed, listener_failures=listener_failures, on_error=on_error
    )


@pytest.mark.parametrize(
    ("override", "failed", "listener_failures", "on_error", "code"),
    [
        (None, False, 0, 1, 112),
        (None, True, 0, 1, 1),
        (None, True, 0, 0, 112),
        (None, False, 1, 1, 2),
        (0, False, 0, 1, 0),
    ],
)
def test_an_invalid_generator_decides_when_nothing_else_does(
    override: int | None, failed: bool, listener_failures: int, on_error: int, code: int
) -> None:
    assert code == of_run(
        override=override,
        failed=failed,
        listener_failures=listener_failures,
        on_error=on_error,
        invalid=True,
    )


@pytest.mark.parametrize(
    ("override", "listener_failures", "on_error", "code"),
    [(None, 0, 1, 1), (None, 3, 1, 1), (None, 0, 0, 1), (0, 0, 1, 0)],
)
def test_a_lost_worker_counts_unless_it_is_allowed(
    override: int | None, listener_failures: int, on_error: int, code: int
) -> None:
    assert code == of_run(
        override=override,
        failed=False,
        listener_failures=listener_failures,
        on_error=on_error,
        degraded=True,
    )


def test_the_documentation_has_the_table(checkout: Path) -> None:
    text = (checkout / "docs/exit-codes.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert rows == [(str(int(code)), meaning) for code, meaning in TABLE]
    assert {int(code) for code in ExitCode} == {int(code) for code, _ in TABLE}
