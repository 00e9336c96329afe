"""The first code of a process, and therefore the order of everything else.

Help, version and wrong use are decided with argparse alone, so they cost milliseconds. Only then
the standard library is patched for gevent, before anything imports sockets, and after that `locust`
is mapped onto us and the rest is loaded. Hence the imports inside functions.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import locust_like
from locust_like._version import __version__
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import let_go_of_broken, replace_closed
from locust_like.errors import SourceError
from locust_like.plan.parser import parse_command_line
from locust_like.plan.sources import merge

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: the arguments without the program's name; None = those of the process.

    Raises: SystemExit for --help, --version (0) and wrong use (2).
    """
    replace_closed()
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["target"]:
        from locust_like.cli.commands import target

        return target.run(arguments[1:])
    try:
        settings = merge(parse_command_line(arguments, _version_text()), os.environ)
    except SourceError as error:
        sys.stderr.write(f"locust-like: error: {error}\n")
        return ExitCode.WRONG_USE
    from gevent import monkey

    monkey.patch_all()
    from locust_like import compat

    compat.install()
    from locust_like.cli.commands import run

    code = run.run(settings)
    let_go_of_broken(sys.stdout)
    return code


def _version_text() -> str:
    folder = os.path.dirname(locust_like.__file__)
    python = sys.version.split(maxsplit=1)[0]
    return f"locust-like {__version__} from {folder} (Python {python})"
