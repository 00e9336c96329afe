"""What a row of the option table is: how its text becomes a value, and which values make sense.

Where the text came from is the business of `plan/sources.py`. Rows are named tuples, because
importing `dataclasses` alone would take a fifth of the time that `--help` may take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from locust_like.plan.units import (
    parse_address,
    parse_count,
    parse_duration,
    parse_number,
    parse_processes,
    parse_switch,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DURATION_S = 366 * 24 * 3600
MAX_PORT = 65535

Value = str | int | float | bool | tuple[str, ...] | None


class Kind(NamedTuple):
    """How a text becomes a value."""

    parse: Callable[[str], Value]
    unit: str = ""


SWITCH = Kind(parse_switch)
TEXT = Kind(str)
ADDRESS = Kind(parse_address)
WORDS = Kind(lambda text: tuple(_without_brackets(text).replace(",", " ").split()))
TEXTS = Kind(lambda text: (text,))
COUNT = Kind(parse_count)
RATE = Kind(parse_number, unit="users/s")
DURATION = Kind(parse_duration, unit="s")
NUMBER = Kind(parse_number)
PROCESSES = Kind(parse_processes)


def _without_brackets(text: str) -> str:
    """Return what is in the brackets of a list, as Locust's variables may have it."""
    text = text.strip()
    return text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text


class Option(NamedTuple):
    """One row of the table.

    `minimum` and `maximum` bound numbers, both inclusive; `choices` bound texts, in any
    case. `env` is Locust's name of the variable, and empty for options that make no sense in an
    environment. `bare` is the value of the flag alone, for options whose value needs an equals
    sign. `alias` is a second name, under which Locust's `parsed_options` has the value.
    """

    name: str
    flags: tuple[str, ...]
    kind: Kind
    group: str
    help: str
    default: Value = None
    metavar: str = ""
    env: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    alias: str = ""
    bare: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it, the one that wins first."""
        if not self.env:
            return ()
        return (self.env.replace("LOCUST_", "LOCUST_LIKE_", 1), self.env)

    @property
    def default_text(self) -> str:
        """The default as somebody would type it; empty for switches and where there is none."""
        if self.default is None or self.default is False or self.default == ():
            return ""
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    def parse(self, text: str) -> Value:
        """Return the checked value of a text.

        Raises: ValueError with one sentence that names what is accepted.
        """
        if self.choices:
            meant = next((one for one in self.choices if one.upper() == text.upper()), None)
            if meant is None:
                raise ValueError(f"{text!r} is none of {', '.join(self.choices)}.")
            return meant
        value = self.kind.parse(text)
        if isinstance(value, int | float):
            self._check_range(text, value)
        return value

    def _check_range(self, text: str, value: float) -> None:
        unit = f" {self.kind.unit}" if self.kind.unit else ""
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{text!r} is too small: at least {self.minimum:,g}{unit}.")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{text!r} is too large: at most {self.maximum:,.0f}{unit}.")
