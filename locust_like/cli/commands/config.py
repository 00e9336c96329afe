"""`locust-like config show [options]`: every option with its value and where that came from."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import tell
from locust_like.errors import LocustfileError, SourceError
from locust_like.plan.combinations import script_variables
from locust_like.plan.custom import complete
from locust_like.plan.finding import find_locustfiles, may_add_options
from locust_like.plan.parser import make_parser
from locust_like.plan.reading import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.plan.sources import Settings

_USAGE = """Usage: locust-like config show [options] [UserClass ...]

Print every option with its value and where that came from; takes the options of a run.
"""


def run(argv: Sequence[str]) -> int:
    """Do what the words behind `config` say and return the exit code."""
    if argv[:1] != ["show"] or {"-h", "--help"} & set(argv):
        is_help = bool({"-h", "--help"} & set(argv))
        (sys.stdout if is_help else sys.stderr).write(_USAGE)
        return ExitCode.OK if is_help else ExitCode.WRONG_USE
    try:
        reading = read_settings(make_parser(), argv[1:], dict(os.environ))
        settings = _completed(reading.settings)
    except (SourceError, LocustfileError) as error:
        sys.stderr.write(f"locust-like: error: {error}\n")
        return ExitCode.WRONG_USE
    return tell(_table(settings))


def _completed(settings: Settings) -> Settings:
    """Add the arguments of the locustfile, which is imported only when it may add some."""
    try:
        may_add = may_add_options(find_locustfiles(settings.text("locustfile") or ""))
    except LocustfileError:
        may_add = False
    if not may_add:
        return complete(settings, None)
    os.environ.update(script_variables(settings))
    from locust_like.cli.patching import patch_and_alias

    patch_and_alias()
    from locust_like import events
    from locust_like.plan.locustfile import load_locustfiles

    load_locustfiles(find_locustfiles(settings.text("locustfile") or ""))
    return complete(settings, lambda parser: events.init_command_line_parser.fire(parser=parser))


def _table(settings: Settings) -> str:
    rows = [(name, _shown(row.value), row.origin) for name, row in settings.rows.items()]
    for name, custom in settings.custom.items():
        is_hidden = custom.is_secret and custom.value not in {None, ""}
        rows.append((name, "***" if is_hidden else _shown(custom.value), custom.origin))
    names, values = (max(len(row[n]) for row in rows) for n in (0, 1))
    values = min(values, 40)
    return "".join(
        f"{name:<{names}}  {value:<{values}}  {origin}\n" for name, value, origin in rows
    )


def _shown(value: object) -> str:
    """Return a value in one line, as somebody would type it."""
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(_shown(item) for item in value)
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if text.isprintable() and text else repr(text)
