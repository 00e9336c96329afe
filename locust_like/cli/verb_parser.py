"""The parser of commands with a few options of their own; those of a run are `plan/parser.py`."""

from __future__ import annotations

import argparse
from typing import NoReturn

from locust_like.cli.exit_codes import ExitCode


class VerbParser(argparse.ArgumentParser):
    """argparse that tells wrong use in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence on stderr and exit with 2."""
        end = "" if message.endswith((".", "?")) else f"; see {self.prog} --help."
        self.exit(ExitCode.WRONG_USE, f"{self.prog}: error: {message}{end}\n")
