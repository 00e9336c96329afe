"""Where a value came from: defaults, then the environment, then the command line.

The origin stays with the value, so that a wrong one can be traced to its place. A later source
replaces an earlier one whole; lists are not merged, because Locust does not merge them.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, NamedTuple

from locust_like.errors import SourceError
from locust_like.plan.options import OPTIONS, USER_CLASSES, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND_LINE = "command line"
DEFAULT = "default"


class Setting(NamedTuple):
    """A value and where it came from, for example `environment LOCUST_USERS`."""

    value: Value
    origin: str


class Settings(NamedTuple):
    """All options of a run with their origins."""

    rows: Mapping[str, Setting]

    def row(self, name: str) -> Setting:
        """Return the value of an option, by its name or its alias, with its origin."""
        if name not in self.rows:
            name = next((option.name for option in OPTIONS if option.alias == name), name)
        return self.rows[name]

    def origin(self, name: str) -> str:
        """Return where the value of an option came from."""
        return self.row(name).origin

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
        values = {
            name: list(row.value) if isinstance(row.value, tuple) else row.value
            for name, row in self.rows.items()
        }
        values |= {option.alias: values[option.name] for option in OPTIONS if option.alias}
        return Namespace(**values)


def merge(given: Mapping[str, Value], environ: Mapping[str, str]) -> Settings:
    """Return every option's value: the command line's, else the environment's, else the default.

    Args:
        given: what the command line said, by option name.
        environ: the process environment; only variables named in the option table are read.

    Raises: SourceError when a variable holds a text that its option refuses.
    """
    rows = {}
    for option in (USER_CLASSES, *OPTIONS):
        if option.name in given:
            rows[option.name] = Setting(given[option.name], COMMAND_LINE)
        elif option.env and option.env in environ:
            try:
                value = option.parse(environ[option.env])
            except ValueError as error:
                raise SourceError(f"environment variable {option.env}: {error}") from error
            rows[option.name] = Setting(value, f"environment {option.env}")
        else:
            rows[option.name] = Setting(option.default, DEFAULT)
    return Settings(rows)
