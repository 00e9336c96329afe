"""What scripts ask `locust.argument_parser` and `locust.main` for.

Source: Locust 2.47, argument_parser.py and main.py.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Unpack

import locust_like
from locust_like._version import __version__
from locust_like.plan.custom import complete, full_help
from locust_like.plan.parser import make_parser, parse_known
from locust_like.plan.reading import read_settings
from locust_like.runtime.environment import Environment

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from locust_like.events import Events
    from locust_like.plan.parser import Parser
    from locust_like.plan.sources import Settings
    from locust_like.runtime.environment import Kept
    from locust_like.users.user import User

DEFAULT_CONFIG_FILES = ("~/.locust.conf", "locust.conf", "pyproject.toml")


def parse_options(args: Sequence[str] | None = None) -> Namespace:
    """Return the options of a command line under the names that `parsed_options` has.

    Environment variables and configuration files count as they do for a run, and listeners of
    `locust.events.init_command_line_parser` may add arguments.

    Args:
        args: without the program's name; None = those of the process.

    Raises:
        SourceError: a value cannot be used.
        SystemExit: 2, for an argument that nobody knows.
    """
    return get_parser().parse_args(args)


class Additions:
    """Arguments and groups of a script, kept for every parser that is made of them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._steps: list[Callable[[Any], object]] = []

    def add_argument(self, *names: str, **keywords: Any) -> None:
        """Add an argument; takes what a locustfile's `parser.add_argument` takes."""
        self._steps.append(lambda target: target.add_argument(*names, **keywords))

    def add_argument_group(self, *texts: Any, **keywords: Any) -> Additions:
        """Add a heading of the help, and return what takes its arguments."""
        return self._inner("add_argument_group", *texts, **keywords)

    def add_mutually_exclusive_group(self, **keywords: Any) -> Additions:
        """Add a group of which one argument may be given, and return what takes them."""
        return self._inner("add_mutually_exclusive_group", **keywords)

    def add_to(self, target: Any) -> None:
        """Add everything to a parser of argparse, or to a group of one."""
        for step in self._steps:
            step(target)

    def _inner(self, kind: str, *texts: Any, **keywords: Any) -> Additions:
        inner = Additions()
        self._steps.append(lambda target: inner.add_to(getattr(target, kind)(*texts, **keywords)))
        return inner


class ScriptParser(Additions):
    """What `get_parser` returns: our options, and those that a script adds.

    Args:
        tells: listeners of `init_command_line_parser` add theirs, too.
    """

    def __init__(self, *, tells: bool = True) -> None:
        """Begin with our options alone."""
        super().__init__()
        self._tells = tells

    def parse_args(self, args: Sequence[str] | None = None) -> Namespace:
        """Do what `parse_options` does."""
        return self.read(args).namespace()

    def parse_known_args(self, args: Sequence[str] | None = None) -> tuple[Namespace, list[str]]:
        """Return the options, and the flags that nobody knows."""
        given = sys.argv[1:] if args is None else args
        parser = make_parser()
        self._extend(parser)
        _, unknown = parse_known(parser, given)
        return self.parse_args([word for word in given if word not in unknown]), list(unknown)

    def of_table(self, args: Sequence[str] | None = None) -> Namespace:
        """Return the options that are in the table, whatever else there is."""
        return self._of_table(args).namespace()

    def format_help(self) -> str:
        """Return the help, with what was added."""
        return full_help(_version, self._extend)

    def print_help(self) -> None:
        """Print the help."""
        sys.stdout.write(self.format_help())

    def read(self, args: Sequence[str] | None = None) -> Settings:
        """Return all options with what is known of them."""
        return complete(self._of_table(args), self._extend)

    def _of_table(self, args: Sequence[str] | None) -> Settings:
        given = sys.argv[1:] if args is None else args
        parser = make_parser(_version)
        return read_settings(parser, given, dict(os.environ)).settings

    def _extend(self, parser: Parser) -> None:
        if self._tells:
            locust_like.events.init_command_line_parser.fire(parser=parser)
        self.add_to(parser)


def _version() -> str:
    return f"locust-like {__version__}"


def get_parser(default_config_files: Sequence[str] = DEFAULT_CONFIG_FILES) -> ScriptParser:
    """Return a parser of our options.

    Args:
        default_config_files: without effect; files are read as for a run.
    """
    del default_config_files
    return ScriptParser()


def create_environment(
    user_classes: list[type[User]],
    options: Any,
    events: Events | None = None,
    shape_class: Any = None,
    locustfile: str | None = None,
    **kept: Unpack[Kept],
) -> Environment:
    """Make an environment as options say.

    Args:
        user_classes: see `Environment`.
        options: has at least `host` and `reset_stats`.
        events: see `Environment`.
        shape_class: see `Environment`.
        locustfile: see `Environment`.
        kept: see `Environment`.
    """
    kept.setdefault("profile", getattr(options, "profile", None))
    return Environment(
        user_classes=user_classes,
        events=events,
        shape_class=shape_class,
        locustfile=locustfile,
        host=options.host,
        reset_stats=options.reset_stats,
        parsed_options=options,
        **kept,
    )
