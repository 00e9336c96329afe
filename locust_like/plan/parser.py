"""The command line, made from the option table.

argparse does the splitting; sentences, suggestions and values are the table's. Nothing here knows
about locustfiles: options that those add come through `plan/custom.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from locust_like.plan.options import (
    OPTIONS,
    OTHER,
    SWITCH,
    TEXTS,
    UNAVAILABLE,
    USER_CLASSES,
    WORDS,
    Option,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HELP_WIDTH = 100


class Parser(argparse.ArgumentParser):
    """argparse with our table, one-sentence errors and suggestions for misspelt options."""

    def error(self, message: str) -> NoReturn:
        """Print one sentence on stderr and exit with 2."""
        self.exit(2, f"{self.prog}: error: {message}\n")

    def format_help(self) -> str:
        """Return the help, which starts with a capital as Locust's does."""
        return super().format_help().replace("usage:", "Usage:", 1)

    def refuse(self, token: str) -> NoReturn:
        """Exit because of an argument that nobody knows, naming the nearest known one."""
        flag = token.split("=", 1)[0]
        if flag in UNAVAILABLE:
            self.error(f"{flag} is not available in this version.")
        from difflib import get_close_matches

        known = [known_flag for option in OPTIONS for known_flag in option.flags]
        near = get_close_matches(flag, [*known, "--help", "--version"], n=1)
        hint = f" Did you mean {near[0]}?" if near else " See --help."
        self.error(f"unknown option {flag}.{hint}")


class _ShowVersion(argparse.Action):
    """Print the version in one line; argparse's own action breaks lines at long paths."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(f"{self.const}\n")
        parser.exit()


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Lay help out for the terminal; argparse would import shutil, and codecs, for its width."""
    try:
        width = os.get_terminal_size().columns
    except OSError:
        width = _HELP_WIDTH
    return argparse.HelpFormatter(prog, width=max(min(width, _HELP_WIDTH) - 2, 40))


def make_parser(version: str) -> Parser:
    """Return a parser whose result holds only what was given, keyed by option name."""
    parser = Parser(
        prog="locust-like",
        usage="locust-like [options] [UserClass ...]",
        description="Run a load test written as Locust user classes.",
        epilog="Other commands: locust-like target --help (a server to try things on).",
        argument_default=argparse.SUPPRESS,
        formatter_class=_formatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument(
        "user_classes", nargs="*", metavar=USER_CLASSES.metavar, help=USER_CLASSES.help
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        _add(groups[option.group], option)
    groups[OTHER].add_argument("-h", "--help", action="help", help="Show this help and exit.")
    groups[OTHER].add_argument(
        "-V",
        "--version",
        action=_ShowVersion,
        nargs=0,
        const=version,
        help="Show the version and exit.",
    )
    return parser


def _add(group: argparse._ArgumentGroup, option: Option) -> None:
    default = "" if option.default in {None, False, ()} else f" Default: {option.default}."
    text = (option.help + default).replace("%", "%%")
    if option.kind is SWITCH:
        group.add_argument(*option.flags, dest=option.name, action="store_true", help=text)
        return
    group.add_argument(
        *option.flags,
        dest=option.name,
        metavar=option.metavar,
        nargs="*" if option.kind in {WORDS, TEXTS} else None,
        type=_argument_type(option),
        help=text,
    )


def _argument_type(option: Option) -> Callable[[str], Value]:
    def convert(text: str) -> Value:
        try:
            return text if option.kind in {WORDS, TEXTS} else option.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def parse_command_line(argv: Sequence[str], version: str) -> dict[str, Value]:
    """Return the options that the command line gives; exits for --help, --version and wrong use."""
    parser = make_parser(version)
    given, unknown = parser.parse_known_args(argv)
    classes = list(given.user_classes) if hasattr(given, "user_classes") else []
    for token in unknown:
        # A class name behind an option that ended the first group of positionals.
        if token.startswith("-"):
            parser.refuse(token)
        classes.append(token)
    values = {name: _frozen(value) for name, value in vars(given).items()}
    if classes:
        values["user_classes"] = tuple(classes)
    else:
        values.pop("user_classes", None)
    return values


def _frozen(value: Value | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
