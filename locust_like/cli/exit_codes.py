"""Every exit code of `locust-like`, and which of several causes decides.

`docs/exit-codes.md` shows `TABLE`; a test compares the two. If you add a code here, also add its
row there.

Source: Locust's codes for what Locust has, k6's numbers for causes that only k6 has.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller."""

    OK = 0
    FAILED = 1
    WRONG_USE = 2
    LISTENER_CRASHED = 2
    THRESHOLDS_FAILED = 99
    ABORTED = 108
    GENERATOR_INVALID = 112


TABLE: tuple[tuple[ExitCode, str], ...] = (
    (ExitCode.OK, "the run ended without failures, whoever ended it"),
    (
        ExitCode.FAILED,
        "a request failed or a task raised an exception (`--exit-code-on-error N` chooses another "
        "code); nothing could be run; results could not be written; a worker was lost during the "
        "run (`--allow-worker-loss` lets that pass)",
    ),
    (ExitCode.WRONG_USE, "wrong options; nothing else is wrong but an event listener raised"),
    (ExitCode.THRESHOLDS_FAILED, "reserved: thresholds that do not hold"),
    (ExitCode.ABORTED, "reserved: a script that aborts the run"),
    (
        ExitCode.GENERATOR_INVALID,
        "with `--fail-on-invalid`: nothing else is wrong but the generator was INVALID",
    ),
)
"""What each code means, as the documentation says it."""


def of_run(
    *,
    override: int | None,
    failed: bool,
    listener_failures: int,
    on_error: int,
    invalid: bool = False,
    degraded: bool = False,
) -> int:
    """Return the exit code of a finished run.

    Args:
        override: `environment.process_exit_code`; wins when it is set.
        failed: a request failed, or a task raised an exception.
        listener_failures: exceptions that event listeners raised.
        on_error: `--exit-code-on-error`; 0 hides failures, but not an INVALID generator.
        invalid: the generator was INVALID, and this was asked to count.
        degraded: a worker was lost, and this was not allowed.
    """
    if override is not None:
        return override
    if failed and on_error:
        return on_error
    if degraded:
        return ExitCode.FAILED
    if listener_failures and not failed:
        return ExitCode.LISTENER_CRASHED
    return ExitCode.GENERATOR_INVALID if invalid else ExitCode.OK
