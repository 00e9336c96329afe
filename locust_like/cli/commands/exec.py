"""`locust-like exec FILE [arguments]`: run a script that uses Locust as a library."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from locust_like.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = """Usage: locust-like exec FILE [arguments]

Run a Python script as `python FILE` does, with `import locust` meaning locust_like: scripts that
make an Environment themselves, or end with run_single_user(...), run unchanged.
"""


def run(argv: Sequence[str]) -> int:
    """Run the script that the command line names, and return the exit code."""
    if not argv or argv[0] in ("-h", "--help"):
        (sys.stdout if argv else sys.stderr).write(USAGE)
        return ExitCode.OK if argv else ExitCode.WRONG_USE
    from locust_like.compat.scripts import run_script

    try:
        run_script(argv[0], argv[1:])
    except FileNotFoundError as error:
        if error.filename != argv[0]:
            raise
        sys.stderr.write(f"locust-like exec: error: there is no file {argv[0]}.\n")
        return ExitCode.WRONG_USE
    except KeyboardInterrupt:
        sys.stderr.write("locust-like exec: interrupted.\n")
        return ExitCode.FAILED
    return ExitCode.OK
