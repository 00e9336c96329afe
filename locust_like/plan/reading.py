"""All sources of options, read in the order that they depend on each other.

The command line comes first because it may name a file, `complete` in `plan/custom.py` last
because a locustfile may add arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from locust_like.plan.config_files import read_config_files
from locust_like.plan.parser import parse_known
from locust_like.plan.sources import Settings, Sources, merge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.plan.parser import Parser


class Reading(NamedTuple):
    """Settings as far as they are known without a locustfile."""

    settings: Settings
    asks_for_help: bool


def read_settings(parser: Parser, argv: Sequence[str], environ: Mapping[str, str]) -> Reading:
    """Return what command line, environment and configuration files say.

    Raises: SourceError for a file or variable that cannot be used; SystemExit for --version and for
        values on the command line that their options refuse.
    """
    given, unknown = parse_known(parser, argv)
    asks_for_help = bool(given.pop("help", False))
    config = given.get("config")
    entries = read_config_files(None if config is None else str(config))
    settings = merge(given, environ, entries)
    return Reading(
        settings._replace(sources=Sources(tuple(argv), unknown, environ, entries)), asks_for_help
    )
