"""The functions of `locust.argument_parser` that find locustfiles and read arguments.

Source: Locust 2.47, argument_parser.py. Where that exits with a sentence, an exception of ours has
it.
"""

from __future__ import annotations

import json
import math
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from locust_like.compat.arguments import ScriptParser
from locust_like.compat.functions import parse_timespan
from locust_like.plan.finding import find_locustfiles

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

N = TypeVar("N", int, float)


class UIExtraArgOptions(NamedTuple):
    """How the page shows an argument that a script has added."""

    default_value: str
    is_secret: bool
    is_required: bool
    help_text: str
    is_multiple: bool
    choices: list[str] | None = None


def ui_extra_args_dict(args: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return the arguments that scripts have added and a form may show, with their values.

    Args:
        args: see `parse_options`.

    Returns:
        By name, the fields of `UIExtraArgOptions`.
    """
    return {
        name: UIExtraArgOptions(
            default_value=row.value,  # type: ignore[arg-type]  # as in Locust, of any type
            is_secret=shown.kind == "secret",
            is_required=shown.required,
            help_text=shown.help,
            is_multiple=shown.kind == "choices",
            choices=list(shown.choices) or None,
        )._asdict()
        for name, row in ScriptParser().read(args).custom.items()
        if (shown := row.argument) is not None and shown.shown
    }


def default_args_dict() -> dict[str, Any]:
    """Return the options without what scripts have added, with their values when none is given."""
    return vars(ScriptParser(tells=False).parse_args([]))


def parse_locustfile_option(args: Sequence[str] | None = None) -> Namespace:
    """Return the options of a command line before a locustfile is imported, `-f` among them.

    Args:
        args: see `parse_options`; what only a locustfile can know is ignored.
    """
    return ScriptParser(tells=False).of_table(args)


def get_locustfiles_locally(options: Any) -> list[str]:
    """Return the paths of the files that `options.locustfile` names, separated by commas.

    Raises:
        LocustfileError: for one that is missing, cannot be loaded, or is no Python file.
    """
    return [str(path) for path in find_locustfiles(options.locustfile)]


def parse_locustfile_paths(paths: list[str]) -> list[str]:
    """Return the absolute paths of Python files, of those in folders, and of those behind URLs.

    Raises:
        LocustfileError: as `get_locustfiles_locally`.
    """
    return [str(found) for path in paths for found in find_locustfiles(path)]


def download_locustfile_from_url(url: str) -> str:
    """Return the path of a copy of the file, which goes when the process ends.

    Raises:
        LocustfileError: it cannot be had.
    """
    return str(find_locustfiles(url)[0])


def timespan(time_str: str) -> int:
    """Return whole seconds from a text as `1h20m`, for `type=` of an argument."""
    try:
        return parse_timespan(time_str)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def positive_integer(string: str) -> int:
    """Return a whole number above 0, for `type=` of an argument."""
    try:
        value = int(string)
    except ValueError as error:
        raise ArgumentTypeError(f"invalid int value: '{string}'") from error
    if value < 1:
        raise ArgumentTypeError(f"{value} is not 1 or more")
    return value


def gt_zero(t: Callable[[str], N]) -> Callable[[str], N]:
    """Return a function for `type=` of an argument that is finite and above 0."""

    def checked(text: str) -> N:
        value = t(text)
        if not math.isfinite(value):
            raise ArgumentTypeError("must be a finite number")
        if value <= 0:
            raise ArgumentTypeError("must be > 0")
        return value

    return checked


def json_user_config(string: str) -> list[dict[str, Any]]:
    """Return the settings of user classes from JSON, or from a file whose name ends in .json."""
    try:
        text = Path(string).read_text(encoding="utf-8") if string.endswith(".json") else string
        read = json.loads(text)
    except (OSError, ValueError) as error:
        raise ArgumentTypeError(f"{string}: no JSON for --config-users: {error}") from error
    rows = read if isinstance(read, list) else [read]
    if not all(isinstance(row, dict) and "user_class_name" in row for row in rows):
        raise ArgumentTypeError("The user config must specify a user_class_name")
    return rows
