"""The command line, made from the option table.

argparse does the splitting; sentences, suggestions and values are the table's. Listeners of
`init_command_line_parser` get this parser to add arguments of their own with argparse's
`add_argument`, which takes Locust's further keywords, too; see `plan/custom.py`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from locust_like.plan.option import SWITCH, TEXTS, WORDS, Option, Value
from locust_like.plan.options import OPTIONS, OTHER, OURS, UNAVAILABLE, USER_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_HELP_WIDTH = 100
_WEB_KEYWORDS = {
    "include_in_web_ui": True,
    "is_secret": False,
    "is_required": False,
    "is_multiple": False,
}
_GIVEN = frozenset({"-i", "--iterations"})
"""Flags that `locust_plugins` adds, with our meaning; one that a script adds alone is its own."""


_BARE = {option.name: option.bare for option in OPTIONS if option.bare}


class _Container(argparse._ActionsContainer):
    """Takes Locust's keywords of `add_argument`, and keeps them on the action."""

    def add_argument(self, *names: str, **keywords: Any) -> argparse.Action:
        """Add an argument.

        Args:
            names: flags, as in argparse.
            keywords: argparse's; env_var, the variable that sets it instead of LOCUST_ and its
                name; include_in_web_ui, is_secret, is_required and is_multiple as in Locust.
        """
        if {*names} >= _GIVEN:
            return self._also_called(self._option_string_actions["--iterations"], names)
        extras = {name: keywords.pop(name, usual) for name, usual in _WEB_KEYWORDS.items()}
        extras["env_var"] = keywords.pop("env_var", None)
        action = super().add_argument(*names, **keywords)
        for name, value in extras.items():
            setattr(action, name, value)
        return action

    def _handle_conflict_error(  # type: ignore[override]  # argparse's own never returns
        self,
        action: argparse.Action,
        conflicting_actions: Iterable[tuple[str, argparse.Action]],
    ) -> None:
        """Give a flag of ours to a locustfile that knows it with another meaning."""
        if all(taken.dest in OURS for _, taken in conflicting_actions):
            self._handle_conflict_resolve(action, conflicting_actions)
        else:
            super()._handle_conflict_error(action, conflicting_actions)

    def _also_called(self, action: argparse.Action, names: Sequence[str]) -> argparse.Action:
        """Let an option of ours have the further names that a script wants for it."""
        for name in names:
            if name not in self._option_string_actions:
                self._option_string_actions[name] = action
                action.option_strings = [*action.option_strings, name]
        return action


class _Group(_Container, argparse._ArgumentGroup):
    pass


class _ExclusiveGroup(_Container, argparse._MutuallyExclusiveGroup):
    pass


class Parser(_Container, argparse.ArgumentParser):
    """argparse with our table, one-sentence errors and suggestions for misspelt options.

    Attributes:
        blame: who gave the text that is being parsed, where it is not the command line.
    """

    blame = ""

    def add_argument_group(self, *texts: Any, **keywords: Any) -> argparse._ArgumentGroup:
        """Add a heading of the help; its `add_argument` takes the same keywords."""
        group = _Group(self, *texts, **keywords)
        self._action_groups.append(group)
        return group

    def add_mutually_exclusive_group(
        self, *, required: bool = False
    ) -> argparse._MutuallyExclusiveGroup:
        """Add a group of which one argument may be given."""
        group = _ExclusiveGroup(self, required=required)
        self._mutually_exclusive_groups.append(group)
        return group

    def error(self, message: str) -> NoReturn:
        """Print one sentence on stderr and exit with 2."""
        origin = f"{self.blame}: " if self.blame else ""
        end = "" if message.endswith((".", "?")) else "."
        self.exit(2, f"{self.prog}: error: {origin}{message}{end}\n")

    def format_help(self) -> str:
        """Return the help, which starts with a capital as Locust's does."""
        return super().format_help().replace("usage:", "Usage:", 1)

    def refuse(self, token: str) -> NoReturn:
        """Exit because of an argument that nobody knows, naming the nearest known one."""
        flag = token.split("=", 1)[0]
        if flag in UNAVAILABLE:
            self.error(f"{flag} is not available in this version: {UNAVAILABLE[flag][1]}.")
        from difflib import get_close_matches

        # Without their dashes, which are alike in all of them.
        names = {known.lstrip("-"): known for known in self.flags()}
        near = get_close_matches(flag.lstrip("-"), names, n=1)
        hint = f" Did you mean {names[near[0]]}?" if near else " See --help."
        self.error(f"unknown option {flag}.{hint}")

    def flags(self) -> list[str]:
        """Return every flag, those of the locustfile included."""
        return list(self._option_string_actions)


class _ShowVersion(argparse.Action):
    """Print versions, found only now; argparse's own action breaks lines at long paths."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(f"{self.const()}\n")
        parser.exit()


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Lay help out for the terminal; argparse would import shutil, and codecs, for its width."""
    try:
        width = os.get_terminal_size().columns
    except OSError:
        width = _HELP_WIDTH
    return argparse.HelpFormatter(prog, width=max(min(width, _HELP_WIDTH) - 2, 40))


def make_parser(version: Callable[[], str] = str) -> Parser:
    """Return a parser whose result holds only what was given, keyed by option name.

    The keys `help` and `user_classes` stand besides the names of the table.
    """
    parser = Parser(
        prog="locust-like",
        usage="locust-like [options] [UserClass ...]",
        description="Run a load test written as Locust user classes.",
        epilog="Other commands: locust-like config show (every option with its value and origin), "
        "init (a locustfile to start from), debug FILE (one user, every call shown), exec FILE (a "
        "script that uses Locust as a library), compare OLD NEW (two runs), completion, "
        "target (a server to try things on).",
        argument_default=argparse.SUPPRESS,
        formatter_class=_formatter,
        allow_abbrev=False,
        add_help=False,
    )
    # `-t -5s` is a value that is wrong, not an option.
    parser._negative_number_matcher = re.compile(r"-\d")
    parser.add_argument(
        "user_classes", nargs="*", metavar=USER_CLASSES.metavar, help=USER_CLASSES.help
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        _add(groups[option.group], option)
    # No action that exits: what the locustfile adds belongs into the help, too.
    groups[OTHER].add_argument(
        "-h", "--help", dest="help", action="store_true", help="Show this help and exit."
    )
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
    default = f" Default: {option.default_text}." if option.default_text else ""
    text = (option.help + default).replace("%", "%%")
    if option.kind is SWITCH:
        group.add_argument(*option.flags, dest=option.name, action="store_true", help=text)
        return
    group.add_argument(
        *option.flags,
        dest=option.name,
        metavar=option.metavar,
        action="extend" if option.kind is TEXTS else "store",
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


def parse_known(parser: Parser, argv: Sequence[str]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return the options that are given, and the flags that no option takes.

    Exits for --version and for values that their options refuse.
    """
    given, unknown = parser.parse_known_args([_with_value(parser, token) for token in argv])
    # A class name behind an option that ended the first group of positionals is unknown, too.
    classes = [*getattr(given, "user_classes", []), *(t for t in unknown if t[:1] != "-")]
    values = {name: _frozen(value) for name, value in vars(given).items()}
    values.pop("user_classes", None)
    if classes:
        values["user_classes"] = tuple(classes)
    return values, tuple(token for token in unknown if token[:1] == "-")


def _with_value(parser: Parser, token: str) -> str:
    """Give a flag that stands alone its value, so that the word behind it is none."""
    action = parser._option_string_actions.get(token)
    bare = None if action is None else _BARE.get(action.dest)
    return token if bare is None else f"{token}={bare}"


def parse_command_line(argv: Sequence[str], version: Callable[[], str] = str) -> dict[str, Value]:
    """Return the options that the command line gives; exits for --help, --version and wrong use.

    For command lines to which no locustfile adds anything.
    """
    parser = make_parser(version)
    values, unknown = parse_known(parser, argv)
    if values.pop("help", False):
        parser.print_help()
        parser.exit()
    for token in unknown:
        parser.refuse(token)
    return values


def _frozen(value: Value | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
