"""Every exit code of `locust-like`, and which of several causes decides.

Source: Locust's codes for what Locust has.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller."""

    OK = 0
    FAILED = 1  # nothing could be run; failed runs have --exit-code-on-error, by default the same
    WRONG_USE = 2  # wrong options; also a run without failures in which a listener crashed
    LISTENER_CRASHED = 2


def of_run(*, override: int | None, failed: bool, listener_failures: int, on_error: int) -> int:
    """Return the exit code of a finished run.

    Args:
        override: `environment.process_exit_code`; wins when it is set.
        failed: a request failed, or a task raised an exception.
        listener_failures: exceptions that event listeners raised.
        on_error: `--exit-code-on-error`.
    """
    if override is not None:
        return override
    if failed:
        return on_error
    return ExitCode.LISTENER_CRASHED if listener_failures else ExitCode.OK
