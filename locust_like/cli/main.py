"""The first code of a process, and therefore the order of everything else.

Help, version and wrong use are decided with argparse alone, so they cost milliseconds. Only then
the standard library is patched for gevent, before anything imports sockets, and after that `locust`
is mapped onto us and the rest is loaded. Hence the imports inside functions.

What is unknown on the command line is refused here only when no locustfile can add it; otherwise
the locustfile is asked, and `plan/custom.py` refuses.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import locust_like
from locust_like._version import __version__
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import let_go_of_broken, replace_closed, tell
from locust_like.errors import LocustError, LocustfileError, SourceError
from locust_like.plan.combinations import check_combinations, script_variables
from locust_like.plan.options import UNAVAILABLE
from locust_like.plan.parser import Parser, make_parser
from locust_like.plan.reading import read_settings
from locust_like.plan.sources import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locust_like.plan.sources import Settings

_IN_FIRST_LINE = {"locust_like", "python"}

VERBS = ("target", "config", "init", "debug", "completion", "ctl", "exec", "compare")
"""First words that are a command of their own: `locust_like/cli/commands/` has one module each."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: the arguments without the program's name; None = those of the process.

    Raises: SystemExit for --help, --version (0) and wrong use (2).
    """
    replace_closed()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _verb(arguments) if arguments[:1] and arguments[0] in VERBS else _run(arguments)
    except KeyboardInterrupt:
        # A run takes the signal itself; until then, most of the time goes into the locustfile.
        sys.stderr.write("locust-like: interrupted before the run started.\n")
        code = ExitCode.FAILED
    let_go_of_broken(sys.stdout)
    let_go_of_broken(sys.stderr)
    return code


def _verb(arguments: list[str]) -> int:
    from importlib import import_module

    module = import_module(f"locust_like.cli.commands.{arguments[0]}")
    code: int = module.run(arguments[1:])
    return code


def _run(arguments: list[str]) -> int:
    parser = make_parser(_version_text)
    try:
        reading = read_settings(parser, arguments, dict(os.environ))
        if reading.asks_for_help:
            _help(parser, reading.settings)
        _refuse_what_nobody_adds(parser, reading.settings)
        # With unknown words it has to wait: one of them may be a misspelt --headless.
        if not reading.settings.sources.unknown:
            check_combinations(reading.settings)
    except SourceError as error:
        if {"-h", "--help"} & set(arguments):
            # Help is for people whose files are wrong, too.
            parser.print_help()
            parser.exit()
        sys.stderr.write(f"locust-like: error: {error}\n")
        return ExitCode.WRONG_USE
    os.environ.update(script_variables(reading.settings))
    from locust_like.cli.patching import patch_and_alias

    patch_and_alias()
    from locust_like.cli.commands import run

    return run.run(reading.settings)


def _help(parser: Parser, settings: Settings) -> NoReturn:
    """Print the help, with what the locustfile adds when there is one, and exit."""
    text, flaw = parser.format_help(), ""
    paths = _locustfiles(settings)
    if paths:
        from locust_like.plan.finding import STDIN, may_add_options

        if STDIN not in paths and may_add_options(paths):
            text, flaw = _full_help(settings, paths, text)
    sys.stderr.write(flaw)
    parser.exit(tell(text))


def _full_help(settings: Settings, paths: tuple[Path, ...], short: str) -> tuple[str, str]:
    from locust_like.cli.patching import patch_and_alias

    patch_and_alias()
    from locust_like import events
    from locust_like.plan.custom import full_help
    from locust_like.plan.locustfile import load_locustfiles

    try:
        os.environ.update(script_variables(settings))
        load_locustfiles(paths)
    except LocustError as error:
        return short, f"locust-like: the options of the locustfile are not shown: {error}\n"
    hook = events.init_command_line_parser
    return full_help(_version_text, lambda parser: hook.fire(parser=parser)), ""


def _refuse_what_nobody_adds(parser: Parser, settings: Settings) -> None:
    unknown = settings.sources.unknown
    if not unknown:
        return
    paths = _locustfiles(settings)
    if not paths:
        parser.refuse(unknown[0])
    from locust_like.plan.finding import may_add_options

    missing = [token for token in unknown if token.split("=", 1)[0] in UNAVAILABLE]
    if missing and not may_add_options(paths):
        parser.refuse(missing[0])


def _locustfiles(settings: Settings) -> tuple[Path, ...]:
    """Return the files that -f names; none when they cannot be found, which is told later."""
    named = settings.text("locustfile") or ""
    if settings.origin("locustfile") == DEFAULT and not os.path.exists(named):
        return ()
    from locust_like.plan.finding import find_locustfiles

    try:
        return find_locustfiles(named)
    except LocustfileError:
        return ()


def _version_text() -> str:
    folder = os.path.dirname(locust_like.__file__)
    python = sys.version.split(maxsplit=1)[0]
    from locust_like.cli.versions import versions

    parts = versions().items()
    with_what = ", ".join(f"{name} {text}" for name, text in parts if name not in _IN_FIRST_LINE)
    return f"locust-like {__version__} from {folder} (Python {python})\nwith {with_what}"
