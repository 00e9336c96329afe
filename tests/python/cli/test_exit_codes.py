"""Which cause decides the exit code."""

import pytest

from locust_like.cli.exit_codes import of_run


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
