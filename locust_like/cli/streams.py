"""Processes whose stdin, stdout or stderr is closed from the start, or goes away."""

from __future__ import annotations

import os
import sys
from typing import TextIO, cast

from locust_like.cli.exit_codes import ExitCode


def replace_closed() -> None:
    """Let output to a stream that is closed go nowhere, and input be empty.

    The parent may have closed it (`>&-`; Python has None for it), or the locustfile. It comes
    before anything else is opened, because the first file would get the free descriptor, and
    whatever a library prints would end in it.
    """
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, _nothing("r" if name == "stdin" else "w"))


def _nothing(mode: str) -> TextIO:
    flags = os.O_RDONLY if mode == "r" else os.O_WRONLY
    return cast("TextIO", os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


def let_go_of_broken(stream: TextIO) -> None:
    """Flush a stream; one that cannot be flushed is pointed at nothing.

    Otherwise the interpreter tries again at exit, complains, and replaces the exit code by 120.

    Source: the note on SIGPIPE in the documentation of Python's `signal` module.
    """
    try:
        stream.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)


def tell(text: str) -> int:
    """Write what a command has to say to stdout and return the exit code of the command.

    A reader that has seen enough (`| head`) is no failure; a full disk is.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        return ExitCode.OK
    except OSError as error:
        sys.stderr.write(f"locust-like: error: cannot write to stdout: {error.strerror}.\n")
        return ExitCode.FAILED
    return ExitCode.OK
