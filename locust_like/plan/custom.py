"""Arguments that a locustfile adds through `events.init_command_line_parser`.

The locustfile is imported before these are known, so the command line is parsed twice: first for
the options of the table, then as a whole. Values come from the same places as those of the table.

Source: Locust's parser takes each custom argument from LOCUST_ and its name, too.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from locust_like.errors import SourceError
from locust_like.plan.arguments import describe
from locust_like.plan.options import OPTIONS, UNAVAILABLE
from locust_like.plan.parser import Parser, make_parser, parse_known
from locust_like.plan.sources import (
    COMMAND_LINE,
    DEFAULT,
    CustomSetting,
    Setting,
    Settings,
    merge,
    plain_key,
    unclaimed,
)
from locust_like.plan.units import OFF, parse_switch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from locust_like.plan.config_files import Entry

    AddArguments = Callable[[Parser], object]


class _Custom(NamedTuple):
    action: argparse.Action
    default: object
    is_required: bool

    @property
    def keys(self) -> set[str]:
        """The keys that name it in a file."""
        return {plain_key(flag) for flag in self.action.option_strings if flag.startswith("--")}

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it, the one that wins first."""
        named: str | None = getattr(self.action, "env_var", None)
        if named:
            return (named,)
        flags = [flag for flag in self.action.option_strings if flag.startswith("--")]
        if not flags:
            return ()
        name = flags[0].strip("-").replace("-", "_").upper()
        return (f"LOCUST_LIKE_{name}", f"LOCUST_{name}")


def complete(settings: Settings, add_arguments: AddArguments | None) -> Settings:
    """Return the settings with the arguments that a locustfile adds, everything checked.

    Args:
        settings: as `merge` has made them.
        add_arguments: called with the parser, before which the locustfile is imported; None = no
            locustfile adds anything.

    Raises: SourceError for a text in a file or variable that cannot be used; SystemExit with 2, and
        one sentence, for wrong use on the command line.
    """
    sources = settings.sources
    parser, customs = _extended_parser(add_arguments)
    if settings.on("worker"):
        # What is missing here comes from the master.
        customs = [custom._replace(is_required=False) for custom in customs]
    given, unknown = parse_known(parser, sources.argv)
    for token in unknown:
        parser.refuse(token)
    strangers = {plain_key(entry.key): entry for entry in unclaimed(sources.entries)}
    values = {
        custom.action.dest: _value(custom, parser, given, sources.environ, strangers)
        for custom in customs
    }
    _refuse_strangers(strangers, customs, parser)
    _refuse_variables(sources.environ, customs)
    taken = _taken(customs)
    if not sources.argv and not taken:
        return settings._replace(custom=values)
    # What seemed to be user classes may have been values of the script's arguments.
    table = {
        name: value for name, value in given.items() if name in settings.rows and name not in values
    }
    merged = merge(table, sources.environ, sources.entries)
    rows = {**merged.rows, **taken}
    return merged._replace(rows=rows, custom=values, sources=sources)


def _taken(customs: list[_Custom]) -> dict[str, Setting]:
    """Return the options of ours whose flags the locustfile uses itself, as if not given."""
    flags = {flag for custom in customs for flag in custom.action.option_strings}
    return {
        option.name: Setting(option.default, DEFAULT)
        for option in OPTIONS
        if flags.intersection(option.flags)
    }


def full_help(version: Callable[[], str], add_arguments: AddArguments) -> str:
    """Return the help with the arguments that a locustfile adds."""
    parser, _ = _extended_parser(add_arguments, version)
    return parser.format_help()


def _extended_parser(
    add_arguments: AddArguments | None, version: Callable[[], str] = str
) -> tuple[Parser, list[_Custom]]:
    parser = make_parser(version)
    ours = set(map(id, parser._actions))
    # The table's options are absent when they are not given; a script's have argparse's defaults.
    parser.argument_default = None
    parser._optionals.title = "Options of the locustfile"
    if add_arguments is not None:
        add_arguments(parser)
    customs = []
    for action in parser._actions:
        if id(action) not in ours and action.option_strings and action.dest != argparse.SUPPRESS:
            default = action.default
            if isinstance(default, str) and callable(action.type):
                default = action.type(default)
            customs.append(_Custom(action, default, action.required))
            action.default, action.required = argparse.SUPPRESS, False
    return parser, customs


def _value(
    custom: _Custom,
    parser: Parser,
    given: Mapping[str, object],
    environ: Mapping[str, str],
    strangers: Mapping[str, Entry],
) -> CustomSetting:
    action = custom.action
    is_secret = bool(getattr(action, "is_secret", False))
    if action.dest in given:
        value = given[action.dest]
        value = list(value) if isinstance(value, tuple) else value
        return CustomSetting(value, COMMAND_LINE, is_secret, describe(action))
    variable = next((name for name in custom.variables if name in environ), None)
    if variable is not None:
        origin = f"environment {variable}"
        parsed = _parse_texts(custom, parser, (environ[variable],), origin)
        return CustomSetting(parsed, origin, is_secret, describe(action))
    found = [strangers[key] for key in sorted(custom.keys) if key in strangers]
    if found:
        parsed = _parse_texts(custom, parser, found[0].texts, found[0].origin)
        return CustomSetting(parsed, found[0].origin, is_secret, describe(action))
    if custom.is_required:
        parser.error(f"the locustfile requires {'/'.join(action.option_strings)}.")
    return CustomSetting(custom.default, DEFAULT, is_secret, describe(action))


def _parse_texts(custom: _Custom, parser: Parser, texts: tuple[str, ...], origin: str) -> object:
    """Return what the argument makes of texts, by way of a command line that has only them."""
    flag = max(custom.action.option_strings, key=len)
    if custom.action.nargs == 0:
        try:
            is_on = parse_switch(texts[0]) if texts else True
        except ValueError as error:
            raise SourceError(f"{origin}: {error}") from error
        if not is_on:
            return custom.default
        words = [flag]
    elif custom.action.nargs is None:
        # In one word, so that a text may start with a dash.
        words = [f"{flag}={text}" if flag[:2] == "--" else f"{flag}{text}" for text in texts]
    else:
        words = [flag, *(word for text in texts for word in text.strip("[]").split(","))]
    parser.blame = origin
    values: dict[str, Any] = vars(parser.parse_known_args(words)[0])
    parser.blame = ""
    return values.get(custom.action.dest)


def _refuse_variables(environ: Mapping[str, str], customs: list[_Custom]) -> None:
    """Refuse variables of options that do not exist here, which somebody expects something of."""
    claimed = {name for custom in customs for name in custom.variables}
    for variable, hint in UNAVAILABLE.values():
        if variable not in claimed and environ.get(variable, "") not in OFF:
            raise SourceError(
                f"environment variable {variable} is not available in this version: {hint}."
            )


def _refuse_strangers(
    strangers: Mapping[str, Entry], customs: list[_Custom], parser: Parser
) -> None:
    claimed = {key for custom in customs for key in custom.keys}
    unavailable = {plain_key(flag): hint for flag, (_, hint) in UNAVAILABLE.items()}
    for key, entry in strangers.items():
        if key in claimed or (key in unavailable and set(entry.texts) <= OFF):
            continue
        if key in unavailable:
            raise SourceError(
                f"{entry.origin}: {entry.key} is not available in this version: {unavailable[key]}."
            )
        from difflib import get_close_matches

        known = [plain_key(flag) for flag in parser.flags()]
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "see --help."
        raise SourceError(f"{entry.origin}: unknown option {entry.key}; {hint}")
