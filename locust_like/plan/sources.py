"""Where a value came from: defaults, then files, then the environment, then the command line.

The origin stays with the value, so that a wrong one can be traced to its place. A later source
replaces an earlier one whole; lists are not merged, because Locust does not merge them.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, NamedTuple

from locust_like.errors import SourceError
from locust_like.plan.option import TEXTS, WORDS, Option, Value
from locust_like.plan.options import OPTIONS, USER_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.plan.arguments import CustomArgument
    from locust_like.plan.config_files import Entry

_ABSENT: Mapping[str, object] = {
    "build_path": "", "expect_slaves": None, "legacy_ui": False, "slave": None, "web_auth": None,
}  # fmt: skip
"""What scripts read of options that do not exist here, as when they are not given."""

_UNLESS_GIVEN: Mapping[str, object] = {
    "num_users": None, "spawn_rate": None, "tags": None, "exclude_tags": None, "config_users": None,
    "autoquit": -1, "tls_cert": "", "tls_key": "",
}  # fmt: skip
"""What scripts read of options that were not given, as in Locust; our default is another."""
_SECONDS = ("run_time", "stop_timeout", "expect_workers_max_wait", "autoquit")
"""Durations that are whole numbers for scripts, where they are whole."""

COMMAND_LINE = "command line"
DEFAULT = "default"


class Setting(NamedTuple):
    """A value and where it came from, for example `environment LOCUST_USERS`."""

    value: Value
    origin: str


class CustomSetting(NamedTuple):
    """The value of an argument that a locustfile added; the script decides on its type."""

    value: object
    origin: str
    is_secret: bool
    argument: CustomArgument | None = None


class Sources(NamedTuple):
    """What was said, before it is known which options a locustfile adds.

    Attributes:
        unknown: what on the command line no option of the table takes.
        entries: what the configuration files say, later ones win.
    """

    argv: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    environ: Mapping[str, str] = {}
    entries: tuple[Entry, ...] = ()


class Settings(NamedTuple):
    """All options of a run with their origins."""

    rows: Mapping[str, Setting]
    custom: Mapping[str, CustomSetting] = {}
    sources: Sources = Sources()

    def row(self, name: str) -> Setting:
        """Return the value of an option, by its name or its alias, with its origin."""
        if name not in self.rows:
            name = next((option.name for option in OPTIONS if option.alias == name), name)
        return self.rows[name]

    def origin(self, name: str) -> str:
        """Return where the value of an option came from."""
        return self.row(name).origin

    def file_name(self, name: str) -> str | None:
        """Return the name of a file; an empty one names none, as in Locust."""
        return self.text(name) or None

    def text(self, name: str) -> str | None:
        """Return the value of a text option; None when it was not given."""
        value = self.row(name).value
        return None if value is None else str(value)

    def number(self, name: str) -> float:
        """Return the value of an option that is a number and has a default."""
        value = self.row(name).value
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is no number: {value!r}")
        return value

    def number_if_given(self, name: str) -> float | None:
        """Return the value of an option that is a number; None when it was not given."""
        return None if self.row(name).value is None else self.number(name)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the value of an option that is a list of words."""
        value = self.row(name).value
        if not isinstance(value, tuple):
            raise TypeError(f"{name} is no list: {value!r}")
        return value

    def on(self, name: str) -> bool:
        """Return whether a switch is on."""
        return self.row(name).value is True

    def namespace(self) -> Namespace:
        """Return the values under Locust's names, for `environment.parsed_options`."""
        values: dict[str, object] = dict(_ABSENT)
        for name, row in self.rows.items():
            values[name] = list(row.value) if isinstance(row.value, tuple) else row.value
            if name in _UNLESS_GIVEN and row.origin == DEFAULT:
                values[name] = _UNLESS_GIVEN[name]
        for name in _SECONDS:
            seconds = values[name]
            if isinstance(seconds, float) and seconds.is_integer():
                values[name] = int(seconds)
        values |= {option.alias: values[option.name] for option in OPTIONS if option.alias}
        values |= {name: custom.value for name, custom in self.custom.items()}
        return Namespace(**values)


def merge(
    given: Mapping[str, Value], environ: Mapping[str, str], entries: Sequence[Entry] = ()
) -> Settings:
    """Return every option's value: the command line's, else the environment's, else the files'.

    Args:
        given: what the command line said, by option name.
        environ: the process environment; only variables named in the option table are read.
        entries: what configuration files say, later ones win.

    Raises: SourceError when a variable or file holds a text that its option refuses.
    """
    keys = {key: option.name for option in (USER_CLASSES, *OPTIONS) for key in config_keys(option)}
    last = {keys[key]: entry for entry in entries if (key := plain_key(entry.key)) in keys}
    rows = {}
    for option in (USER_CLASSES, *OPTIONS):
        if option.name in given:
            rows[option.name] = Setting(given[option.name], COMMAND_LINE)
        else:
            rows[option.name] = _from_environment(option, environ) or _from_file(option, last)
    if rows["headful"].value:
        rows["headless"] = Setting(False, rows["headful"].origin)
    return Settings(rows, {}, Sources((), (), environ, tuple(entries)))


def config_keys(option: Option) -> set[str]:
    """Return the keys that name an option in a file, with dashes: flags, name and alias."""
    return {plain_key(key) for key in (*option.flags, option.name, option.alias) if key}


def unclaimed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries whose keys no option of the table has."""
    known = {key for option in (USER_CLASSES, *OPTIONS) for key in config_keys(option)}
    return tuple(entry for entry in entries if plain_key(entry.key) not in known)


def plain_key(key: str) -> str:
    """Return a key of a file or a flag in one form: `spawn_rate` and `--spawn-rate` are one."""
    return key.lstrip("-").replace("_", "-")


def _from_environment(option: Option, environ: Mapping[str, str]) -> Setting | None:
    for variable in option.variables:
        if variable in environ:
            try:
                value = option.parse(environ[variable])
            except ValueError as error:
                raise SourceError(f"environment variable {variable}: {error}") from error
            return Setting(value, f"environment {variable}")
    return None


def _from_file(option: Option, last: Mapping[str, Entry]) -> Setting:
    entry = last.get(option.name)
    if entry is None:
        return Setting(option.default, DEFAULT)
    if option.name == "config":
        raise SourceError(f"{entry.origin}: a file cannot name further files with `config`.")
    if option.kind in {WORDS, TEXTS} and entry.is_list:
        return Setting(entry.texts, entry.origin)
    if len(entry.texts) != 1 or entry.is_list:
        raise SourceError(f"{entry.origin}: {entry.key} takes one value, not a list.")
    try:
        return Setting(option.parse(entry.texts[0]), entry.origin)
    except ValueError as error:
        raise SourceError(f"{entry.origin}: {entry.key}: {error}") from error
