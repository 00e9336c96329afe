"""`locust-like compare OLD NEW`: how two runs differ that were written with --summary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import tell
from locust_like.cli.troubles import describe
from locust_like.outputs.comparison import comparison, read_summary
from locust_like.outputs.terminal import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = """Usage: locust-like compare OLD.json NEW.json

Show how the second of two runs differs from the first, name by name. Both files are written by
--summary. What else differs between the runs, and whether the generator kept up, stands below.
"""
_FILES = 2


def run(argv: Sequence[str]) -> int:
    """Print the comparison and return the exit code; differences do not change it."""
    if {"-h", "--help"} & set(argv):
        return tell(USAGE)
    if len(argv) != _FILES:
        sys.stderr.write(f"locust-like compare: error: give two files, not {len(argv)}.\n{USAGE}")
        return ExitCode.WRONG_USE
    try:
        old, new = (read_summary(Path(name)) for name in argv)
    except OSError as error:
        return _refuse(describe(error))
    except ValueError as error:
        return _refuse(str(error))
    return tell("\n".join(comparison(old, new, width_of(sys.stdout))) + "\n")


def _refuse(why: str) -> int:
    sys.stderr.write(f"locust-like compare: error: {why}.\n")
    return ExitCode.FAILED
